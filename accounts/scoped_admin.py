"""What every set-up page shares: rows and choices of the user's own clinics, and an audit row for every change."""

from django.contrib import admin
from django.contrib.admin.utils import flatten_fieldsets
from django.db import models
from django.forms import BaseInlineFormSet, CheckboxSelectMultiple
from django.http import Http404, HttpRequest
from django.utils.text import capfirst

from accounts.object_actions import ObjectActions
from accounts.permissions import Permission
from compliance import audit


def choices(site: admin.AdminSite, model: type[models.Model], user) -> models.QuerySet:
    """The rows of `model` that the user may choose: those of its own set-up page, else those the user may see."""
    page = site._registry.get(model)
    return page.rows(user) if isinstance(page, ScopedAdmin) else model.objects.visible_to(user)


def label_of(field: models.ForeignKey) -> str:
    """A field without a name of its own goes by that of its model, which is translated."""
    unnamed = field.verbose_name == field.name.replace("_", " ")
    return field.remote_field.model._meta.verbose_name if unnamed else field.verbose_name


class OwnRowsFilter(admin.RelatedFieldListFilter):
    """A filter by clinic, provider and the like offers the user's own; Django's would list everybody's."""

    def __init__(self, field, *args, **kwargs):
        super().__init__(field, *args, **kwargs)
        self.title = label_of(field)

    def field_choices(self, field, request, model_admin):
        own = choices(model_admin.admin_site, field.remote_field.model, request.user)
        return [(row.pk, str(row)) for row in own.order_by("name")]


class ScopedFields:
    """Choices end at the user's clinics, in pages and in the tables on them."""

    def formfield_for_foreignkey(self, db_field, request, **kwargs):
        kwargs["queryset"] = choices(self.admin_site, db_field.remote_field.model, request.user)
        kwargs.setdefault("label", capfirst(label_of(db_field)))
        return super().formfield_for_foreignkey(db_field, request, **kwargs)

    def formfield_for_manytomany(self, db_field, request, **kwargs):
        kwargs["queryset"] = choices(self.admin_site, db_field.remote_field.model, request.user)
        kwargs["widget"] = CheckboxSelectMultiple
        return super().formfield_for_manytomany(db_field, request, **kwargs)


class NamedRows(BaseInlineFormSet):
    """Fields in a table have headings but no labels: each says its own name."""

    def add_fields(self, form, index):
        super().add_fields(form, index)
        for field in form.fields.values():
            for widget in (field.widget, getattr(field.widget, "widget", field.widget)):
                widget.attrs.setdefault("aria-label", str(field.label or ""))


class ScopedInline(ScopedFields, admin.TabularInline):
    """A table on a set-up page; whoever may change the page may change it."""

    permission = Permission.SETUP
    formset = NamedRows
    extra = 0

    def _allowed(self, request: HttpRequest, obj=None) -> bool:
        return request.user.can(self.permission)

    has_view_permission = has_add_permission = has_change_permission = has_delete_permission = _allowed


