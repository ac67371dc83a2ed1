"""An organization's own words."""

from django.db import transaction

from messaging import defaults
from messaging.models import MessageTemplate


@transaction.atomic
def install_defaults(organization) -> int:
    """Copy the default words into rows that the organization may edit; rows that stand are left alone."""
    before = organization.message_templates.count()
    MessageTemplate.objects.bulk_create(
        [
            MessageTemplate(
                organization=organization,
                key=key,
                channel=channel,
                language=language,
                subject=words.title,
                body=words.body,
            )
            for (key, channel, language), words in defaults.WORDS.items()
        ],
        ignore_conflicts=True,
    )
    return organization.message_templates.count() - before
