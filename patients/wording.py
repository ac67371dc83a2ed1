"""Words that people read and that are kept with what they agreed to."""

from django.utils.translation import gettext_lazy as _

CONSENT_VERSION = "2026-11"
TEXTS_CONSENT = _(
    "Send me text messages about my visits. I can reply STOP at any time. Message and data rates may apply."
)
EMAILS_CONSENT = _("We send the confirmation and reminders to your e-mail address.")

MERGE_REFUSED = {
    "same": _("Choose two different records."),
    "organization": _("These records belong to different organizations."),
    "gone": _("One of these records was merged already."),
    "users": _("Both records have a sign-in of their own. Close one of them first."),
    "undone": _("This merge was undone already."),
}
