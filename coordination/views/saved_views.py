"""Views of the board: choose what it shows, and keep the choice under a name."""

from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST

from accounts.access import requires
from accounts.permissions import Permission
from clinics.models import Clinic, Provider
from coordination import actions
from coordination.clinic_choice import current_clinic
from coordination.forms.saved_views import ViewForm
from coordination.models import SavedView, Show
from coordination.presenters.saved_views import board_query, view_links
from coordination.selectors.board import saved_views
from coordination.views.answers import say


@require_http_methods(["GET", "POST"])
@requires(Permission.DESK_VIEW)
def views(request: HttpRequest) -> HttpResponse:
    """The saved views, and a form that begins with the board's filter (`?show=`, `?provider=`).

    POST keeps the view and shows it; with `only` it is just shown.
    """
    clinic = current_clinic(request)
    providers = Provider.objects.visible_to(request.user).active().filter(clinics=clinic).order_by("name")
    initial = {"show": request.GET.get("show", Show.ALL), "provider": request.GET.getlist("provider")}
    keeps = "only" not in request.POST
    form = ViewForm(
        request.POST if request.method == "POST" else None, providers=providers, initial=initial, keeps=keeps
    )
    if request.method == "POST" and form.is_valid():
        if keeps:
            _keep(request, clinic, **form.cleaned_data)
        return _shown(clinic, form.cleaned_data)
    found = view_links(saved_views(request.user, clinic), clinic=clinic, user=request.user)
    context = {"clinic": clinic, "form": form, "links": found}
    return render(request, "coordination/views.html", context, status=422 if form.errors else 200)


def _keep(request: HttpRequest, clinic: Clinic, *, provider, **given) -> None:
    actions.save_view(clinic=clinic, by=request.user, providers=provider, **given)
    say(request, _("View saved."))


def _shown(clinic: Clinic, chosen: dict) -> HttpResponse:
    providers = [one.public_id for one in chosen["provider"]]
    query = board_query(clinic=clinic.public_id, show=chosen["show"], provider=providers)
    return redirect(f"{reverse('coordination:desk')}?{query}")


@require_POST
@requires(Permission.DESK_VIEW)
def view_remove(request: HttpRequest, public_id: str) -> HttpResponse:
    """One's own; what a colleague shares is the colleague's."""
    own = SavedView.objects.visible_to(request.user).filter(owner=request.user)
    view = own.filter(public_id=public_id).select_related("clinic").first()
    if view is None:
        raise Http404
    actions.remove_view(view=view, by=request.user)
    say(request, _("View removed."))
    return redirect("coordination:views")
