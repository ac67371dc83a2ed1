from django.urls import path

from accounts import views

app_name = "accounts"

urlpatterns = [
    path("accounts/invitation/<str:token>/", views.invitation, name="invitation"),
    path("me/", views.preferences, name="preferences"),
    path("session/", views.session_state, name="session"),
    path("session/extend/", views.extend_session, name="session_extend"),
]
