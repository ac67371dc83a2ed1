"""The words: what may not be said, what they cost, how they read."""

import re

import pytest
import smsutil
from django.conf import settings
from django.core.exceptions import ValidationError
from hypothesis import given
from hypothesis import strategies as st

from messaging import defaults, lint, preview
from messaging.models import MessageTemplate
from messaging.rendering import measure, plainer, render
from messaging.states import Channel
from messaging.tests.factories import texting_patient

EVERY = list(defaults.WORDS)
LANGUAGES = ("en", "es")


@pytest.mark.parametrize(("key", "channel", "language"), EVERY)
def test_the_defaults_have_no_fault(key, channel, language):
    words = defaults.words(key, channel, language)
    assert lint.faults(key=key, channel=channel, language=language, body=words.body) == []
    assert lint.wording_faults(words.title, allowed=key) == []
    assert bool(words.title) == (channel == Channel.EMAIL)


@pytest.mark.parametrize(("key", "channel", "language"), [row for row in EVERY if row[1] == Channel.SMS])
def test_default_texts_are_gsm_7_as_they_are_written(key, channel, language):
    assert smsutil.is_valid_gsm(defaults.words(key, channel, language).body)


def test_every_message_has_both_languages():
    for key, channel, _language in EVERY:
        assert all((key, channel, language) in defaults.WORDS for language in LANGUAGES)


@pytest.mark.parametrize("key", ["visit_booked", "visit_moved", "visit_cancelled", "ask_to_confirm", "reminder_72h",
                                 "reminder_24h", "reminder_2h", "follow_up", "phone_code"])  # fmt: skip
def test_what_is_planned_exists_as_text_and_email(key):
    assert {(key, channel, language) for channel in Channel for language in LANGUAGES} <= set(defaults.WORDS)


@pytest.mark.parametrize(
    ("body", "fault"),
    [
        ("{{ clinic }}: hello {{ patient_name }}", "would reveal"),
        ("{{ clinic }}: see {{ provider }} {{ when }}", "would reveal"),
        ("{{ clinic }}: {{ diagnosis }}", "would reveal"),
        ("{{ clinic }}: {{ weather }}", "no variable"),
        ("{{ clinic }}: {{ code }}", "no variable"),
        ("{% if x %}hello{% endif %}", "Only variables"),
        ("{{ clinic|upper }}", "Only variables"),
        ("{{ clinic }}: your therapy session {{ when }}", "what kind of care"),
        ("{{ clinic }}: su cita de psiquiatría", "what kind of care"),
        ("{{ clinic }}: reply CANCEL to cancel", "phone companies"),
        ("{{ clinic }}: Reply Yes to confirm", "phone companies"),
        ("{{ clinic }}: text END to finish", "phone companies"),
        ("{{ clinic }}: responda CANCEL", "phone companies"),
        ("{{ clinic }}: see https://bit.ly/3xYz", "own links"),
        ("{{ clinic }}: see www.example.org", "own links"),
        (f"{{{{ clinic }}}}: see {settings.PUBLIC_BASE_URL}.example.org/m/", "own links"),
        (f"{{{{ clinic }}}}: see {settings.PUBLIC_BASE_URL}@example.org/m/", "own links"),
        ("{{ clinic }}: 你好 {{ when }}", "cost double"),
        ("{{ clinic }}: {{ when }} {{ link }} " + "word " * 50, "texts long"),
    ],
)
def test_what_a_text_may_not_say(body, fault):
    [found] = lint.faults(key="reminder_24h", channel=Channel.SMS, language="en", body=body)
    assert fault in found


@pytest.mark.parametrize(
    "body",
    [
        "{{ clinic }}: the visit is cancelled. Reply C to confirm.",
        "{{clinic}}: at the end of the week {{ when }}",
        "{{ clinic }}: «sí» … mañana – “hoy”",
    ],
)
def test_what_it_may_say(body):
    assert lint.faults(key="reminder_24h", channel=Channel.SMS, language="es", body=body) == []


@pytest.mark.django_db
def test_the_form_of_a_template_shows_the_faults():
    template = MessageTemplate(
        organization=texting_patient().organization, key="visit_booked", channel="email", language="en",
        subject="Your therapy", body="{{ birth_date }}",
    )  # fmt: skip
    with pytest.raises(ValidationError) as refused:
        template.full_clean()
    assert set(refused.value.message_dict) == {"subject", "body"}


def test_a_preview_reads_as_it_would_on_a_phone():
    template = MessageTemplate(key="visit_booked", channel="sms", language="es", body="{{ clinic }}: sí, {{ nobody }}")
    assert preview.render(template) == {
        "title": "", "text": "Northside Clinic: si, {{ nobody }}", "segments": 1, "encoding": "GSM-7",
    }  # fmt: skip


@given(st.text(max_size=400))
def test_plainer_words_never_cost_more(text):
    assert measure(plainer(text))[0] <= max(measure(text)[0], 1) * 2
    assert plainer(plainer(text)) == plainer(text)


@pytest.mark.parametrize(
    ("text", "plain"),
    [("sábado, 9:00\u202fAM", "sabado, 9:00 AM"), ("¿Mañana? Sí, señor Muñoz", "¿Mañana? Si, señor Muñoz"),
     ("“Quote” – dash…", '"Quote" - dash...'), ("你好 👍", "你好 👍")],
)  # fmt: skip
def test_letters_outside_the_cheap_alphabet(text, plain):
    assert plainer(text) == plain


def test_a_value_that_is_missing_is_an_error_and_not_a_gap():
    with pytest.raises(KeyError):
        render(channel="sms", title="", body="{{ when }}", context={})


def test_values_are_not_read_as_templates():
    assert render(channel="sms", title="", body="{{ when }}", context={"when": "{{ link }}", "link": "x"}).text == (
        "{{ link }}"
    )
    assert not re.search("&amp;", render(channel="sms", title="", body="{{ when }}", context={"when": "a & b"}).text)
