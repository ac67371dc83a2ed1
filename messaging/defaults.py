"""The words the portal speaks until an organization writes its own, in English and Spanish.

They name the clinic, a time and a link: no person, no kind of visit, no specialty (the text may lie open on a locked
screen). Spanish texts keep to letters of GSM-7 (é ñ ¿ ¡ are in it, á í ó ú are not): another one doubles the price.
"""

from dataclasses import dataclass

from django.conf import settings

from messaging.states import Channel

BASE_VARIABLES = frozenset({"clinic", "when", "link", "phone"})
_EXTRA_VARIABLES = {"phone_code": {"code"}, "reply_choose": {"options"}}
TOKEN_LENGTH = 32  # patients.links: 24 random bytes in base64url


@dataclass(frozen=True, slots=True)
class Words:
    """A default template. `title` is an e-mail's subject."""

    body: str
    title: str = ""


def variables_of(key: str) -> frozenset[str]:
    """The variables a message's template may name."""
    return BASE_VARIABLES | _EXTRA_VARIABLES.get(key, frozenset())


def words(key: str, channel: str, language: str) -> Words:
    """The default words; English where the language has none. KeyError when there is no such message."""
    return WORDS.get((key, channel, language)) or WORDS[key, channel, "en"]


def sample_context(language: str) -> dict[str, str]:
    """Values for a preview."""
    spanish = language == "es"
    return {
        "clinic": "Northside Clinic",
        "when": "martes 1 de diciembre, 2:30 PM EST" if spanish else "Tuesday, December 1, 2:30 PM EST",
        "link": f"{settings.PUBLIC_BASE_URL}/m/k7Qw2…/",
        "phone": "(202) 555-0142",
        "code": "483 920",
        "options": "C1) martes 1, 2:30 PM C2) viernes 4, 9:00 AM"
        if spanish
        else "C1) Tue 1, 2:30 PM C2) Fri 4, 9:00 AM",
    }


def longest_context(language: str) -> dict[str, str]:
    """The longest values that occur: what fits with these always fits."""
    spanish = language == "es"
    return sample_context(language) | {
        "clinic": "C" * 30,
        "when": "miercoles 30 de septiembre, 12:30 PM AKDT" if spanish else "Wednesday, September 30, 12:30 PM AKDT",
        "link": f"{settings.PUBLIC_BASE_URL}/m/{'k' * TOKEN_LENGTH}/",
        "options": " ".join(f"C{number}) Wed, Sep 30, 12:30 PM" for number in range(1, 5)),
    }


def _sms(key: str, en: str, es: str) -> dict:
    """A text in both languages; each begins with the clinic's name."""
    starts = "{{ clinic }}: "
    return {(key, Channel.SMS, "en"): Words(starts + en), (key, Channel.SMS, "es"): Words(starts + es)}


def _email(key: str, en: tuple[str, str], es: tuple[str, str]) -> dict:
    signature_en = "\n\n{{ clinic }}\n{{ phone }}\n\nIn an emergency, call 911."
    signature_es = "\n\n{{ clinic }}\n{{ phone }}\n\nEn una emergencia, llame al 911."
    return {
        (key, Channel.EMAIL, "en"): Words(en[1] + signature_en, en[0]),
        (key, Channel.EMAIL, "es"): Words(es[1] + signature_es, es[0]),
    }