class ScopedAdmin(ObjectActions, ScopedFields, admin.ModelAdmin):
    """A set-up page. `scope` is the lookup from the model to its clinics; `permission` is what the user needs there."""

    scope = "clinic"
    permission = Permission.SETUP
    actions = None  # deleting many at once asks too little
    may_add = True
    may_delete = True
    save_on_top = False
    list_per_page = 50

    def rows(self, user) -> models.QuerySet:
        """Rows the user may set up: visible, and at a clinic where the user holds the permission."""
        everything = self.model.objects
        here = everything.filter(**{f"{self.scope}__in": user.clinic_ids(self.permission)})
        return everything.filter(pk__in=everything.visible_to(user).values("pk")).filter(pk__in=here.values("pk"))

    def get_queryset(self, request):
        ordering = self.get_ordering(request)
        return self.rows(request.user).order_by(*ordering) if ordering else self.rows(request.user)

    def has_module_permission(self, request):
        return request.user.is_authenticated and request.user.can(self.permission)

    def has_view_permission(self, request, obj=None):
        return self.has_module_permission(request)

    def has_change_permission(self, request, obj=None):
        return self.has_module_permission(request)

    def has_add_permission(self, request):
        return self.may_add and self.has_module_permission(request)

    def has_delete_permission(self, request, obj=None):
        return self.may_delete and self.has_module_permission(request)

    def lookup_allowed(self, lookup, value, request):
        """Only what the page's own filters ask. Django lets addresses ask about any field of the row, and so guess at
        what no page shows: `?password__startswith=` letter by letter."""
        return _is_asked_by(self.get_list_filter(request), lookup) and super().lookup_allowed(lookup, value, request)

    def _get_obj_does_not_exist_redirect(self, request, opts, object_id):
        """A row out of scope is not found, as everywhere; Django would lead to the index."""
        raise Http404

    def get_changeform_initial_data(self, request):
        """A choice of one is made already."""
        initial = super().get_changeform_initial_data(request)
        for name in flatten_fieldsets(self.get_fieldsets(request)):
            field = self._field(name)
            if isinstance(field, models.ForeignKey) and not field.null and name not in initial:
                only = list(choices(self.admin_site, field.remote_field.model, request.user)[:2])
                initial |= {name: only[0].pk} if len(only) == 1 else {}
        return initial

    def _field(self, name: str):
        return next((field for field in self.model._meta.fields if field.name == name), None)

    def save_related(self, request, form, formsets, change):
        """What the user can't see in a list of choices stays chosen."""
        for field in self.model._meta.many_to_many:
            if change and field.name in form.cleaned_data:
                unseen = getattr(form.instance, field.name).exclude(
                    pk__in=form.fields[field.name].queryset.values("pk")
                )
                form.cleaned_data[field.name] = [*form.cleaned_data[field.name], *unseen]
        super().save_related(request, form, formsets, change)

    # --- The audit trail: names of changed fields, never their contents ---

    def construct_change_message(self, request, form, formsets, add=False):
        request.setup_detail = _changes(form, formsets or ())
        return super().construct_change_message(request, form, formsets, add)

    def log_addition(self, request, obj, message):
        self.record(request, obj, "added", request.setup_detail)
        return super().log_addition(request, obj, message)

    def log_change(self, request, obj, message):
        self.record(request, obj, "changed", request.setup_detail)
        return super().log_change(request, obj, message)

    def log_deletions(self, request, queryset):
        for obj in queryset:
            self.record(request, obj, "deleted")
        return super().log_deletions(request, queryset)

    def record(self, request: HttpRequest, obj: models.Model, what: str, detail: dict | None = None) -> None:
        """One audit row: `setup.<model>_<what>`, under the first of the user's clinics that the row belongs to."""
        name = self.model._meta.model_name
        audit.record(
            action=f"setup.{name}_{what}",
            clinic=self._clinic_of(request.user, obj),
            subject=f"{name}:{obj.public_id}",
            detail=detail,
            request=request,
        )

    def _clinic_of(self, user, obj) -> str:
        path = "public_id" if self.scope == "pk" else f"{self.scope}__public_id"
        held = user.clinic_public_ids(self.permission)
        clinics = self.model.objects.filter(pk=obj.pk, **{f"{path}__in": held}).order_by(path)
        return clinics.values_list(path, flat=True).first() or ""


def _is_asked_by(filters, lookup: str) -> bool:
    """Whether one of the entries of a page's `list_filter` puts this lookup into addresses."""
    for each in filters:
        name = getattr(each, "parameter_name", None) or (each if isinstance(each, str) else each[0])
        if lookup == name or lookup.startswith(f"{name}__"):
            return True
    return False


def _changes(form, formsets) -> dict:
    """{"fields": […], "<table>_added": n, "<table>_deleted": n, "<table>_fields": […]}, without what is empty."""
    found = {"fields": form.changed_data}
    for formset in formsets:
        table = formset.model._meta.model_name
        found[f"{table}_added"] = len(formset.new_objects)
        found[f"{table}_deleted"] = len(formset.deleted_objects)
        found[f"{table}_fields"] = sorted({name for _row, names in formset.changed_objects for name in names})
    return {key: value for key, value in found.items() if value}
