"""The components every page is built from. They are built-ins: templates use them without {% load %}.

templates/components/README.md shows each in use; /gallery/ shows them all in a demo installation.
"""

import re
from collections import Counter
from collections.abc import Iterable
from datetime import UTC, date, datetime
from functools import lru_cache

from django import template
from django.forms.utils import flatatt
from django.template.loader import render_to_string
from django.utils.html import format_html, format_html_join
from django.utils.safestring import SafeString, mark_safe
from django.utils.translation import gettext as _
from lucide.templatetags.lucide import lucide

from common import timefmt
from common.phone import display

register = template.Library()

KIND_ICONS = {
    "ready": "circle-check",
    "attention": "triangle-alert",
    "problem": "octagon-alert",
    "info": "info",
    "neutral": "circle",
}
MARK_ICONS = {"ready": "check", "waiting": "hourglass", "missing": "triangle-alert", "problem": "octagon-alert"}
DRAWN_ICON = re.compile(r'<svg .*?viewBox="0 0 24 24" (.*?) focusable[^>]*>(.*)</svg>')
BETWEEN_TAGS = re.compile(r">\s+<")
MESSAGE_KINDS = {"success": "ready", "warning": "attention", "error": "problem"}


def _attributes(extra: dict) -> SafeString:
    """Keyword arguments as HTML attributes: hx_get="…" becomes hx-get="…"; None and False leave it out."""
    return flatatt({key.rstrip("_").replace("_", "-"): value for key, value in extra.items() if value is not None})


# --- Small parts, cheap enough to be drawn hundreds of times on a page ---


@lru_cache(maxsize=512)
def _icon(name: str, label: str) -> SafeString:
    naming = {"role": "img", "aria-label": label} if label else {"aria-hidden": "true"}
    drawn = lucide(name, focusable="false", **{"class": "icon"}, **naming)
    return mark_safe(BETWEEN_TAGS.sub("><", drawn).replace(" />", "/>"))  # noqa: S308 -- the package's own drawing


@lru_cache(maxsize=512)
def _symbol(name: str) -> SafeString:
    """The icon as a part of a sprite: how it looks (`fill="none" stroke=…`) goes along, its size and class do not."""
    look, lines = DRAWN_ICON.fullmatch(_icon(name, "")).groups()
    return mark_safe(f'<symbol id="icon-{name}" viewBox="0 0 24 24" {look}>{lines}</symbol>')  # noqa: S308 -- as above


@register.simple_tag
def sprite(names: Iterable[str]) -> SafeString:
    """Icons that a page shows hundreds of times, drawn once and out of sight; `sprite_icon` shows them."""
    symbols = format_html_join("", "{}", ((_symbol(name),) for name in sorted(names)))
    return format_html('<svg class="sprite" aria-hidden="true" width="0" height="0">{}</svg>', symbols)


@register.simple_tag
def sprite_icon(name: str) -> SafeString:
    """An icon of the page's `sprite`: a few bytes instead of a drawing. Silent to screen readers."""
    return format_html('<svg class="icon" aria-hidden="true"><use href="#icon-{}"/></svg>', name)


@register.simple_tag
def icon(name: str, label: str = "") -> SafeString:
    """An inline Lucide icon; silent to screen readers unless it has a label."""
    return _icon(str(name), str(label))


@register.simple_tag
def status(text: str, kind: str = "neutral", icon: str = "", *, plain: bool = False) -> SafeString:
    """A state as icon + word + colour. Kinds: ready, attention, problem, info, neutral."""
    style = f"status-{kind}{' status-plain' if plain else ''}"
    return format_html('<span class="status {}">{}{}</span>', style, _icon(icon or KIND_ICONS[kind], ""), text)


@register.simple_tag
def mark(name: str, state: str, words: str, href: str = "", icon: str = "", **extra) -> SafeString:
    """A readiness mark that opens its fix. States: ready (quiet), waiting, missing, problem.

    Its words show on hover and focus and are its accessible name. Without an href it is a button.
    """
    tag = "a" if href else "button"
    extra |= {"href": href} if href else {"type": extra.get("type", "button")}
    return format_html(
        '<{} class="mark mark-{}"{}>{}<span class="tip">{}: {}</span></{}>',
        tag, state, _attributes(extra), _icon(icon or MARK_ICONS[state], ""), name, words, tag,
    )  # fmt: skip


