"""The component tags: what they promise to a reader with and without sight."""

from datetime import UTC, date, datetime

import pytest
from django import forms
from django.core.paginator import Paginator
from django.template import Context, Template
from django.template.loader import render_to_string
from django.test import RequestFactory

WINTER = datetime(2026, 12, 1, 19, 30, tzinfo=UTC)


def draw(source: str, **values) -> str:
    return Template(source).render(Context(values))


class Booking(forms.Form):
    name = forms.CharField(label="Name", help_text="As on your card")
    state = forms.CharField(label="State", error_messages={"required": "Enter your state."})
    channel = forms.ChoiceField(label="Channel", choices=[("sms", "Text")], widget=forms.RadioSelect)
    note = forms.CharField(label="Note", required=False)


def test_a_sprite_holds_the_drawings_that_its_icons_name():
    page = draw("{% sprite names %}{% sprite_icon 'check' %}", names={"check", "video"})
    assert page.count("<symbol") == 2 and page.count("<path") == 2 and 'stroke="currentColor"' in page
    assert 'id="icon-check"' in page and '<use href="#icon-check"/>' in page
    assert '<svg class="icon"' in page and 'width="24"' not in page


def test_an_icon_is_silent_unless_it_is_named():
    assert 'aria-hidden="true"' in draw('{% icon "check" %}')
    assert 'aria-label="Confirmed"' in draw('{% icon "check" "Confirmed" %}')
    assert "aria-hidden" not in draw('{% icon "check" "Confirmed" %}')


def test_text_from_people_is_escaped_everywhere():
    evil = '"><script>alert(1)</script>'
    source = (
        "{% status evil %}{% mark evil 'missing' evil href=evil %}{% bubble evil author=evil %}{% icon 'check' evil %}"
        "{% panel evil %}{{ evil }}{% endpanel %}"
        "{% timeline_entry evil by=evil %}{% endtimeline_entry %}{% copyable evil %}{% avatar evil %}"
        "{% page_header evil subtitle=evil %}{% endpage_header %}{% counter 1 evil evil hx_get=evil %}"
    )
    assert "<script" not in draw(source, evil=evil)


def test_a_mark_is_a_link_to_its_fix_or_a_button_and_always_says_its_words():
    link = draw('{% mark "Insurance" "missing" "not checked yet" href="/fix/" hx_get="/fix/" hx_push_url=None %}')
    assert link.startswith('<a class="mark mark-missing" href="/fix/" hx-get="/fix/">')
    assert "Insurance: not checked yet" in link
    assert 'type="button"' in draw('{% mark "Insurance" "ready" "verified" %}')


def test_a_patient_sees_the_clinics_clock_only_when_it_differs():
    source = '{% when moment "America/Chicago" zone %}'
    assert "1:30 PM CST</time> (2:30 PM EST at the clinic)" in draw(source, moment=WINTER, zone="America/New_York")
    assert "(" not in draw(source, moment=WINTER, zone="America/Winnipeg")
    assert 'datetime="2026-12-01T19:30:00Z"' in draw(source, moment=WINTER, zone="America/Winnipeg")


def test_a_day_belongs_to_the_zone_it_is_read_in():
    late = datetime(2026, 12, 2, 3, 0, tzinfo=UTC)
    assert 'datetime="2026-12-01"' in draw('{% day late "America/New_York" %}', late=late)
    assert "Tuesday, December 1, 2026" in draw("{% day date year=True %}", date=date(2026, 12, 1))


def test_no_moment_draws_nothing():
    assert draw("{% when moment %}{% clock moment %}{% day moment %}", moment=None) == ""


def test_the_error_summary_links_each_control_and_tells_equal_words_apart():
    html = draw("{% error_summary form %}", form=Booking({}))
    assert "There is a problem" in html
    assert '<a href="#id_name">Name: This field is required.</a>' in html
    assert '<a href="#id_state">Enter your state.</a>' in html
    assert '<a href="#id_channel_0">' in html
    assert "autofocus" in html


@pytest.mark.parametrize("data", [None, {"name": "A", "state": "OH", "channel": "sms"}])
def test_without_errors_there_is_no_summary(data):
    assert draw("{% error_summary form %}", form=Booking(data)).strip() == ""


def test_a_field_is_tied_to_its_hint_and_its_error():
    html = draw("{% load crispy_forms_tags %}{{ form|crispy }}", form=Booking({}))
    assert 'aria-describedby="id_name_helptext id_name_error"' in html
    assert html.index('for="id_name"') < html.index('id="id_name_helptext"') < html.index('id="id_name_error"')
    assert html.index('id="id_name_error"') < html.index('name="name"')
    assert '<fieldset aria-describedby="id_channel_error">' in html
    assert html.count("(optional)") == 1


def test_pages_keep_the_other_parameters():
    request = RequestFactory().get("/", {"q": "ruiz", "page": "2"})
    page = Paginator(range(100), 10).page(2)
    html = render_to_string("components/pagination.html", {"page": page}, request=request)
    assert "?q=ruiz&amp;page=3" in html
    assert '<span aria-current="page">2</span>' in html


def test_initials_come_from_the_first_and_the_last_name():
    assert ">ML<" in draw('{% avatar "Maria de la Cruz Lopez" %}')
    assert ">?<" in draw('{% avatar "" %}')
