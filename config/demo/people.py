"""Fictional people, the same on every machine: names are those of plants and birds, numbers are 555-01xx."""

import random
from dataclasses import dataclass
from datetime import date, timedelta

FIRST_NAMES = """
Aster Basil Bryony Calla Cedar Clover Coral Dahlia Daisy Elm Fern Flora Hazel Heather Holly Iris Ivy Jasmine
Juniper Laurel Lily Linden Magnolia Marigold Myrtle Olive Pansy Petunia Poppy Reed Rosemary Rowan Rue Saffron
Sage Sorrel Tansy Verbena Violet Willow Yarrow Zinnia Margarita Azucena Rosa Jacinto Narciso Celinda Florencio
""".split()
LAST_NAMES = """
Avocet Bittern Bunting Chickadee Crane Curlew Dipper Dove Egret Falcon Finch Flicker Gannet Grebe Grosbeak
Heron Ibis Jay Kestrel Kinglet Kite Lark Linnet Magpie Merlin Nuthatch Oriole Osprey Partridge Pelican Petrel
Phoebe Pipit Plover Quail Rail Robin Sandpiper Siskin Snipe Sparrow Starling Swallow Swift Tanager Teal Tern
Thrasher Thrush Towhee Veery Vireo Warbler Waxwing Wren
""".split()
PRONOUNS = ["", "", "", "she/her", "he/him", "they/them"]
INSURERS = ["Meadow Health Plan", "Blue Heron Mutual", "Evergreen Care", "Harbor Choice PPO"]


@dataclass(frozen=True)
class Person:
    """What the demo knows of one patient before there is a record."""

    first_name: str
    last_name: str
    name_to_use: str
    pronouns: str
    birth_date: date
    sex: str
    language: str
    interpreter_language: str
    state: str
    mobile: str
    email: str


def mobile_number(index: int) -> str:
    """The index-th fictional number: area codes in turn, then exchange 555 and 0100–0199 (NANP's range for fiction)."""
    area_codes = ["212", "312", "305", "404", "617", "713"]
    return f"+1{area_codes[index // 100 % len(area_codes)]}5550{100 + index % 100:03d}"


def people(count: int, today: date) -> list[Person]:
    """`count` people with distinct names; the same ones on every day, only their ages move."""
    dice = random.Random(20)  # noqa: S311 - the demo has to be the same everywhere
    names = [(first, last) for last in LAST_NAMES for first in FIRST_NAMES]
    dice.shuffle(names)
    return [_person(index, first, last, today, dice) for index, (first, last) in enumerate(names[:count])]


def _person(index: int, first: str, last: str, today: date, dice: random.Random) -> Person:
    spanish = dice.random() < 0.22
    return Person(
        first_name=first,
        last_name=last,
        name_to_use=first[:3] if dice.random() < 0.08 else "",
        pronouns=dice.choice(PRONOUNS),
        birth_date=date(today.year, 1, 1) - timedelta(days=dice.randint(19 * 365, 86 * 365)),
        sex=dice.choice(["female", "male", "female", "male", "unknown"]),
        language="es" if spanish else "en",
        interpreter_language="Spanish" if spanish and dice.random() < 0.4 else "",
        state=dice.choices(["NY", "NJ", "CT", "IL", "WI"], [50, 20, 10, 15, 5])[0],
        mobile=mobile_number(index),
        email=f"{first}.{last}.{index}@example.com".lower(),
    )