@register.simple_tag
def avatar(name: str) -> SafeString:
    """Initials in a circle, beside the written name and therefore silent."""
    words = [word for word in str(name).split() if word[0].isalnum()] or ["?"]
    initials = words[0][0] + (words[-1][0] if len(words) > 1 else "")
    return format_html('<span class="avatar" aria-hidden="true">{}</span>', initials.upper())


@register.simple_tag
def kbd(*keys: str) -> SafeString:
    """Keys as they are printed on the keyboard."""
    return format_html_join(" ", "<kbd>{}</kbd>", ((key,) for key in keys))


@register.simple_tag
def phone(number: str, *, link: bool = True) -> SafeString | str:
    """An E.164 number as people read it, with a tel: link."""
    text = display(str(number))
    return format_html('<a class="nowrap" href="tel:{}">{}</a>', number, text) if link else text


@register.filter
def message_kind(level_tag: str) -> str:
    """Django's message level as a notice kind."""
    return MESSAGE_KINDS.get(level_tag, "info")


@register.simple_tag
def page_numbers(page):
    """The page numbers worth a link, with gaps."""
    return page.paginator.get_elided_page_range(page.number, on_each_side=1, on_ends=1)


# --- Time ---


def _time(moment: datetime, text: str) -> SafeString:
    return format_html('<time datetime="{}">{}</time>', moment.astimezone(UTC).strftime("%Y-%m-%dT%H:%M:%SZ"), text)


@register.simple_tag
def when(moment: datetime | None, zone=None, clinic_zone=None, *, year: bool = False) -> SafeString | str:
    """Day and time in the reader's zone; the clinic's in brackets when its clock reads differently."""
    if moment is None:
        return ""
    text = timefmt.format_when(moment, zone, year=year)
    if clinic_zone and not timefmt.same_wall_clock(moment, zone, clinic_zone):
        at_clinic = _("%(time)s at the clinic") % {"time": timefmt.format_clock(moment, clinic_zone)}
        return format_html("{} ({})", _time(moment, text), at_clinic)
    return _time(moment, text)


@register.simple_tag
def clock(moment: datetime | None, zone=None, *, abbreviation: bool = True) -> SafeString | str:
    """The time alone: "2:30 PM EST"."""
    if moment is None:
        return ""
    return _time(moment, timefmt.format_clock(moment, zone, abbreviation=abbreviation))


@register.simple_tag
def short_when(moment: datetime | None, zone=None) -> SafeString | str:
    """Day and time in few letters: "Tue, Dec 1, 2:30 PM", for lists that reach back over days."""
    return _time(moment, timefmt.format_short(moment, zone)) if moment else ""


@register.simple_tag
def day(value: date | datetime | None, zone=None, *, year: bool = False) -> SafeString | str:
    """The day with its weekday; a datetime is first moved to the zone."""
    if value is None:
        return ""
    local = value.astimezone(timefmt.as_zone(zone)).date() if isinstance(value, datetime) else value
    return format_html('<time datetime="{}">{}</time>', local.isoformat(), timefmt.format_day(local, year=year))


@register.simple_tag
def zone_name(zone=None) -> str:
    """The zone in words, for "all times Eastern Time"."""
    return timefmt.zone_name(zone)


# --- Forms ---


def _field_target(bound_field) -> str:
    """The id of the first control of a field: groups have none of their own."""
    return bound_field.id_for_label or f"{bound_field.auto_id}_0"


def _form_problems(form):
    """Triples of control id, label and words; errors of the whole form have neither of the first two."""
    for error in form.non_field_errors():
        yield "", "", error
    for bound_field in form:
        for error in bound_field.errors:
            yield ("" if bound_field.is_hidden else _field_target(bound_field)), bound_field.label, error


@register.inclusion_tag("components/error_summary.html")
def error_summary(*forms) -> dict:
    """ "There is a problem", with a link to each field; draws nothing when all forms are valid."""
    problems = [problem for form in forms if form and form.is_bound for problem in _form_problems(form)]
    seen = Counter(words for _target, _label, words in problems)
    # Words that several fields share ("This field is required.") say nothing without the field's label.
    return {
        "problems": [
            (target, f"{label}: {words}" if label and seen[words] > 1 else words) for target, label, words in problems
        ]
    }


