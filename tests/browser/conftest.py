"""What browser tests share: a judge that looks at a page as people with different eyes, screens and machines do."""

import os
from collections.abc import Callable
from urllib.parse import urlsplit

import pytest
from axe_playwright_python.sync_playwright import Axe

# Playwright's loop runs in this thread; Django would refuse its own synchronous calls beside it.
os.environ.setdefault("DJANGO_ALLOW_ASYNC_UNSAFE", "true")

# Without preload: it would copy imported stylesheets into the page, which the content policy refuses.
AXE = {
    "preload": False,
    "runOnly": {"type": "tag", "values": ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa", "best-practice"]},
}
VIEWS = [(1440, 900, "light"), (320, 800, "dark")]


def _listen(page, faults: list[str]) -> None:
    """Console errors (refusals by the content policy among them), script errors and requests off the host."""
    page.on("console", lambda message: faults.append(f"console: {message.text}") if message.type == "error" else None)
    page.on("pageerror", lambda error: faults.append(f"script: {error}"))

    def off_host(request):
        host = urlsplit(request.url).hostname
        if host not in {"localhost", "127.0.0.1", None, ""}:
            faults.append(f"off host: {request.url}")

    page.on("request", off_host)


def _look(page) -> list[str]:
    violations = Axe().run(page, options=AXE).response["violations"]
    found = [f"axe: {rule['id']} ×{len(rule['nodes'])} {rule['nodes'][0]['target']}" for rule in violations]
    overflow = page.evaluate("document.documentElement.scrollWidth - innerWidth")
    return found + ([f"overflow: {overflow}px"] if overflow > 0 else [])


@pytest.fixture
def judge(browser, live_server) -> Callable[..., list[str]]:
    """judge(path, storage_state=None): what is wrong with a page, wide and light, then narrow and dark; [] is good."""

    def judge_path(path: str, storage_state=None) -> list[str]:
        faults = []
        for width, height, scheme in VIEWS:
            with browser.new_context(
                viewport={"width": width, "height": height}, color_scheme=scheme, storage_state=storage_state
            ) as context:
                page, here = context.new_page(), []
                _listen(page, here)
                response = page.goto(live_server.url + path)
                if response.status >= 400:
                    here.append(f"status: {response.status}")
                here += _look(page)
                faults += [f"{width} {scheme} {fault}" for fault in here]
        return faults

    return judge_path


class Visitor:
    """A browser of its own on one page, and what was found wrong on the way."""

    def __init__(self, page, base: str, *, judged: bool):
        self.page, self.base, self.judged = page, base, judged
        self.faults: list[str] = []
        _listen(page, self.faults)

    def goto(self, path: str) -> None:
        self.page.goto(self.base + path)

    def look(self) -> None:
        """Judge the page as it stands now."""
        if self.judged:
            self.faults += [f"{self.page.url.removeprefix(self.base)} {fault}" for fault in _look(self.page)]


@pytest.fixture
def visitor(browser, live_server) -> Callable[..., Visitor]:
    """visitor(width=390, **options of a context): a Visitor. Without script nothing can be judged."""
    contexts = []

    def visit(*, width: int = 390, **options) -> Visitor:
        context = browser.new_context(viewport={"width": width, "height": 844}, **options)
        contexts.append(context)
        return Visitor(context.new_page(), live_server.url, judged=options.get("java_script_enabled", True))

    yield visit
    for context in contexts:
        context.close()
