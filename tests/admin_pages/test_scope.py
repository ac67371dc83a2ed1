"""An administrator sets up the own clinics and no others, and everything set up leaves a row in the trail."""

import re

import pytest
from django.contrib import admin
from django.urls import reverse

from accounts.permissions import Role
from clinics.models import Clinic, Membership, Provider
from clinics.tests.factories import ClinicFactory, MembershipFactory
from compliance.models import AuditEvent

pytestmark = pytest.mark.django_db

MAY_BE_REGISTERED = {
    "accounts.User", "clinics.Organization", "clinics.Clinic", "clinics.Provider", "clinics.License",
    "scheduling.VisitType", "scheduling.AvailabilityRule", "scheduling.AvailabilityException",
    "scheduling.ReminderStep", "messaging.MessageTemplate", "messaging.Message", "insurance.Payer",
    "compliance.AuditEvent", "compliance.CspReportCount",
}  # fmt: skip


def url(row, page: str = "change") -> str:
    return reverse(f"admin:{row._meta.app_label}_{row._meta.model_name}_{page}", args=[row.pk])


def list_url(model, page: str = "changelist") -> str:
    return reverse(f"admin:{model._meta.app_label}_{model._meta.model_name}_{page}")


def posted(page) -> dict:
    """What a browser would send back, unchanged, from an admin form and the tables on it."""
    forms = [page.context["adminform"].form, *(one.formset for one in page.context["inline_admin_formsets"])]
    data = {}
    for form in forms:
        rows = [form.management_form, *form.forms] if hasattr(form, "management_form") else [form]
        for row in rows:
            for bound in row:
                value = bound.value()
                if value is None or value is False:
                    continue
                data[bound.html_name] = bound.field.prepare_value(value) if not isinstance(value, list) else value
                if hasattr(value, "pk"):
                    data[bound.html_name] = value.pk
    return data


def test_only_set_up_is_registered():
    """Models that hold patients' data have no place here."""
    assert {model._meta.label for model in admin.site._registry} == MAY_BE_REGISTERED


@pytest.mark.parametrize("role", [role for role in Role if role != Role.ADMIN])
def test_other_roles_find_it_closed(house, role):
    member = MembershipFactory(clinic=house.clinic, role=role).user
    member.is_staff = member.is_superuser = True
    member.save()
    assert house.browser(member).get("/admin/").status_code == 403
    refused = AuditEvent.objects.get(action="accounts.page_refused")
    assert (refused.actor_id, refused.outcome, refused.subject) == (member.public_id, "refused", "page:admin:index")


def test_every_page_opens_for_the_own_rows_and_no_others(house, other):
    browser = house.browser()
    for own, foreign in zip(house.rows, other.rows, strict=True):
        assert browser.get(url(own)).status_code == 200, own
        listed = browser.get(list_url(type(own)))
        assert url(own).encode() in listed.content, own
        assert url(foreign).encode() not in listed.content, foreign
        for name in (other.clinic.name, other.provider.name, other.clinic.organization.name):
            assert name not in listed.content.decode(), own  # neither in rows nor in filters
        may_delete = admin.site.get_model_admin(type(own)).may_delete
        for page in ("change", "delete", "history"):
            refused = 403 if page == "delete" and not may_delete else 404
            assert browser.get(url(foreign, page)).status_code == refused, (foreign, page)
            assert browser.post(url(foreign, page), {"typed": str(foreign)}).status_code == refused, (foreign, page)


def test_every_list_can_be_searched_and_sorted_and_added_to(house):
    browser = house.browser()
    for model, page in admin.site._registry.items():
        assert browser.get(list_url(model), {"q": "x"}).status_code == 200, model
        assert browser.get(list_url(model), {"o": "1"}).status_code == 200, model
        expected = 200 if getattr(page, "may_add", False) else 403
        assert browser.get(list_url(model, "add")).status_code == expected, model


def test_pages_carry_no_inline_script_or_style(house):
    browser = house.browser()
    pages = [browser.get("/admin/"), *(browser.get(url(row)) for row in house.rows)]
    for page in pages:
        text = page.content.decode()
        assert not re.search(r"<script(?![^>]*\bsrc=)(?![^>]*application/json)", text), page.request
        assert not re.search(r"<[^>]+\s(style|onclick|onchange|onsubmit)=", text), page.request


