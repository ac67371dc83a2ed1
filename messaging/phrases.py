"""What a text means, in English and Spanish. Pure functions of the words.

Three ways of deciding, in this order: words of danger anywhere; words that end or start texts (47 CFR 64.1200(a)(10):
any reasonable way of saying it counts); and for visits only short answers that say one thing. Whatever says more, or
says it with a "not", is for a person to read.
"""

import re
import unicodedata
from dataclasses import dataclass
from enum import StrEnum


class Intent(StrEnum):
    CONFIRM = "confirm"
    RESCHEDULE = "reschedule"
    CANCEL = "cancel"
    CHOICE = "choice"  # a bare number
    STOP = "stop"
    START = "start"
    HELP = "help"
    WRONG_NUMBER = "wrong_number"
    CRISIS = "crisis"
    OTHER = "other"


@dataclass(frozen=True, slots=True)
class Understood:
    """`choice` is the number in "C2"; `language` is empty where the words do not tell; `keyword` says that phone
    companies act on this very text themselves."""

    intent: Intent
    choice: int | None = None
    language: str = ""
    keyword: bool = False


MOST_LETTERS = 60  # a longer text about a visit says more than one thing
CARRIER_STOP = frozenset("stop stopall unsubscribe cancel end quit revoke optout".split())
CARRIER_START = frozenset("start yes unstop".split())
CARRIER_HELP = frozenset("help info".split())

_EXACT: dict[Intent, str] = {
    Intent.STOP: "stop|stopall|stop all|stop it|unsubscribe|cancel|end|quit|revoke|optout|opt out|no more|"
    "parar|pare|paren|alto|baja|darme de baja|detener|deten|no mas|basta",
    Intent.START: "start|unstop|resume|subscribe|iniciar|comenzar|empezar|reanudar",
    Intent.HELP: "help|info|help me|ayuda|informacion|ayudeme",
    Intent.CONFIRM: "c|confirm|confirmed|i confirm|confirming|yes|y|yep|yeah|yup|yes c|c yes|ok|okay|k|sure|will do|"
    "ill be there|i will be there|will be there|yes ill be there|yes i will be there|see you then|see you there|"
    "sounds good|si|s|confirmo|confirmar|confirmado|confirmada|si confirmo|claro|claro que si|vale|de acuerdo|"
    "ahi estare|alli estare|si ahi estare|confirm my visit|confirm my appointment|confirmo mi cita|confirmar cita",
    Intent.RESCHEDULE: "r|reschedule|resched|rescheduling|another time|different time|new time|change|change time|"
    "reprogramar|reagendar|cambiar|otra hora|otro dia|otra fecha|cambiar hora|cambiar cita|cambiar la hora",
    Intent.CANCEL: "x|cancel visit|cancel appointment|cancel appt|cancel it|not coming|cant come|cant go|"
    "cancelar|cancela|cancelar cita|cancelar la cita|cancelar mi cita|cancele|no voy|no puedo|no ire",
}
_EXACT_INTENTS = {phrase: intent for intent, phrases in _EXACT.items() for phrase in phrases.split("|")}

_CRISIS = re.compile(
    r"\b(suicid\w*|kill(ing)? (myself|me|him|her|them)|dont want to (live|be alive)|"
    r"end my life|take my life|want to die|wanna die|better off dead|"
    r"hurt(ing)? myself|self harm|overdos\w*|"
    r"chest (pains?|hurts?|is tight)|pain in my chest|heart attack|having a stroke|"
    r"cant breathe|can not breathe|"
    r"cannot breathe|trouble breathing|bleeding (a lot|badly|out)|unconscious|passed out|911|"
    r"emergency(?! (contact|number|phone))|"
    r"matarme|me quiero matar|quitarme la vida|acabar con mi vida|quiero morir(me)?|no quiero vivir|hacerme dano|"
    r"cortarme|sobredosis|dolor( \w+)? (de|en el) pecho|duele( \w+)? el pecho|"
    r"infarto|ataque al corazon|derrame|no puedo respirar|"
    r"me cuesta respirar|desmayad\w+|inconsciente|sangrando|emergencia(?! (contacto|numero)))\b"
)
_STOP = re.compile(
    r"\b(stop (text|send|messag|contact|call|writ|bother|spam)\w*|"
    r"(do not|dont|never) (text|message|contact|write|send)|"
    r"(take|get) me off|remove (me|my number|this number)|unsubscribe|opt(ing)? out|no more (text|message|reminder)s?|"
    r"leave me alone|quit texting|quit messaging|end (these|the) (text|message)s?|"
    r"no me (mand|envi|escrib|mensaj|molest|text)\w*|dejen? de (mandar|enviar|escribir|molestar|textear|mensajear)\w*|"
    r"no (quiero|deseo) (recibir )?(mas )?(mensaje|texto)s?|ya no (quiero|me)( \w+)? ?(mensaje|texto|mand|envi)\w*|"
    r"no mas (mensaje|texto)s?|quiten?me|borren?me|elimin\w+ mi numero|dar(me)? de baja|sin mensajes)\b"
)
_WRONG_NUMBER = re.compile(
    r"\b(wrong (number|person)|not my number|you have the wrong|no longer (his|her|their) number|numero equivocado|"
    r"se equivoc\w+|persona equivocada|no soy (esa|la) persona)\b"
)
_NEGATED = re.compile(r"\b(dont|do not|didnt|did not|not|never|no) (\w+ )?(cancel|reschedul|change|move|confirm)\w*\b")
_QUESTION = re.compile(r"^(did|do|does|have|has|had|was|were|is|are|why|when|who|what|how|por que|quien|cuando|como) ")
_RESCHEDULE = re.compile(
    r"\b(reschedul\w*|(change|move|switch) (my|the|our) (visit|appointment|appt|time|date)|"
    r"(another|different|new|later|earlier|other) (time|day|date|hour)|"
    r"reprogram\w*|reagend\w*|otr[ao] (hora|dia|fecha)|(cambiar|mover) (mi|la|de) (cita|visita|hora|fecha)|mas tarde|"
    r"mas temprano)\b"
)
_CANCEL = re.compile(
    r"\b(cancel (my|the|this|that|our) (visit|appointment|appt|booking|time)|"
    r"(cant|can not|cannot|wont|will not|unable to|not able to|not going to) (make (it|that)|come|attend|be there|go)|"
    r"no (puedo|podre|voy a poder) (ir|asistir|llegar|venir|estar)|cancel\w* (mi|la|esta) (cita|visita))\b"
)
_CONFIRM = re.compile(
    r"\b(ill be there|i will be there|i can make it|see you (then|there|tomorrow|on)|ahi estare|alli estare|nos vemos|"
    r"si (voy|puedo|asistire|ire)|confirmo)\b"
)
_LETTER_AND_NUMBER = re.compile(r"(c|confirm|r|x|s|si)\s*(?:#|no)?\s*([1-9])|([1-9])\s*(c|r|x)")
_LETTERS = {"c": Intent.CONFIRM, "confirm": Intent.CONFIRM, "s": Intent.CONFIRM, "si": Intent.CONFIRM,
            "r": Intent.RESCHEDULE, "x": Intent.CANCEL}  # fmt: skip
