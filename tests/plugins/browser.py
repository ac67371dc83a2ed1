"""A real Chromium for the tests marked `browser`."""

import os

import pytest

from scripts.chromium import find

ARGUMENTS = [
    "--disable-gpu",
    "--disable-quic",
    "--no-first-run",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
    # A camera and a microphone that beeps, for contexts with permissions=["camera", "microphone"]; others are refused.
    # Calls stay within one machine.
    "--use-fake-device-for-media-stream",
    "--allow-loopback-in-peer-connection",
]
LOUD = "BROWSER TESTS SKIPPED: no Chromium was found. Install one, or set CHROMIUM to its program."


def pytest_configure(config) -> None:
    config.stash[_CHROMIUM] = os.environ.get("CHROMIUM") or find()


_CHROMIUM = pytest.StashKey[str]()


@pytest.hookimpl(trylast=True)
def pytest_collection_modifyitems(config, items) -> None:
    """Browser tests come last: once Playwright's loop runs in this thread, `async_to_sync` refuses to work in it.

    One that fails is tried once more, and the summary says so: a browser and six servers on two cores may stall.
    """
    items.sort(key=lambda item: item.get_closest_marker("browser") is not None)
    mark = pytest.mark.flaky(reruns=1) if config.stash[_CHROMIUM] else pytest.mark.skip(reason=LOUD)
    for item in items:
        if item.get_closest_marker("browser"):
            item.add_marker(mark)


def pytest_unconfigure(config) -> None:
    """The very last line, below pytest's own closing line, so that nobody takes a green run for a whole one."""
    if not config.stash.get(_CHROMIUM, "") and not config.option.collectonly:
        print(f"\n{LOUD}")  # noqa: T201


@pytest.fixture(scope="session")
def chromium_executable(pytestconfig) -> str:
    """The path of the Chromium that the browser tests drive."""
    return pytestconfig.stash[_CHROMIUM]


@pytest.fixture(scope="session")
def browser_type_launch_args(browser_type_launch_args, chromium_executable) -> dict:
    """pytest-playwright's launch arguments with our Chromium; as root it runs without its sandbox."""
    arguments = ARGUMENTS + (["--no-sandbox"] if os.getuid() == 0 else [])
    return {**browser_type_launch_args, "executable_path": chromium_executable, "args": arguments}