def test_choices_end_at_the_own_clinics(house, other):
    page = house.browser().get(url(house.provider)).content.decode()
    assert house.clinic.name in page
    for name in (other.clinic.name, other.clinic.organization.name, other.colleague.name, other.admin.name):
        assert name not in page


def test_foreign_choice_is_refused_when_posted(house, other):
    browser = house.browser()
    data = posted(browser.get(url(house.visit_type))) | {"providers": [other.provider.pk]}
    response = browser.post(url(house.visit_type), data)
    assert response.status_code == 200 and response.context["errors"]
    assert list(house.visit_type.providers.all()) == [house.provider]


def test_rights_at_one_clinic_are_none_at_another(house, other):
    MembershipFactory(user=house.admin, clinic=other.clinic, role=Role.COORDINATOR)
    browser = house.browser()
    for foreign in other.rows:
        assert browser.get(url(foreign)).status_code == 404, foreign


def test_change_is_recorded_by_field_names_only(house):
    browser = house.browser()
    data = posted(browser.get(url(house.visit_type))) | {"name": "A quite secret name"}
    assert browser.post(url(house.visit_type), data).status_code == 302
    event = AuditEvent.objects.get(action="setup.visittype_changed")
    assert event.detail == {"fields": ["name"]}
    assert (event.actor_id, event.clinic_id) == (house.admin.public_id, house.clinic.public_id)
    assert event.subject == f"visittype:{house.visit_type.public_id}"


def test_choices_that_are_not_shown_stay(house, other):
    """A provider of two clinics keeps the one that this administrator does not know of."""
    house.provider.clinics.add(other.clinic)
    browser = house.browser()
    shown = {"name": "Jordan Example", "clinics": [house.clinic.pk]}
    data = posted(browser.get(url(house.provider))) | shown
    assert browser.post(url(house.provider), data).status_code == 302
    assert set(Provider.objects.get(pk=house.provider.pk).clinics.all()) == {house.clinic, other.clinic}


def test_new_clinic_belongs_to_the_own_organization_and_its_maker(house):
    browser = house.browser()
    form = posted(browser.get(list_url(Clinic, "add")))
    assert form["organization"] == house.clinic.organization_id
    new = {
        "name": "Hillside", "slug": "hillside", "message_name": "Hillside", "phone": "(202) 555-0117",
        "time_zone": "America/Chicago", "state": "IL",
    }  # fmt: skip
    assert browser.post(list_url(Clinic, "add"), form | new).status_code == 302
    made = Clinic.objects.get(slug="hillside")
    assert (made.organization, made.phone) == (house.clinic.organization, "+12025550117")
    assert Membership.objects.get(clinic=made).user == house.admin
    assert AuditEvent.objects.filter(action="clinics.role_given").count() == 1


def test_clinic_out_of_use_can_be_brought_back(house):
    second = ClinicFactory(organization=house.clinic.organization)
    MembershipFactory(user=house.admin, clinic=second, role=Role.ADMIN)
    browser = house.browser()
    browser.post(url(second, "deactivate"), {"typed": second.name})
    assert not Clinic.objects.get(pk=second.pk).is_active
    browser.post(url(second, "activate"))
    assert Clinic.objects.get(pk=second.pk).is_active


@pytest.mark.parametrize("lookup", ["password__startswith", "password__regex", "public_id__startswith", "is_superuser"])
def test_an_address_cannot_ask_about_what_the_page_does_not_show(house, lookup):
    """Otherwise a colleague's password hash could be guessed letter by letter."""
    page = house.browser().get(list_url(type(house.colleague)), {lookup: "1"})
    assert page.status_code == 400


def test_every_filter_of_every_page_works(house):
    """Each link that a page's filters offer leads to a list."""
    browser = house.browser()
    for model in admin.site._registry:
        offered = browser.get(list_url(model)).content.decode()
        for query in re.findall(r'href="(\?[^"]+)"', offered):
            answer = browser.get(list_url(model) + query.replace("&amp;", "&"))
            assert answer.status_code == 200, f"{model._meta.label} {query}"
