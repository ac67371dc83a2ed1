"""The small parts of the two commands."""

import gettext
import shutil
import socket
import subprocess

import pytest
from django.conf import settings

from config.catalogs import compile_catalogs
from config.embedded import ServerError
from config.up.address import Address

PO = """
msgid ""
msgstr "Content-Type: text/plain; charset=UTF-8\\n"

msgid "Visit"
msgstr "Cita"

#, fuzzy
msgid "Clinic"
msgstr "Unsure"
"""


def test_catalogs_are_compiled_when_they_changed(tmp_path):
    source = tmp_path / "es" / "LC_MESSAGES" / "django.po"
    source.parent.mkdir(parents=True)
    source.write_text(PO)
    assert compile_catalogs([tmp_path]) == [source]
    assert compile_catalogs([tmp_path]) == []
    with source.with_suffix(".mo").open("rb") as file:
        words = gettext.GNUTranslations(file)
    assert (words.gettext("Visit"), words.gettext("Clinic")) == ("Cita", "Clinic")


def test_a_taken_port_is_told_in_one_line():
    with socket.socket() as other:
        other.bind(("127.0.0.1", 0))
        other.listen()
        port = other.getsockname()[1]
        with pytest.raises(ServerError, match=rf"Port {port} .* taken.*PORT={port + 1}") as refusal:
            Address("127.0.0.1", port).refuse_if_taken()
    assert "\n" not in str(refusal.value)


@pytest.mark.parametrize("port", ["http", "0", "70000", "-1"])
def test_a_port_that_is_none_is_told(monkeypatch, port):
    monkeypatch.setenv("PORT", port)
    with pytest.raises(ServerError, match="PORT="):
        Address.from_environment()


def test_an_old_python_is_told_in_one_line(tmp_path):
    for name in ("python3", "python3.11", "python3.12", "python3.13"):
        fake = tmp_path / name
        fake.write_text('#!/bin/sh\ncase "$*" in *platform*) echo 3.8.10;; *) exit 1;; esac\n')
        fake.chmod(0o755)
    for name in ("requirements.txt", "requirements-dev.txt"):
        (tmp_path / name).write_text("")
    tried = subprocess.run(
        ["/bin/sh", str(settings.BASE_DIR / "scripts" / "install.sh"), "requirements.txt"],
        cwd=tmp_path,
        env={"PATH": _only_what_it_calls(tmp_path)},
        capture_output=True,
        text=True,
        check=False,
    )
    assert tried.returncode == 1
    assert tried.stderr.count("\n") == 1 and "Python 3.11" in tried.stderr and "3.8.10" in tried.stderr


def _only_what_it_calls(folder) -> str:
    """A PATH without a real Python."""
    for name in ("cat", "cksum"):
        (folder / name).symlink_to(shutil.which(name))
    return str(folder)
