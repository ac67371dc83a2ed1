import pytest

from portal import red_flags


@pytest.mark.parametrize(
    "text",
    [
        "chest pain", "Chest  PAIN since noon", "I can't breathe", "I can’t breathe", "cannot breath well",
        "trouble breathing", "my son had a seizure", "I think I am having a stroke",
        "Slurred speech since this morning",
        "she passed out", "took too many pills, overdose", "the bleeding won't stop", "worst headache of my life",
        "my throat is closing", "vomiting blood", "no chest pain today", "My chest hurts", "tightness in my chest",
        "took all my pills", "can't catch my breath", "me duele mucho el pecho", "tomé muchas pastillas",
        "dolor de pecho", "Dolor en el PECHO", "me duele el pecho", "no puedo respirar", "me falta el aire",
        "se desmayó", "convulsión", "sobredosis", "no para de sangrar", "vómito con sangre", "la garganta se me cierra",
    ],
)  # fmt: skip
def test_emergencies_stop(text):
    flag = red_flags.find(text)
    assert flag and not flag.crisis


@pytest.mark.parametrize(
    "text",
    [
        "I don't want to be alive", "I want to die", "thinking of suicide", "kill myself", "don’t want to live",
        "quiero morirme", "matarme",
    ],
)  # fmt: skip
def test_crises_are_told_apart(text):
    assert red_flags.find(text).crisis


@pytest.mark.parametrize(
    "text",
    [
        "A rash on my arm", "refill of my blood pressure pills", "knee pain", "stroke of luck, a question", "headache",
        "my breath smells", "una erupción en el brazo", "receta para la presión", "dolor de rodilla", "tos", "",
    ],
)  # fmt: skip
def test_everyday_reasons_pass(text):
    assert red_flags.find(text) is None


def test_the_persons_own_words_come_back():
    assert red_flags.find("Since noon: Chest pain!").words == "chest pain"
