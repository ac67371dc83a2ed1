"""What patients type: one form a page. Forms clean; they never write."""

from portal.forms.account import AccountForm, EmailCodeForm
from portal.forms.base import PortalForm
from portal.forms.check import CheckForm
from portal.forms.details import CodeForm, DetailsForm
from portal.forms.device import DeviceForm
from portal.forms.manage import CancelForm, CardForm
from portal.forms.payment import InsuranceForm, PaymentForm
from portal.forms.room import CheckInForm, DeskMessageForm, IdentityForm
from portal.forms.slots_query import SlotsQueryForm
from portal.forms.visit import ReasonForm, TimeForm, WhereForm, ZoneForm

__all__ = [
    "AccountForm",
    "CancelForm",
    "CardForm",
    "CheckForm",
    "CheckInForm",
    "CodeForm",
    "DeskMessageForm",
    "DetailsForm",
    "DeviceForm",
    "EmailCodeForm",
    "IdentityForm",
    "InsuranceForm",
    "PaymentForm",
    "PortalForm",
    "ReasonForm",
    "SlotsQueryForm",
    "TimeForm",
    "WhereForm",
    "ZoneForm",
]
