"""E-mails about accounts."""

from celery import shared_task

from accounts.invitation_mail import send


@shared_task(autoretry_for=(OSError,), retry_backoff=True, max_retries=5)
def send_invitation(*, user_id: int) -> None:
    send(user_id)
