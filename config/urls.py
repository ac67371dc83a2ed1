"""Where each room's addresses hang. Every view declares its access (accounts/access.py)."""

from django.conf import settings
from django.contrib import admin
from django.urls import include, path
from django.views.i18n import set_language

from accounts.access import passive, public
from compliance.views import csp_report, security_txt

urlpatterns = [
    path("", include("accounts.urls")),
    path("", include("config.health.urls")),
    path("", include("coordination.urls")),
    path("", include("portal.urls")),
    path("", include("messaging.urls")),
    path("i18n/setlang/", public("chooses the language of the page")(set_language), name="set_language"),
    path("csp-report/", passive(public("browsers report here; only counts are kept")(csp_report)), name="csp_report"),
    path(".well-known/security.txt", public("says where to report a weakness")(security_txt), name="security_txt"),
    path("admin/", admin.site.urls),
    path("accounts/", include("allauth.urls")),
    path("documents/", include("documents.urls")),
]

if settings.DEMO or settings.DEBUG:
    urlpatterns += [path("gallery/", include("config.gallery.urls"))]
