"""Words that people read and that are kept with what they agreed to."""

from django.utils.translation import gettext_lazy as _

CONSENT_VERSION = "2026-11"
TEXTS_CONSENT = _(
    "Send me text messages about my visits. I can reply STOP at any time. Message and data rates may apply."
)
TELEHEALTH_CONSENT = _(
    "I agree to be seen at a distance, by video or phone. My provider can't examine me by touch and may ask me to come"
    " in. I can change my mind at any time and ask for a visit in person."
)

MERGE_REFUSED = {
    "same": _("Choose two different records."),
    "organization": _("These records belong to different organizations."),
    "gone": _("One of these records was merged already."),
    "users": _("Both records have a sign-in of their own. Close one of them first."),
    "undone": _("This merge was undone already."),
}
