"""Markup of the board that would be too dear to draw by template tags five hundred times on a page."""

from functools import lru_cache

from django.utils.html import conditional_escape, format_html
from django.utils.safestring import SafeString

from common.templatetags.ui import icon
from coordination.readiness import Mark

_EMPTY = conditional_escape("")


def marks_html(marks: list[Mark], url: str) -> SafeString:
    """The marks of one visit as links into its drawer."""
    address, drawn = conditional_escape(url), _EMPTY
    for mark in marks:
        before, after = _around_the_address(mark)
        drawn += before + address + after
    return drawn


@lru_cache(maxsize=1024)
def _around_the_address(mark: Mark) -> tuple[SafeString, SafeString]:
    """Few marks differ in more than where they lead: what stands before and after the visit's address."""
    before = format_html('<a class="mark mark-{}" href="', mark.state)
    after = format_html(
        '?panel={}" data-opens-drawer data-key="{}">{}<span class="tip">{}: {}</span></a>',
        mark.panel, mark.key, icon(mark.icon), mark.name, mark.words,
    )  # fmt: skip
    return before, after
