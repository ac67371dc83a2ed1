"""What patients write, and what it must mean. An opt-out that is missed is against the law; a confirmation that is
guessed costs somebody a visit."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from messaging.phrases import Intent, is_plain, understand

PHRASES = {
    Intent.CONFIRM: [
        "C", "c", " c ", "C.", "C!", "c please", "C thanks", "confirm", "Confirmed", "I confirm", "Yes", "YES!",
        "yes",
        "Y", "yep", "ok", "OK 👍", "Okay", "sure", "👍", "👍🏽", "✅",
        "I'll be there", "I’ll be there!", "will be there",
        "see you then", "Sounds good", "SÍ", "Si", "sí, gracias", "confirmo", "Confirmada", "confirmo mi cita", "claro",
        "Ahí estaré", "de acuerdo", "vale", "C2", "c 1", "confirm 2",
    ],
    Intent.RESCHEDULE: [
        "R", "r.", "Reschedule", "can we reschedule", "I need to reschedule please", "another time", "different time?",
        "change my appointment", "Can I change the time", "I can't make it, can we reschedule?", "need a new time",
        "reprogramar", "otra hora por favor", "quiero cambiar mi cita", "¿Hay otra fecha?", "R2", "más tarde",
    ],
    Intent.CANCEL: [
        "X", "x", "X.", "cancel my appointment", "please cancel the visit", "I can't make it", "cant come",
        "can't make it",
        "I won't be there", "unable to attend", "cancelar", "cancelar mi cita", "cancele la cita por favor",
        "no puedo ir", "No podré asistir", "no voy", "x1", "X 2",
    ],
    Intent.STOP: [
        "STOP", "stop", "Stop.", "STOP!!", "stop please", "Please stop", "STOPALL", "stop all", "unsubscribe", "CANCEL",
        "End", "quit", "REVOKE", "opt out", "optout", "Stop texting me", "stop sending me these", "Don't text me",
        "do not contact me anymore", "please stop messaging this number", "remove me from your list", "take me off",
        "no more texts", "leave me alone", "never text me again", "I want to opt out", "PARAR", "alto", "baja",
        "no más",
        "No me manden más mensajes", "no me envíen mensajes", "deje de escribirme", "dejen de mandarme mensajes",
        "no quiero más mensajes", "No quiero recibir mensajes", "ya no me manden mensajes", "quítenme de la lista",
        "quiero darme de baja", "no me escriba", "quit texting me", "Stop calling me",
    ],
    Intent.START: ["START", "start", "Unstop", "resume", "iniciar", "comenzar"],
    Intent.HELP: ["HELP", "help", "Help!", "info", "AYUDA", "ayuda por favor", "información"],
    Intent.WRONG_NUMBER: ["wrong number", "You have the wrong number!", "Número equivocado", "wrong person"],
    Intent.CRISIS: [
        "I want to kill myself", "im suicidal", "thinking about suicide", "I have chest pain", "chest pains since noon",
        "I can't breathe", "he overdosed", "this is an emergency", "call 911", "I want to die", "heart attack?",
        "quiero morir", "me quiero matar", "no puedo respirar", "dolor en el pecho", "es una emergencia", "sobredosis",
        "STOP I want to die", "my chest hurts", "I don't want to be alive", "me duele mucho el pecho", "quiero morirme",
    ],
    Intent.CHOICE: ["1", "2", " 2 ", "2.", "3"],
    Intent.OTHER: [
        "", "hello", "Is my medication ready?", "Can I stop taking the pills?", "don't cancel my visit", "no",
        "what time is it?", "I will bring my daughter, is that ok? she needs to be seen as well for her arm",
        "my emergency contact changed", "¿me puede llamar?", "who is this", "7789", "12", "cx", "thank you", "gracias",
        "my insurance changed", "Did you cancel my appointment?", "I did not confirm",
        "the clinic is at the end of the street",
        "can you resend the link", "no entiendo", "I can stop by at 3", "running 10 min late",
    ],
}  # fmt: skip
TABLE = [(text, intent) for intent, texts in PHRASES.items() for text in texts]


@pytest.mark.parametrize(("text", "intent"), TABLE)
def test_what_is_meant(text, intent):
    assert understand(text).intent == intent


def test_the_table_is_long_enough():
    assert len(TABLE) >= 160


@pytest.mark.parametrize(
    ("text", "choice"), [("C2", 2), ("c 1", 1), ("2", 2), ("X3", 3), ("2c", 2), ("C", None), ("R", None), ("C #2", 2)]
)
def test_which_one(text, choice):
    assert understand(text).choice == choice


@pytest.mark.parametrize(
    ("text", "language"),
    [
        ("SÍ", "es"),
        ("no puedo ir", "es"),
        ("ayuda", "es"),
        ("quiero morir", "es"),
        ("C", ""),
        ("yes", ""),
        ("stop", ""),
    ],
)
def test_which_language(text, language):
    assert understand(text).language == language


@pytest.mark.parametrize("word", ["stop", "Cancel", "END", "yes", "START", "Unstop", "help", "INFO"])
def test_words_that_phone_companies_act_on(word):
    assert understand(word).keyword


@pytest.mark.parametrize("text", ["stop texting me", "C", "ayuda", "parar", "please stop"])
def test_words_that_they_do_not(text):
    assert not understand(text).keyword


@pytest.mark.parametrize(("text", "plain"), [("C", True), ("c2", True), ("confirm, thanks", True), ("ok", False),
                                            ("sure", False), ("yes", False), ("👍", True)])  # fmt: skip
def test_answers_we_ask_for(text, plain):
    assert is_plain(text) is plain


@given(st.text(max_size=300))
def test_nothing_that_can_be_typed_breaks_it(text):
    assert understand(text).intent in Intent
