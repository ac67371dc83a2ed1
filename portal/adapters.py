"""How allauth treats patients, who open accounts by themselves: an address is proved by a code before anything opens.

Colleagues are invited by e-mail, which proves theirs.
"""

from allauth.account.app_settings import EmailVerificationMethod
from allauth.account.stages import EmailVerificationStage
from django.utils import timezone

from accounts.adapters import AccountAdapter as StaffAccountAdapter
from accounts.models import User
from common.tasks import enqueue
from portal import actions
from portal.sign_in import is_proved, patient_of
from portal.tasks import tell_of_attempt


class AccountAdapter(StaffAccountAdapter):
    def get_login_stages(self) -> list[str]:
        ours = f"{PatientEmailStage.__module__}.{PatientEmailStage.__qualname__}"
        theirs = f"{EmailVerificationStage.__module__}.{EmailVerificationStage.__qualname__}"
        return [ours if path == theirs else path for path in super().get_login_stages()]

    def send_confirmation_mail(self, request, emailconfirmation, signup: bool) -> None:
        """A patient's code goes out as every message to patients does; a colleague's as every e-mail about accounts."""
        address = emailconfirmation.email_address
        patient = patient_of(address.user)
        if patient is None:
            super().send_confirmation_mail(request, emailconfirmation, signup)
            return
        now = timezone.now()
        actions.send_email_code(patient=patient, email=address.email, code=emailconfirmation.key, now=now)

    def send_account_already_exists_mail(self, email: str) -> None:
        """The page is the same as for a new account; only the owner of the standing one is told."""
        owner = User.objects.filter(email__iexact=email).first()
        if owner:
            enqueue(tell_of_attempt, user_id=owner.pk)

    def send_password_reset_mail(self, user, email: str, context: dict) -> None:
        """Not to a patient's unproved address: whoever owns it by a slip of the keys would take the account over."""
        if patient_of(user) is None or is_proved(user.pk):
            super().send_password_reset_mail(user, email, context)


class PatientEmailStage(EmailVerificationStage):
    """The step of signing in that asks for the e-mailed code; of patients only."""

    def handle(self):
        if patient_of(self.login.user) is None:
            self.login.email_verification = EmailVerificationMethod.NONE
        return super().handle()
