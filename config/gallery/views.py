"""The gallery's pages."""

from datetime import timedelta

from django.core.paginator import Paginator
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.utils import timezone

from config.gallery import samples
from config.gallery.forms import EveryField, SignIn

CLINIC = {"name": "Harbor Street Clinic", "phone": "+12025550142"}
PREFERENCES = {"theme": {"light", "dark"}, "density": {"compact", "normal", "comfortable"}}


def _page(request: HttpRequest, **more) -> dict:
    """What the bases read, with ?theme= and ?density= to look at each."""
    navigation = [
        {"label": label, "url": reverse(name), "icon": icon, "active": active}
        for label, name, icon, active in samples.NAV
    ]
    if "user" in request.GET:
        more["user"] = {"is_authenticated": True, "get_full_name": "Maria Lopez", "email": "maria@example.com"}
    chosen = {key: request.GET[key] for key, allowed in PREFERENCES.items() if request.GET.get(key) in allowed}
    now = timezone.now()
    return {"nav_items": navigation, "clinic": CLINIC, "help_url": "#help", "now": now, "zone": samples.EASTERN,
            **chosen, **more}  # fmt: skip


def components(request: HttpRequest) -> HttpResponse:
    now = timezone.now()
    filled = EveryField(
        {"name": "", "born_month": "13", "born_day": "1", "born_year": "1985", "channel": "fax"}, prefix="wrong"
    )
    pages = Paginator(range(1, 231), 20).page(6)
    address = reverse("gallery")
    tabs = [{"label": label, "url": f"#{label.lower()}", "active": label == "Timeline", "count": count}
            for label, count in [("Timeline", 0), ("Visits", 4), ("Insurance", 0), ("Messages", 12)]]  # fmt: skip
    return render(request, "gallery/index.html", _page(
        request, empty=EveryField(), filled=filled, page=pages, tabs=tabs, slots=samples.slots(now),
        days=samples.week(now, address), month=samples.month(address), checklist=samples.CHECKLIST,
        summary=samples.SUMMARY, expires_at=now + timedelta(minutes=9), kinds=["ready", "attention", "problem", "info"],
    ))  # fmt: skip


def board(request: HttpRequest) -> HttpResponse:
    return render(request, "gallery/board.html", _page(
        request, bands=samples.bands(timezone.now()), open_visit="visit" in request.GET
    ))  # fmt: skip


def patient(request: HttpRequest) -> HttpResponse:
    now = timezone.now()
    form = EveryField(request.GET if "send" in request.GET else None, no_summary=True)
    return render(request, "gallery/patient.html", _page(
        request, form=form, slots=samples.slots(now), days=samples.week(now, request.path),
        expires_at=now + timedelta(minutes=9)
    ))  # fmt: skip


def patient_done(request: HttpRequest) -> HttpResponse:
    return render(request, "gallery/patient_done.html", _page(
        request, checklist=samples.CHECKLIST, summary=samples.SUMMARY, starts_at=timezone.now() + timedelta(days=2)
    ))  # fmt: skip


def sign_in(request: HttpRequest) -> HttpResponse:
    return render(request, "gallery/sign_in.html", _page(request, sign_in=SignIn()))
