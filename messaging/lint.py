"""What a template may not say. Pure rules on text; the admin shows the faults beside the field."""

import re

from django.conf import settings
from django.utils.translation import gettext as _

from messaging import defaults
from messaging.rendering import VARIABLE, measure, render
from messaging.states import Channel

MAX_SEGMENTS = 2
_REVEALING_VARIABLES = re.compile(r"name|birth|dob|provider|doctor|special|reason|diagnos|visit_type|insur|address")
# A text lies open on a locked screen: these stems tell what kind of care somebody gets (45 CFR 164.502(b)).
_REVEALING_WORDS = re.compile(
    r"\b(psych|psiq|psic|therap|terapi|oncolog|cancer|cáncer|hiv|vih|addict|adicc|depress|depres|anxi|ansied|fertil"
    r"|pregnan|embaraz|diagnos|diagnós|cardiol|dermatol|neurol|gynec|ginec|urolog|abort|rehab|methadon|buprenorph)",
    re.IGNORECASE,
)
# CANCEL, END, QUIT, REVOKE, OPTOUT end all texts at the carrier and by 47 CFR 64.1200(a)(10); YES starts them again.
_CARRIER_WORDS = r"cancel|end|quit|revoke|optout|opt-out|unsubscribe|stopall|yes"
_ASKS_FOR_CARRIER_WORD = re.compile(
    rf"\b(?:reply|text|send|answer|responda|conteste|env[ií]e|escriba)\W+(?:with\W+|con\W+)?(?:{_CARRIER_WORDS})\b",
    re.IGNORECASE,
)
_SHOUTED_CARRIER_WORD = re.compile(rf"\b(?:{_CARRIER_WORDS.upper()})\b")
_LINK = re.compile(r"(?:https?://|www\.)\S+", re.IGNORECASE)


def faults(*, key: str, channel: str, language: str, body: str) -> list[str]:
    """Everything wrong with a template's text, each as one sentence; empty when it may go out."""
    found = wording_faults(body, allowed=key)
    if channel == Channel.SMS and not found:
        found += _text_faults(key, language, body)
    return found


def wording_faults(text: str, *, allowed: str) -> list[str]:
    """Faults of one text, `allowed` being the key of the message whose variables it may name."""
    return [*_variable_faults(text, defaults.variables_of(allowed)), *_word_faults(text), *_link_faults(text)]


def _variable_faults(text: str, allowed: frozenset[str]) -> list[str]:
    found = []
    if "{%" in text or "{#" in text or text.count("{{") != len(VARIABLE.findall(text)):
        found.append(_("Only variables such as {{ clinic }} can be used here."))
    for name in sorted(set(VARIABLE.findall(text)) - allowed):
        if _REVEALING_VARIABLES.search(name.lower()):
            found.append(_("{{ %(name)s }} would reveal something about the patient.") % {"name": name})
        else:
            found.append(_("This message has no variable {{ %(name)s }}.") % {"name": name})
    return found


def _word_faults(text: str) -> list[str]:
    found = []
    if word := _REVEALING_WORDS.search(VARIABLE.sub("", text)):
        found.append(_("“%(word)s…” would tell what kind of care it is.") % {"word": word.group(0)})
    if _ASKS_FOR_CARRIER_WORD.search(text) or _SHOUTED_CARRIER_WORD.search(text):
        found.append(_("Don't ask for CANCEL, END, QUIT or YES: phone companies act on them. Use C, R and X."))
    return found


def _link_faults(text: str) -> list[str]:
    foreign = [link for link in _LINK.findall(text) if not _is_ours(link)]
    return [_("Only the portal's own links may go out: use {{ link }}.")] if foreign else []


def _is_ours(link: str) -> bool:
    """On this very host: `https://portal.example.com.evil.example/` begins like ours, and is not."""
    return f"{link.rstrip('.,;:!?)')}/".startswith(f"{settings.PUBLIC_BASE_URL}/")


def _text_faults(key: str, language: str, body: str) -> list[str]:
    rendered = render(channel=Channel.SMS, title="", body=body, context=defaults.longest_context(language))
    found = []
    if rendered.encoding != "GSM-7":
        costly = sorted({letter for letter in rendered.text if measure(letter)[1] != "GSM-7"})
        found.append(_("These characters make every text cost double: %(list)s") % {"list": " ".join(costly)})
    if rendered.segments > MAX_SEGMENTS:
        found.append(
            _("With a long date and link this is %(count)d texts long; at most %(most)d go out.")
            % {"count": rendered.segments, "most": MAX_SEGMENTS}
        )
    return found
