"""Where each room's addresses hang. Every view declares its access (accounts/access.py)."""

from django.contrib import admin
from django.urls import include, path
from django.views.i18n import set_language

from accounts.access import public

urlpatterns = [
    path("i18n/setlang/", public("chooses the language of the page")(set_language), name="set_language"),
    path("admin/", admin.site.urls),
    path("accounts/", include("allauth.urls")),
]
