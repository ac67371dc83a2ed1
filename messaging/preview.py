"""How a template would read on a phone."""

from messaging import defaults
from messaging.rendering import fill, measure, plainer
from messaging.states import Channel


def render(template) -> dict:
    """`{"title", "text", "segments", "encoding"}` of a template with sample values.

    Works on unsaved and faulty ones: a variable that does not exist stays as it was written.
    """
    context = _Lenient(defaults.sample_context(template.language))
    text = fill(template.body, context).strip()
    if template.channel == Channel.EMAIL:
        return {"title": fill(template.subject, context), "text": text, "segments": 0, "encoding": ""}
    text = plainer(text)
    segments, encoding = measure(text)
    return {"title": "", "text": text, "segments": segments, "encoding": encoding}


class _Lenient(dict):
    def __missing__(self, name: str) -> str:
        return f"{{{{ {name} }}}}"
