from scheduling.models.appointment import Appointment, AppointmentEvent
from scheduling.models.availability import AvailabilityException, AvailabilityRule
from scheduling.models.booking import BookingResource, Hold
from scheduling.models.reminder import ReminderStep
from scheduling.models.visit_type import VisitType

__all__ = [
    "Appointment",
    "AppointmentEvent",
    "AvailabilityException",
    "AvailabilityRule",
    "BookingResource",
    "Hold",
    "ReminderStep",
    "VisitType",
]
