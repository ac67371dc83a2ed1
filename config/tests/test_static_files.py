"""Scripts under names that carry their hash."""

import re

from django.conf import settings
from django.core.files.base import ContentFile

from config.static_files import HashedStaticFiles

SCRIPTS = sorted(path.name for path in (settings.BASE_DIR / "static/js").glob("*.js"))


def test_a_script_names_the_module_it_needs_by_its_hash(tmp_path):
    storage = HashedStaticFiles(location=tmp_path, base_url="/static/")
    for name in SCRIPTS:
        storage.save(f"js/{name}", ContentFile((settings.BASE_DIR / "static/js" / name).read_bytes()))

    list(storage.post_process({f"js/{name}": (storage, f"js/{name}") for name in SCRIPTS}))

    live = storage.stored_name("js/desk-live.js").removeprefix("js/")
    assert re.fullmatch(r"desk-live\.[0-9a-f]{12}\.js", live)
    for name in ("desk-board.js", "desk-list.js"):
        assert f'from "./{live}"' in (tmp_path / storage.stored_name(f"js/{name}")).read_text()
