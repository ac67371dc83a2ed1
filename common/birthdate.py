"""A birth date typed into three fields, Month / Day / Year: quicker and surer than any date picker."""

from datetime import date

from django import forms
from django.core.exceptions import ValidationError
from django.utils.translation import gettext_lazy as _

EARLIEST_YEAR = 1900


class BirthDateWidget(forms.MultiWidget):
    """Three short text fields with labels of their own, in US order."""

    template_name = "components/widgets/birth_date.html"
    use_fieldset = True
    parts = (
        ("month", _("Month"), "bday-month", 2, "w-2ch"),
        ("day", _("Day"), "bday-day", 2, "w-2ch"),
        ("year", _("Year"), "bday-year", 4, "w-4ch"),
    )

    def __init__(self, attrs=None):
        super().__init__({name: forms.TextInput for name, *_rest in self.parts}, attrs)

    def decompress(self, value: date | None) -> list[int | None]:
        return [value.month, value.day, value.year] if value else [None, None, None]

    def get_context(self, name, value, attrs):
        context = super().get_context(name, value, attrs)
        for subwidget, (_name, label, autocomplete, length, width) in zip(
            context["widget"]["subwidgets"], self.parts, strict=True
        ):
            subwidget |= {"label": label, "autocomplete": autocomplete, "length": length, "width": width}
            subwidget["invalid"] = "aria-invalid" in subwidget["attrs"]
        return context


class BirthDateField(forms.MultiValueField):
    """A real date, not in the future and not before 1900. Give `today` (the clinic's) when it is known."""

    widget = BirthDateWidget
    default_error_messages = {
        "required": _("Enter the date of birth."),
        "incomplete": _("The date of birth needs a month, a day and a year."),
        "invalid": _("Enter a real date of birth, such as 3 / 27 / 1985."),
        "future": _("The date of birth must be in the past."),
    }

    def __init__(self, *, today: date | None = None, **kwargs):
        self.today = today
        fields = [forms.IntegerField(min_value=1) for _part in BirthDateWidget.parts]
        super().__init__(fields, require_all_fields=False, **kwargs)
        for field in self.fields:
            field.required = self.required
            field.error_messages = dict.fromkeys(field.error_messages, self.error_messages["invalid"])
            field.error_messages["incomplete"] = self.error_messages["incomplete"]

    def compress(self, values: list[int | None]) -> date | None:
        if not values:
            return None
        if any(value is None for value in values):
            raise ValidationError(self.error_messages["incomplete"], code="incomplete")
        month, day, year = values
        try:
            born = date(year, month, day)
        except (ValueError, OverflowError):
            raise ValidationError(self.error_messages["invalid"], code="invalid") from None
        if year < EARLIEST_YEAR:
            raise ValidationError(self.error_messages["invalid"], code="invalid")
        if self.today and born > self.today:
            raise ValidationError(self.error_messages["future"], code="future")
        return born
