"""Whether a provider may see a patient in a state, asked once more when a visit is written."""

from datetime import datetime

from django.db import connection

from common.timeutil import local_date
from common.us import zone_of_state
from scheduling.models import Appointment

# FOR SHARE: an administrator who ends this license now waits for us, or we wait and see that it has ended.
_LICENSES = """
SELECT valid_from, valid_until FROM clinics_license
WHERE provider_id = %s AND state = %s AND valid_from <= %s AND valid_until >= %s
FOR SHARE
"""


def covers(appointment: Appointment) -> bool:
    """Whether licenses in the patient's state cover every local day of the visit; they stay as they are until commit.

    Days count where the patient is; a state with several zones is read on the clinic's calendar.
    """
    zone = zone_of_state(appointment.patient_state) or appointment.clinic.time_zone
    first = local_date(appointment.starts_at, zone)
    last = local_date(appointment.ends_at - datetime.resolution, zone)
    with connection.cursor() as cursor:
        cursor.execute(_LICENSES, [appointment.provider_id, appointment.patient_state, last, first])
        periods = cursor.fetchall()
    return all(any(start <= day <= end for start, end in periods) for day in (first, last))
