"""Pages a patient may open first, in Spanish: nothing of a page that has Spanish words is left in English."""

from html.parser import HTMLParser

import pytest

from scheduling.tests.factories import open_clinic
from scripts.messages import read

PATHS = ["/", "/book/{slug}/", "/accounts/login/", "/accounts/password/reset/", "/nowhere/", "/m/unknown/"]
SHOWN = {"aria-label", "placeholder", "title", "alt"}


class Words(HTMLParser):
    """The texts of a page, those of its attributes too, and its language."""

    def __init__(self, page: str):
        super().__init__()
        self.texts: set[str] = set()
        self.language = ""
        self.feed(page)

    def handle_starttag(self, tag, attrs):
        values = dict(attrs)
        if tag == "html":
            self.language = values.get("lang", "")
        self.texts |= {" ".join(str(values[name]).split()) for name in SHOWN & values.keys()}

    def handle_data(self, data):
        self.texts.add(" ".join(data.split()))


@pytest.fixture(scope="module")
def english() -> set[str]:
    """What is said in English and otherwise in Spanish. The switch to the other language stands in that language."""
    pairs = [(message.id, message.string) for message in read("es") if isinstance(message.id, str)]
    return {said for said, words in pairs if said and said != words} - {words for _, words in pairs} - {"English"}


@pytest.mark.django_db
@pytest.mark.parametrize("path", PATHS)
def test_nothing_is_left_in_english(client, english, path):
    path = path.format(slug=open_clinic().clinic.slug)
    page = Words(client.get(path, headers={"Accept-Language": "es-US,es;q=0.9"}).content.decode())
    assert page.language == "es"
    assert page.texts & english == set()


@pytest.mark.django_db
@pytest.mark.parametrize("path", PATHS)
def test_the_english_page_would_be_found(client, english, path):
    """The control: the same page in English is full of them."""
    path = path.format(slug=open_clinic().clinic.slug)
    page = Words(client.get(path, headers={"Accept-Language": "en-US"}).content.decode())
    assert page.language == "en"
    assert len(page.texts & english) >= 3