# --- Self-closing components ---


@register.inclusion_tag("components/summary_list.html")
def summary_list(rows) -> dict:
    """Rows of {"label", "value", "url"?, "change"?}: change says what the link changes, for screen readers."""
    return {"rows": rows}


@register.inclusion_tag("components/stepper.html")
def stepper(step: int, total: int, label: str = "") -> dict:
    """ "Step 2 of 6", with the bar that shows it."""
    return {"step": step, "total": total, "label": label, "numbers": range(1, total + 1)}


@register.inclusion_tag("components/bubble.html")
def bubble(text: str, *, out: bool = False, note: bool = False, **details) -> dict:
    """A message. Details: author, channel, at, zone, state (words), failed (true when it did not arrive), language."""
    return {"text": text, "out": out, "note": note, **details}


@register.inclusion_tag("components/counter.html")
def counter(value, label: str, url: str, *, active: bool = False, hint: str = "", **extra) -> dict:
    """A figure that is also a filter; give extra hx_… attributes to load in place."""
    return {"value": value, "label": label, "url": url, "active": active, "hint": hint, "extra": _attributes(extra)}


@register.inclusion_tag("components/copyable.html")
def copyable(text: str, what: str = "") -> dict:
    """Text with a Copy button; what names it for screen readers ("visit link")."""
    return {"text": text, "what": what}


# --- Components around a block of template ---


def _block(template_name: str, content: str, **values) -> SafeString:
    return render_to_string(template_name, {"content": content, **values})


@register.simple_block_tag
def page_header(content, title: str, subtitle: str = "", back_url: str = "", back_label: str = ""):
    """The page's h1, what it is about, and its actions."""
    return _block("components/page_header.html", content, title=title, subtitle=subtitle,
                  back_url=back_url, back_label=back_label or _("Back"))  # fmt: skip


@register.simple_block_tag
def panel(content, title: str = "", *, level: int = 2, id: str = "", flush: bool = False):
    """A surface with a heading; flush lets a table or list reach its edges."""
    return _block("components/panel.html", content, title=title, heading=f"h{level}", id=id, flush=flush)


@register.simple_block_tag
def notice(content, kind: str = "info", title: str = "", icon: str = ""):
    """Something to know before going on. Kinds as for status, and "inset" for a quiet aside."""
    return _block("components/notice.html", content, kind=kind, title=title, icon=icon or KIND_ICONS.get(kind, ""))


@register.simple_block_tag
def empty_state(content, title: str, icon: str = "circle-check"):
    """What to say where a list has nothing: the fact, then what would bring a row here."""
    return _block("components/empty_state.html", content, title=title, icon=icon)


@register.simple_block_tag
def confirmation(content, title: str):
    """The end of a job: what is done, then what happens next."""
    return _block("components/confirmation.html", content, title=title)


@register.simple_block_tag
def dialog(content, id: str, title: str, *, wide: bool = False):
    """A native <dialog>; opened by any element with data-dialog-open="<id>", closed by Esc or its Close."""
    return _block("components/dialog.html", content, id=id, title=title, wide=wide)


@register.simple_block_tag
def drawer(content, title: str, close_url: str, subtitle: str = ""):
    """What the right-hand drawer holds; put it into <div class="drawer" id="drawer">."""
    return _block("components/drawer.html", content, title=title, close_url=close_url, subtitle=subtitle)


@register.simple_block_tag
def menu(
    content,
    label: str,
    icon: str = "ellipsis",
    *,
    text: bool = False,
    style: str = "btn btn-quiet",
    start: bool = False,
):
    """A menu of <li> links or one-button forms, on <details>: it works without script."""
    return _block("components/menu.html", content, label=label, icon=icon, text=text, style=style, start=start)


@register.simple_block_tag
def timeline_entry(content, title: str, icon: str = "circle", kind: str = "neutral", at=None, zone=None, by: str = ""):
    """One <li> of <ol class="timeline">."""
    return _block("components/timeline_entry.html", content, title=title, icon=icon, kind=kind, at=at, zone=zone, by=by)