_THUMBS = ("👍", "👌", "✅", "✔")
_POLITE = re.compile(
    r"^(please|pls|hi|hello|hola|por favor|thank you|thanks|gracias|and)\b"
    r"| (please|pls|thanks|thank you|thx|ty|por favor|porfa|gracias|muchas gracias)$"
)
_SPANISH = re.compile(
    r"\b(si|s|confirmo|confirmar|confirmad[oa]|claro|vale|ayuda|ayudeme|informacion|parar|pare|paren|alto|baja|detener|"
    r"deten|no mas|basta|iniciar|comenzar|empezar|cancelar|cancela|cancele|cita|hora|fecha|puedo|mensajes?|gracias|"
    r"hola|por favor|quiero|reprogramar|reagendar|cambiar|equivocado|numero|emergencia|dolor|no voy|no ire|estare|"
    r"soy|respirar|pecho|morir|vivir|matarme|envien|manden|escriban|deje|dejen|de acuerdo|otr[ao])\b"
)


def normalised(text: str) -> str:
    """Lower case, no accents, no punctuation, single spaces; a thumbs-up alone reads "c"."""
    folded = unicodedata.normalize("NFKD", unicodedata.normalize("NFKC", text)).casefold()
    bare = "".join(letter for letter in folded if not unicodedata.combining(letter) and letter not in "'’`´")
    words = " ".join(re.sub(r"[^\w#]+", " ", bare).replace("_", " ").split())
    if not words and any(thumb in text for thumb in _THUMBS):
        return "c"
    return words


def understand(text: str) -> Understood:
    """What a text means. Never raises; what it cannot tell is OTHER."""
    words = normalised(text)
    language = "es" if _SPANISH.search(words) else ""
    if _CRISIS.search(words):
        return Understood(Intent.CRISIS, language=language)
    core = _without_politeness(words)
    if intent := _about_texts(words, core):
        return Understood(intent, language=language, keyword=words in _CARRIER_WORDS)
    if match := _LETTER_AND_NUMBER.fullmatch(core):
        letter, number = match.group(1) or match.group(4), match.group(2) or match.group(3)
        return Understood(_LETTERS[letter], int(number), language)
    if core.isdecimal() and len(core) == 1:
        return Understood(Intent.CHOICE, int(core), language)
    return Understood(_about_a_visit(core), language=language, keyword=words in _CARRIER_WORDS)


_CARRIER_WORDS = CARRIER_STOP | CARRIER_START | CARRIER_HELP
_ABOUT_TEXTS = frozenset({Intent.STOP, Intent.START, Intent.HELP})


def _without_politeness(words: str) -> str:
    while (shorter := _POLITE.sub("", words).strip()) != words:
        words = shorter
    return words


def _about_texts(words: str, core: str) -> Intent | None:
    if (exact := _EXACT_INTENTS.get(core)) in _ABOUT_TEXTS:
        return exact
    if _WRONG_NUMBER.search(words):
        return Intent.WRONG_NUMBER
    return Intent.STOP if _STOP.search(words) else None


def _about_a_visit(core: str) -> Intent:
    if exact := _EXACT_INTENTS.get(core):
        return exact
    if len(core) > MOST_LETTERS or _NEGATED.search(core):
        return Intent.OTHER
    if _RESCHEDULE.search(core):
        return Intent.RESCHEDULE
    if _QUESTION.search(core):
        return Intent.OTHER
    if _CANCEL.search(core):
        return Intent.CANCEL
    return Intent.CONFIRM if _CONFIRM.search(core) else Intent.OTHER


_PLAIN = frozenset(
    "c confirm confirmed confirmo confirmar confirmado confirmada r reschedule reprogramar x cancelar".split()
)


def is_plain(text: str) -> bool:
    """Whether a text is one of the answers we ask for, and not an "ok" that may be meant for somebody else."""
    core = _without_politeness(normalised(text))
    return core in _PLAIN or bool(_LETTER_AND_NUMBER.fullmatch(core))
