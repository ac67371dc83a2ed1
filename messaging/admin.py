"""The organization's own words, and what was sent, to be read and not touched."""

from django import forms
from django.conf import settings
from django.contrib import admin
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.urls import path, reverse
from django.utils.http import urlencode
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy as _l
from django.views.decorators.http import require_POST

from accounts.admin_site import Step
from accounts.permissions import Permission
from accounts.scoped_admin import OwnRowsFilter, ScopedAdmin, choices
from clinics.models import Organization
from common.phone import mask
from compliance import audit
from messaging import defaults, lint, preview
from messaging.actions import reword_later
from messaging.models import Message, MessageTemplate
from messaging.states import Channel


class TemplateForm(forms.ModelForm):
    key = forms.ChoiceField(label=_l("message"), choices=[(key, key) for key in defaults.KEYS])

    class Meta:
        model = MessageTemplate
        fields = ["organization", "key", "channel", "language", "subject", "body"]
        widgets = {"body": forms.Textarea(attrs={"rows": 8})}


@admin.register(MessageTemplate)
class MessageTemplateAdmin(ScopedAdmin):
    """Rows are the organization's own words; the standard ones, listed below them, speak where there is no row."""

    scope = "organization__clinics"
    form = TemplateForm
    change_form_template = "admin/message_template_form.html"
    change_list_template = "admin/message_template_list.html"
    list_display = ["key", "channel", "language", "version", "organization"]
    list_filter = ["channel", "language", "key"]
    list_select_related = ["organization"]
    search_fields = ["key", "subject", "body"]
    ordering = ["key", "channel", "language"]

    class Media:
        js = ["js/admin_preview.js"]

    def get_urls(self):
        view = self.admin_site.admin_view(self.preview)
        return [path("preview/", view, name="messaging_messagetemplate_preview"), *super().get_urls()]

    def get_readonly_fields(self, request, obj=None):
        return ["organization", "key", "channel", "language"] if obj else []

    def get_changeform_initial_data(self, request):
        """A text of one's own starts from the standard one."""
        initial = super().get_changeform_initial_data(request)
        wanted = (initial.get("key"), initial.get("channel"), initial.get("language"))
        if wanted in defaults.WORDS:
            standard = defaults.words(*wanted)
            initial = {"subject": standard.title, "body": standard.body, **initial}
        return initial

    def save_model(self, request, obj, form, change):
        """What is planned ahead gets the new words."""
        if change and form.has_changed():
            obj.version += 1
        super().save_model(request, obj, form, change)
        if form.has_changed():
            reword_later(organization_id=obj.organization_id, template_key=obj.key)

    def delete_model(self, request, obj):
        """The standard words speak again."""
        super().delete_model(request, obj)
        reword_later(organization_id=obj.organization_id, template_key=obj.key)

    def preview(self, request: HttpRequest) -> HttpResponse:
        """How the words being typed would read, with what is wrong about them."""
        return require_POST(_preview)(request)

    def render_change_form(self, request, context, add=False, change=False, form_url="", obj=None):
        if obj is not None:
            context["preview"] = _previewed(obj)
        return super().render_change_form(request, context, add, change, form_url, obj)

    def changelist_view(self, request, extra_context=None):
        return super().changelist_view(request, {"standard": _standard(self, request), **(extra_context or {})})


def _preview(request: HttpRequest) -> HttpResponse:
    written = {name: request.POST.get(name, "") for name in ("key", "channel", "language", "subject", "body")}
    return render(request, "admin/message_preview.html", {"preview": _previewed(MessageTemplate(**written))})


def _previewed(template: MessageTemplate) -> dict:
    known = template.key in defaults.KEYS and template.channel in Channel.values
    about = {"key": template.key, "channel": template.channel, "language": template.language, "body": template.body}
    return {**preview.render(template), "faults": lint.faults(**about) if known and template.body else []}


def _standard(page: MessageTemplateAdmin, request: HttpRequest) -> list[dict]:
    """The standard words that no text of their own replaces, each with the address to replace it."""
    organizations = list(choices(page.admin_site, Organization, request.user))
    own = set(page.rows(request.user).values_list("organization_id", "key", "channel", "language"))
    add = reverse("admin:messaging_messagetemplate_add")
    return [
        {
            "key": key,
            "channel": Channel(channel).label,
            "language": MessageTemplate.Language(language).label,
            "body": words.body,
            "url": f"{add}?" + urlencode(_picked(organization, key, channel, language)),
        }
        for organization in organizations
        for (key, channel, language), words in defaults.WORDS.items()
        if (organization.pk, key, channel, language) not in own
    ]


def _picked(organization: Organization, key: str, channel: str, language: str) -> dict:
    return {"organization": organization.pk, "key": key, "channel": channel, "language": language}


@admin.register(Message)
class MessageAdmin(ScopedAdmin):
    """What went out, when, and what became of it. Words, receiver and patient are for the desk to see."""

    permission = Permission.SETUP
    may_add = may_delete = False
    list_display = ["due_at", "clinic", "channel", "template_key", "receiver", "status", "error_code", "sent_at"]
    list_filter = [("clinic", OwnRowsFilter), "channel", "status", ("due_at", admin.DateFieldListFilter)]
    list_select_related = ["clinic"]
    search_fields = ["public_id", "template_key", "error_code"]
    ordering = ["-due_at"]
    show_full_result_count = False
    fields = [
        "clinic", "channel", "purpose", "template_key", "language", "receiver", "status", "due_at", "sent_at",
        "closed_at", "attempts", "segments", "error_code", "skip_reason", "subject", "public_id",
    ]  # fmt: skip

    def rows(self, user):
        """By clinic alone: the desk's permission to read messages is not needed to see that they went out."""
        return Message.objects.filter(clinic__in=user.clinic_ids(self.permission))

    def has_change_permission(self, request, obj=None):
        return False

    @admin.display(description=_l("to"))
    def receiver(self, message) -> str:
        """The last digits of a number; an e-mail address not at all."""
        return mask(message.to) if message.channel == Channel.SMS else "••••@••••"

    def change_view(self, request, object_id, form_url="", extra_context=None):
        audit.record(action="setup.message_viewed", subject=f"message:{object_id}"[:80], request=request)
        return super().change_view(request, object_id, form_url, extra_context)


def steps(user) -> list[Step]:
    done = settings.MESSAGE_TRANSPORT != "local" or settings.DEMO
    missing = "" if done else _("MESSAGE_TRANSPORT is local: nothing reaches a phone.")
    return [Step(_("Texts reach phones"), done, reverse("admin:messaging_message_changelist"), missing)]


admin.site.add_steps(steps)
