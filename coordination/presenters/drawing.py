"""A row of the board as markup. Template tags would take most of the page's time for five hundred of them.

The icons are those of the page's sprite (`ROW_ICONS`), also in rows that come later: any other is drawn in full.
"""

from functools import lru_cache

from django.utils.html import conditional_escape, format_html
from django.utils.safestring import SafeString
from django.utils.translation import get_language
from django.utils.translation import gettext as _

from common.templatetags.ui import icon, sprite_icon
from coordination.presenters.next_step import Step
from coordination.presenters.rows import STATE_ICONS, VisitRow
from coordination.readiness import MARK_ICONS, Mark

ROW_ICONS = frozenset({"ellipsis", *STATE_ICONS, *MARK_ICONS})

_EMPTY = conditional_escape("")
_ROW = """<tr role="row" id="visit-{id}" data-visit="{id}" data-band="{band}" data-sort="{sort}"{look}>
<td role="cell" class="c-select"><input type="checkbox" name="visit" value="{id}" form="selected" aria-label="{select} {patient}"></td>
<td role="cell" class="c-time">{time}</td>
<th role="rowheader" class="c-who" scope="row"><a href="{url}">{patient}</a> <span class="meta">{about}</span>{failure}</th>
<td role="cell" class="c-provider">{provider}</td>
<td role="cell" class="c-type">{visit_type}</td>
<td role="cell" class="c-state">{state}</td>
<td role="cell" class="c-marks"><span class="marks">{marks}</span></td>
<td role="cell" class="c-next">{step}</td>
<td role="cell" class="c-menu"><a class="btn btn-quiet btn-icon" href="{url}" data-row-menu aria-label="{more} {patient}">{dots}</a></td>
</tr>
"""  # noqa: E501 -- one cell a line
_BUTTON = (
    '<button class="btn btn-secondary" form="row-form" formaction="{}{}/">'
    '{}<span class="visually-hidden">, {}</span></button>'
)
_PAGE = '<a class="btn btn-secondary" href="{}{}/" data-leaves>{}<span class="visually-hidden">, {}</span></a>'
_LINK = '<a class="btn btn-secondary" href="{}?panel={}">{}<span class="visually-hidden">, {}</span></a>'


def row_html(row: VisitRow) -> SafeString:
    """One `<tr>` of desk/board.html."""
    public_id, url, patient = (conditional_escape(text) for text in (row.public_id, row.url, row.patient))
    select, more = _labels(get_language())
    return format_html(
        _ROW,
        id=public_id,
        url=url,
        band=row.band,
        sort=row.sort,
        look=_DONE if row.is_done else _EMPTY,
        select=select,
        time=row.time,
        patient=patient,
        about=f"{row.about} · {row.language}" if row.language else row.about,
        failure=_failure(row.failure) if row.failure else _EMPTY,
        provider=row.provider,
        visit_type=row.visit_type,
        state=_state(row),
        marks=_marks(row.marks, url),
        step=_step(row, url, patient),
        more=more,
        dots=_icon("ellipsis"),
    )


_DONE = format_html(' class="{}"', "is-done")


@lru_cache(maxsize=8)
def _labels(_language: str) -> tuple[SafeString, SafeString]:
    return conditional_escape(_("Select")), conditional_escape(_("More for"))


@lru_cache(maxsize=128)
def _icon(name: str) -> SafeString:
    return sprite_icon(name) if name in ROW_ICONS else icon(name)


@lru_cache(maxsize=128)
def _failure(words: str) -> SafeString:
    return format_html('<span class="row-failure">{}{}</span>', _icon("message-circle-x"), words)


def _state(row: VisitRow) -> SafeString:
    if not row.since:
        return _state_alone(row.state_kind, row.state_icon, row.state)
    return format_html(
        '<span class="status status-{}">{}{} <time datetime="{}" data-minutes>{}</time></span>',
        row.state_kind, _icon(row.state_icon), row.state, row.since, row.minutes,
    )  # fmt: skip


@lru_cache(maxsize=128)
def _state_alone(kind: str, icon_name: str, words: str) -> SafeString:
    return format_html('<span class="status status-{} status-plain">{}{}</span>', kind, _icon(icon_name), words)


def _marks(marks: list[Mark], address: SafeString) -> SafeString:
    """The marks of one visit as links into its drawer."""
    drawn = _EMPTY
    for mark in marks:
        before, after = _around_the_address(mark)
        drawn += before + address + after
    return drawn


@lru_cache(maxsize=1024)
def _around_the_address(mark: Mark) -> tuple[SafeString, SafeString]:
    """Few marks differ in more than where they lead: what stands before and after the visit's address."""
    before = format_html('<a class="mark mark-{}" href="', mark.state)
    after = format_html(
        '?panel={}" data-key="{}">{}<span class="tip">{}: {}</span></a>',
        mark.panel, mark.key, _icon(mark.icon), mark.name, mark.words,
    )  # fmt: skip
    return before, after


def _step(row: VisitRow, url: SafeString, patient: SafeString) -> SafeString:
    """The next step: a button that does it at once, or a link to the drawer's part or the page where it is done."""
    if row.step is None:
        return _EMPTY
    forms = ((_BUTTON, row.step.event), (_LINK, row.step.panel), (_PAGE, row.step.page))
    form, target = next(each for each in forms if each[1])
    return format_html(form, url, target, _label(row.step, get_language()), patient)


@lru_cache(maxsize=64)
def _label(step: Step, _language: str) -> SafeString:
    return conditional_escape(str(step.label))
