"""E-mails about patients' accounts."""

from celery import shared_task

from portal.attempt_mail import send


@shared_task(autoretry_for=(OSError,), retry_backoff=True, max_retries=5)
def tell_of_attempt(*, user_id: int) -> None:
    send(user_id)