WORDS: dict[tuple[str, str, str], Words] = {
    **_sms(
        "visit_booked",
        "you are booked for {{ when }}. Reply C to confirm, R for another time, X if you can't make it. "
        "Details: {{ link }} Reply STOP to end texts, HELP for help.",
        "su cita es el {{ when }}. Responda C para confirmar, R para otra hora, X si no puede. "
        "Detalles: {{ link }} STOP para no recibir mensajes, AYUDA para ayuda.",
    ),
    **_email(
        "visit_booked",
        (
            "You are booked with {{ clinic }}",
            "You are booked for {{ when }}.\n\nSee what to prepare, confirm, move or cancel:\n{{ link }}",
        ),
        (
            "Su cita con {{ clinic }}",
            "Su cita es el {{ when }}.\n\nVea cómo prepararse, confirme, cambie o cancele su cita:\n{{ link }}",
        ),
    ),
    **_sms(
        "visit_moved",
        "your visit is now {{ when }}. The earlier time no longer counts. Reply C to confirm, R for another "
        "time, X if you can't make it. Details: {{ link }}",
        "su cita ahora es el {{ when }}. La hora anterior ya no vale. Responda C para confirmar, R para otra "
        "hora, X si no puede. Detalles: {{ link }}",
    ),
    **_email(
        "visit_moved",
        (
            "New time for your visit with {{ clinic }}",
            "Your visit is now {{ when }}. The earlier time no longer counts.\n\nConfirm, move or cancel:\n{{ link }}",
        ),
        (
            "Nueva hora de su cita con {{ clinic }}",
            "Su cita ahora es el {{ when }}. La hora anterior ya no vale.\n\nConfirme, cambie o cancele:\n{{ link }}",
        ),
    ),
    **_sms(
        "visit_cancelled",
        "your visit on {{ when }} is canceled. To book again: {{ link }} or call {{ phone }}.",
        "su cita del {{ when }} fue cancelada. Para pedir otra: {{ link }} o llame al {{ phone }}.",
    ),
    **_email(
        "visit_cancelled",
        (
            "Your visit with {{ clinic }} is canceled",
            "Your visit on {{ when }} is canceled.\n\nTo book again:\n{{ link }}",
        ),
        (
            "Su cita con {{ clinic }} fue cancelada",
            "Su cita del {{ when }} fue cancelada.\n\nPara pedir otra:\n{{ link }}",
        ),
    ),
    **_sms(
        "ask_to_confirm",
        "please confirm your visit {{ when }}. Reply C to confirm, R for another time, X if you can't make it. "
        "Details: {{ link }}",
        "por favor confirme su cita del {{ when }}. Responda C para confirmar, R para otra hora, X si no puede. "
        "Detalles: {{ link }}",
    ),
    **_email(
        "ask_to_confirm",
        (
            "Please confirm your visit with {{ clinic }}",
            "Please confirm your visit {{ when }}.\n\nConfirm, move or cancel:\n{{ link }}",
        ),
        (
            "Por favor confirme su cita con {{ clinic }}",
            "Por favor confirme su cita del {{ when }}.\n\nConfirme, cambie o cancele:\n{{ link }}",
        ),
    ),
    **_sms(
        "reminder_72h",
        "you have a visit {{ when }}. Reply C to confirm, R for another time, X if you can't make it. "
        "Details: {{ link }}",
        "tiene una cita el {{ when }}. Responda C para confirmar, R para otra hora, X si no puede. "
        "Detalles: {{ link }}",
    ),
    **_email(
        "reminder_72h",
        ("Your visit with {{ clinic }}", "You have a visit {{ when }}.\n\nConfirm, move or cancel:\n{{ link }}"),
        ("Su cita con {{ clinic }}", "Tiene una cita el {{ when }}.\n\nConfirme, cambie o cancele:\n{{ link }}"),
    ),
    **_sms(
        "reminder_24h",
        "reminder of your visit {{ when }}. Reply C to confirm, R for another time, X if you can't make it. "
        "Get ready: {{ link }}",
        "le recordamos su cita el {{ when }}. Responda C para confirmar, R para otra hora, X si no puede. "
        "Para prepararse: {{ link }}",
    ),
    **_email(
        "reminder_24h",
        (
            "Reminder: your visit with {{ clinic }}",
            "A reminder of your visit {{ when }}.\n\nGet ready, confirm, move or cancel:\n{{ link }}",
        ),
        (
            "Recordatorio: su cita con {{ clinic }}",
            "Le recordamos su cita el {{ when }}.\n\nPrepárese, confirme, cambie o cancele:\n{{ link }}",
        ),
    ),
    **_sms(
        "reminder_2h",
        "your visit starts soon, {{ when }}. Open it here: {{ link }} Trouble? Call {{ phone }}.",
        "su cita empieza pronto, {{ when }}. Su enlace: {{ link }} Si necesita ayuda, llame al {{ phone }}.",
    ),
    **_email(
        "reminder_2h",
        (
            "Your visit with {{ clinic }} starts soon",
            "Your visit starts soon, {{ when }}.\n\nOpen it here:\n{{ link }}",
        ),
        ("Su cita con {{ clinic }} empieza pronto", "Su cita empieza pronto, {{ when }}.\n\nEntre aquí:\n{{ link }}"),
    ),
    **_sms(
        "visit_ready",
        "your provider is ready for you. Come back to your visit: {{ link }}",
        "ya pueden atenderle. Vuelva a su cita: {{ link }}",
    ),
    **_sms(
        "follow_up",
        "thank you for your visit. What comes next is here: {{ link }} Questions? Reply here or call {{ phone }}.",
        "gracias por su visita. Vea lo que sigue: {{ link }} Si tiene preguntas, responda o llame al {{ phone }}.",
    ),
    **_email(
        "follow_up",
        (
            "After your visit with {{ clinic }}",
            "Thank you for your visit. What comes next is here:\n{{ link }}\n\nQuestions? Call us.",
        ),
        (
            "Después de su visita con {{ clinic }}",
            "Gracias por su visita. Vea lo que sigue:\n{{ link }}\n\nSi tiene preguntas, llámenos.",
        ),
    ),
    **_sms(
        "phone_code",
        "your code is {{ code }}. It works for 10 minutes. We will never ask you for it.",
        "su codigo es {{ code }}. Vale 10 minutos. Nunca se lo pediremos.",
    ),
    **_email(
        "phone_code",
        ("Your code", "Your code is {{ code }}. It works for 10 minutes. We will never ask you for it."),
        ("Su código", "Su código es {{ code }}. Vale 10 minutos. Nunca se lo pediremos."),
    ),
    **_sms(
        "reply_confirmed",
        "thank you, your visit {{ when }} is confirmed. Details: {{ link }}",
        "gracias, su cita del {{ when }} queda confirmada. Detalles: {{ link }}",
    ),
    **_sms(
        "reply_reschedule",
        "choose another time for your visit {{ when }} here: {{ link }} or call {{ phone }}.",
        "elija otra hora para su cita del {{ when }}: {{ link }} o llame al {{ phone }}.",
    ),
    **_sms(
        "reply_cancel_sure",
        "shall we give up your visit {{ when }}? Reply X again and it is given up. Reply C to keep it.",
        "¿quiere cancelar su cita del {{ when }}? Responda X otra vez para cancelarla. Responda C para conservarla.",
    ),
    **_sms(
        "reply_choose",
        "you have several visits. Reply with the letter and number: {{ options }}",
        "tiene varias citas. Responda con la letra y la cifra: {{ options }}",
    ),
    **_sms(
        "visit_waiting",
        "it is time for your visit, and we are waiting for you. Join here: {{ link }} Trouble? Call {{ phone }}.",
        "es la hora de su cita y le esperamos. Entre por este enlace: {{ link }} Ayuda: {{ phone }}.",
    ),
    **_sms(
        "visit_link",
        "here is a new link to your visit {{ when }}: {{ link }} Trouble? Call {{ phone }}.",
        "este es un enlace nuevo para su cita del {{ when }}: {{ link }} Ayuda: {{ phone }}.",
    ),
    **_sms(
        "visit_invite",
        "you are invited to join a video visit with us. Open this link on a phone or computer: {{ link }}",
        "queremos que participe en una videollamada. Abra este enlace en un celular o computadora: {{ link }}",
    ),
    **_sms(
        "reply_no_visit",
        "we found no upcoming visit for this number. Somebody will read your text. Or call {{ phone }}.",
        "no hay citas futuras para este celular. Alguien va a leer su mensaje. O llame al {{ phone }}.",
    ),
    **_sms(
        "reply_help",
        "texts about your visits. C confirm, R another time, X can't make it. Call {{ phone }}. Reply STOP to "
        "end texts. Message and data rates may apply.",
        "mensajes sobre sus citas. C confirmar, R otra hora, X no puede. Llame al {{ phone }}. STOP para no "
        "recibir mensajes. Pueden aplicarse cargos.",
    ),
    **_sms(
        "reply_stopped",
        "you will get no more texts from us. Reply START to get them again, or call {{ phone }}.",
        "ya no va a recibir mensajes. Responda START para recibirlos otra vez, o llame al {{ phone }}.",
    ),
    **_sms(
        "reply_started",
        "you will get texts about your visits again. Reply STOP to end them, HELP for help.",
        "va a recibir mensajes sobre sus citas otra vez. STOP para dejar de recibirlos, AYUDA para ayuda.",
    ),
    **_sms(
        "reply_crisis",
        "nobody watches this number all the time. If you are in danger, call 911 now. To talk to somebody at "
        "any hour, call or text 988. We were told about your text. {{ phone }}",
        "nadie vigila este chat todo el tiempo. Si hay peligro, llame al 911 ahora. Para hablar con alguien "
        "a cualquier hora, llame al 988. Ya avisamos al equipo. {{ phone }}",
    ),
    **_sms(
        "canned_call_you",
        "thank you for your text. We will call you today. If another time is better, tell us when.",
        "gracias por su mensaje. Hoy le llamamos. Si prefiere otra hora, escriba cuando.",
    ),
    **_sms(
        "canned_call_us",
        "this is easier to talk about. Please call us at {{ phone }}.",
        "esto es mejor hablarlo. Por favor llame al {{ phone }}.",
    ),
    **_sms(
        "canned_your_visit",
        "your visit is {{ when }}. See what to prepare, or choose another time: {{ link }}",
        "su cita es el {{ when }}. Vea como prepararse o elija otra hora: {{ link }}",
    ),
    **_sms(
        "canned_forms",
        "please fill in your details before your visit {{ when }}: {{ link }}",
        "por favor complete sus datos antes de su cita del {{ when }}: {{ link }}",
    ),
    **_sms(
        "canned_on_it",
        "we are looking into it and will write to you here.",
        "lo estamos revisando y le escribimos por este medio.",
    ),
    **_sms(
        "reply_unclear",
        "thank you. Somebody will read this and answer you during opening hours. Urgent? Call {{ phone }}. "
        "Emergency: 911.",
        "gracias. Alguien va a leerlo y le responde en horas de oficina. Si es urgente, llame al {{ phone }}. "
        "Emergencia: 911.",
    ),
}
KEYS = tuple(dict.fromkeys(key for key, _channel, _language in WORDS))
