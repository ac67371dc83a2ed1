"""Colleagues and their roles. Nobody sets up themselves, and nobody chooses another's password."""

from allauth.mfa.models import Authenticator
from django.contrib import admin
from django.db.models import Exists, OuterRef, Prefetch
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy as _l
from django.utils.translation import ngettext

from accounts import actions
from accounts.models import User
from accounts.object_actions import ObjectAction
from accounts.permissions import Permission
from accounts.scoped_admin import OwnRowsFilter, ScopedAdmin, ScopedInline
from clinics.models import Membership


class MembershipInline(ScopedInline):
    """The colleague's roles at the administrator's clinics; those elsewhere are neither shown nor touched."""

    model = Membership
    permission = Permission.USERS_EDIT
    fields = ["clinic", "role"]
    verbose_name = _l("role")
    verbose_name_plural = _l("roles")
    min_num = 1  # without a role here the colleague would vanish from the list

    def get_formset(self, request, obj=None, **kwargs):
        return super().get_formset(request, obj, validate_min=obj != request.user, **kwargs)

    def get_queryset(self, request):
        return super().get_queryset(request).filter(clinic__in=request.user.clinic_ids(self.permission))

    def _allowed_on(self, request, obj=None) -> bool:
        return request.user.can(self.permission) and obj != request.user

    has_add_permission = has_change_permission = has_delete_permission = _allowed_on


def _wholly_mine(request, user: User) -> bool:
    """Whether every role of the user is at clinics where the administrator may set up people, and it is not oneself."""
    mine = request.user.clinic_ids(Permission.USERS_EDIT)
    return user != request.user and not user.memberships.exclude(clinic__in=mine).exists()


def _is_invited(user: User) -> bool:
    return user.is_active and not user.has_usable_password()


def _invite(page, request, user: User) -> str:
    actions.invite(user=user, by=request.user, clinic=page._clinic_of(request.user, user))
    return _("An invitation is on its way to %(email)s.") % {"email": user.email}


def _end_sessions(page, request, user: User) -> str:
    ended = actions.end_sessions(user=user, by=request.user)
    return ngettext("%d session ended.", "%d sessions ended.", ended) % ended


def _reset_second_factor(page, request, user: User) -> str:
    actions.reset_second_factor(user=user, by=request.user)
    return _("%(name)s sets up two-step sign-in anew at the next sign-in.") % {"name": user}


def _deactivate(page, request, user: User) -> str:
    actions.deactivate(user=user, by=request.user)
    return _("%(name)s can't sign in any more.") % {"name": user}


def _reactivate(page, request, user: User) -> str:
    actions.reactivate(user=user, by=request.user)
    return _("%(name)s can sign in again.") % {"name": user}


USER_ACTIONS = (
    ObjectAction(
        "invite", _l("Send an invitation"), _invite,
        available=lambda request, user: _is_invited(user) and _wholly_mine(request, user),
        consequences=lambda user: [_("Earlier invitations stop working.")],
    ),
    ObjectAction(
        "end-sessions", _l("Sign out everywhere"), _end_sessions,
        available=_wholly_mine,
        consequences=lambda user: [_("What is typed and not saved on this person's screens may be lost.")],
    ),
    ObjectAction(
        "reset-second-factor", _l("Reset two-step sign-in"), _reset_second_factor,
        available=lambda request, user: user.has_second_factor and _wholly_mine(request, user),
        consequences=lambda user: [
            _("The authenticator app and the recovery codes stop working, and all sessions end."),
            _("Make sure by phone or in person that it is really this colleague who asks."),
        ],
        dangerous=True,
    ),
    ObjectAction(
        "deactivate", _l("Deactivate"), _deactivate,
        available=lambda request, user: user.is_active and _wholly_mine(request, user),
        consequences=lambda user: [
            _("All sessions end at once; signing in is no longer possible."),
            _("What this person did stays on record under the name."),
        ],
        dangerous=True,
    ),
    ObjectAction(
        "reactivate", _l("Reactivate"), _reactivate,
        available=lambda request, user: not user.is_active and _wholly_mine(request, user),
    ),
)  # fmt: skip


@admin.register(User)
class UserAdmin(ScopedAdmin):
    scope = "memberships__clinic"
    permission = Permission.USERS_EDIT
    may_delete = False  # the trail names people for years
    fields = ["email", "name"]
    inlines = [MembershipInline]
    object_actions = USER_ACTIONS
    list_display = ["name", "email", "roles", "second_factor", "invited", "is_active", "last_login"]
    list_filter = ["is_active", "memberships__role", ("memberships__clinic", OwnRowsFilter)]
    search_fields = ["name", "email"]
    ordering = ["name"]

    def rows(self, user):
        enrolled = Authenticator.objects.filter(user=OuterRef("pk"), type=Authenticator.Type.TOTP)
        return super().rows(user).annotate(has_second_factor=Exists(enrolled))

    def get_queryset(self, request):
        here = Membership.objects.filter(clinic__in=request.user.clinic_ids(self.permission)).select_related("clinic")
        return super().get_queryset(request).prefetch_related(Prefetch("memberships", here, to_attr="memberships_here"))

    def get_readonly_fields(self, request, obj=None):
        """The address is the person's own to change: whoever sets it could take the account over."""
        if obj is None:
            return []
        return ["email"] if _wholly_mine(request, obj) else ["email", "name"]

    def save_model(self, request, obj, form, change):
        if not change:
            obj.email = obj.email.lower()
            obj.set_unusable_password()
        super().save_model(request, obj, form, change)

    def save_related(self, request, form, formsets, change):
        super().save_related(request, form, formsets, change)
        if not change:
            self.message_user(request, _invite(self, request, form.instance))

    @admin.display(description=_l("roles"))
    def roles(self, user) -> str:
        return ", ".join(sorted(f"{one.get_role_display()} ({one.clinic.name})" for one in user.memberships_here))

    @admin.display(description=_l("two-step sign-in"), boolean=True, ordering="has_second_factor")
    def second_factor(self, user) -> bool:
        return user.has_second_factor

    @admin.display(description=_l("account"))
    def invited(self, user) -> str:
        return _("in use") if user.has_usable_password() else _("invited")
