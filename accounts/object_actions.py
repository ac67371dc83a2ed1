"""Things one does to a single row of the set-up pages beside editing it. Each asks first and says what follows."""

from collections.abc import Callable
from dataclasses import dataclass
from functools import partial

from django.contrib import messages
from django.contrib.admin.utils import unquote
from django.core.exceptions import PermissionDenied
from django.db import transaction
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.template.response import TemplateResponse
from django.urls import path, reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy as _l


@dataclass(frozen=True)
class ObjectAction:
    """`run(page, request, row)` does it and returns the words to show; `consequences(row)` are told beforehand.

    A dangerous one wants the row's name typed.
    """

    slug: str
    label: str
    run: Callable[..., str]
    available: Callable[..., bool] = lambda request, row: True
    consequences: Callable[..., list[str]] = lambda row: []
    dangerous: bool = False


class ObjectActions:
    """For a ModelAdmin: `object_actions`, their pages, and deleting only after the name was typed."""

    object_actions: tuple[ObjectAction, ...] = ()
    change_form_template = "admin/setup_change_form.html"
    delete_confirmation_template = "admin/setup_delete.html"

    def get_urls(self):
        name = f"{self.opts.app_label}_{self.opts.model_name}"
        own = [
            path(
                f"<path:object_id>/do/{action.slug}/",
                self.admin_site.admin_view(partial(self._act, action)),
                name=f"{name}_{action.slug}",
            )
            for action in self.object_actions
        ]
        return own + super().get_urls()

    def _act(self, action: ObjectAction, request: HttpRequest, object_id: str) -> HttpResponse:
        row = self.get_object(request, unquote(object_id))
        if row is None:
            raise Http404
        if not (self.has_change_permission(request, row) and action.available(request, row)):
            raise PermissionDenied
        back = reverse(f"admin:{self.opts.app_label}_{self.opts.model_name}_change", args=[row.pk])
        wrong = request.method == "POST" and action.dangerous and not _typed(request, row)
        if request.method == "POST" and not wrong:
            messages.success(request, action.run(self, request, row))
            return redirect(back)
        context = {
            **self.admin_site.each_context(request),
            "title": action.label,
            "opts": self.opts,
            "original": row,
            "action": action,
            "consequences": action.consequences(row),
            "wrong": wrong,
            "back": back,
        }
        return TemplateResponse(request, "admin/object_action.html", context)

    def render_change_form(self, request, context, add=False, change=False, form_url="", obj=None):
        if obj is not None and self.has_change_permission(request, obj):
            context["object_actions"] = [one for one in self.object_actions if one.available(request, obj)]
        return super().render_change_form(request, context, add, change, form_url, obj)

    def delete_view(self, request, object_id, extra_context=None):
        row = self.get_object(request, unquote(object_id))
        if request.method == "POST" and row is not None and not _typed(request, row):
            messages.error(request, _("The name does not match. Nothing was deleted."))
            return redirect(request.path)
        return super().delete_view(request, object_id, extra_context)


def _typed(request: HttpRequest, row) -> bool:
    return request.POST.get("typed", "").strip().casefold() == str(row).strip().casefold()


def deactivation(consequences: Callable[..., list[str]]) -> tuple[ObjectAction, ObjectAction]:
    """The pair for a row with `is_active`: taking it out of use asks for its name, bringing it back does not."""
    return (
        ObjectAction(
            slug="deactivate",
            label=_l("Take out of use"),
            run=lambda page, request, row: _set_active(page, request, row, active=False),
            available=lambda request, row: row.is_active,
            consequences=consequences,
            dangerous=True,
        ),
        ObjectAction(
            slug="activate",
            label=_l("Bring back into use"),
            run=lambda page, request, row: _set_active(page, request, row, active=True),
            available=lambda request, row: not row.is_active,
        ),
    )


@transaction.atomic
def _set_active(page, request: HttpRequest, row, *, active: bool) -> str:
    row.is_active = active
    row.save(update_fields=["is_active"])
    page.record(request, row, "activated" if active else "deactivated")
    return _("%(name)s is back in use.") % {"name": row} if active else _("%(name)s is out of use.") % {"name": row}
