"""Words that mean "not by video, and not tomorrow": what somebody writes as the reason for a visit, in two languages.

Better to stop once too often than once too seldom: "no chest pain" stops too. The lists follow what US emergency
services ask callers to watch for (chest pain, breathing, stroke signs, bleeding, overdose, self-harm).
"""

import re
import unicodedata
from dataclasses import dataclass

_EMERGENCY = (
    # English
    r"chest (is |feels )?(pain\w*|pressure|tight\w*|hurts?|hurting)",
    r"(pain|pressure|tight\w*) in (my|the|his|her) chest", r"heart attack",
    r"(cant|cannot|can not|unable to|struggling to|hard to|hard time|trouble|difficulty|problems?) breath\w*",
    r"short(ness)? of breath", r"not breathing", r"stopped breathing", r"catch (my|his|her) breath",
    r"chok(e|es|ing)", r"turning blue", r"blue lips",
    r"(having|had|have|having a|possible|had a|signs? of a?) ?stroke", r"slurred speech", r"face (is )?droop\w*",
    r"(sudden|one side|one sided) (numb\w*|weak\w*)", r"numb\w* on one side", r"weak\w* on one side",
    r"pass(ed|ing) out", r"faint(ed|ing)", r"unconscious", r"unresponsive", r"seizures?", r"convulsions?",
    r"(severe|heavy|uncontrolled) bleeding", r"bleeding (a lot|heavily|badly)", r"(wont|will not|doesnt) stop bleeding",
    r"bleeding (that )?(wont|will not|doesnt) stop", r"(cough|vomit|throw)\w* (up )?blood",
    r"over ?dos(e|ed|es|ing)",
    r"(took|taken|swallowed) (too many|all (of )?(my|the|his|her)) (pills|tablets|meds|medicine\w*)",
    r"poison(ed|ing)?", r"anaphyla\w+", r"throat (is )?(closing|swelling|swollen)",
    r"worst headache", r"severe (burns?|allergic reaction|chest|head injury)",
    # Spanish, without accents
    r"dolor( \w+)? (de|en el) pecho", r"(opresion|presion) en el pecho", r"duele( \w+)? el pecho", r"infarto",
    r"ataque al corazon",
    r"no (puedo|puede|podia) respirar", r"(dificultad|problemas?) (para|al|de) respirar", r"cuesta respirar",
    r"(me|le) falta (el|de)? ?aire", r"falta de aire", r"ahog\w+", r"asfixi\w+", r"labios (azules|morados)",
    r"derrame( cerebral)?", r"cara (caida|torcida)", r"habla(r)? (arrastrad\w+|enredad\w+)",
    r"(debilidad|adormec\w+|entumec\w+) (de|en) un lado", r"desmay\w+", r"inconsciente", r"no responde",
    r"convulsion\w*",
    r"sangr\w+ (mucho|muchisimo)", r"(hemorragia|sangrado (fuerte|abundante))", r"no (para|deja) de sangrar",
    r"(vomit|tos)\w* (con )?sangre", r"sobredosis",
    r"tom(e|o) (muchas|demasiadas|todas (las|mis|sus)) (pastillas|pildoras|medicinas)",
    r"envenen\w+", r"intoxic\w+", r"anafila\w+",
    r"garganta (se (me|le) )?(cierra|cerrad\w+|hinchad\w+)", r"peor dolor de cabeza", r"quemadura grave",
)  # fmt: skip
_CRISIS = (
    r"suicid\w*", r"kill(ing)? (myself|himself|herself|themselves|me)", r"want(s)? to die", r"end (my|his|her) life",
    r"(hurt|harm|cut)(ing|ting)? (myself|himself|herself|themselves)", r"self harm\w*",
    r"dont want to (live|be alive|be here anymore)",
    r"matarme", r"matarse", r"quitar(me|se) la vida", r"(me )?quiero morir(me)?", r"quiere morir(se)?",
    r"hacer(me|se) dano", r"lastimarme", r"no quiero vivir", r"cortarme",
)  # fmt: skip


@dataclass(frozen=True, slots=True)
class RedFlag:
    """What was found: the person's own words, and whether they speak of a crisis (then 988 is named too)."""

    words: str
    crisis: bool


def find(text: str) -> RedFlag | None:
    """The first red flag in the text, whatever its case, accents and apostrophes."""
    plain = _plain(text)
    for pattern, crisis in ((_CRISIS_PATTERN, True), (_EMERGENCY_PATTERN, False)):
        if found := pattern.search(plain):
            return RedFlag(found[0], crisis)
    return None


def _plain(text: str) -> str:
    """Lower case, no accents, no apostrophes, single spaces: "Can’t  breathe!" → "cant breathe "."""
    letters = unicodedata.normalize("NFKD", text.casefold())
    letters = "".join(letter for letter in letters if not unicodedata.combining(letter))
    return re.sub(r"[^a-z0-9]+", " ", re.sub(r"['’`´]", "", letters))


def _compiled(patterns: tuple[str, ...]) -> re.Pattern:
    return re.compile(rf"\b(?:{'|'.join(patterns)})\b")


_EMERGENCY_PATTERN = _compiled(_EMERGENCY)
_CRISIS_PATTERN = _compiled(_CRISIS)
