"""/gallery/: hung up only in a demo or in development (config/urls.py)."""

from django.urls import path

from accounts.access import public
from config.gallery import views

REASON = "the component gallery shows invented people and exists only in a demo or in development"

urlpatterns = [
    path("", public(REASON)(views.components), name="gallery"),
    path("board/", public(REASON)(views.board), name="gallery_board"),
    path("patient/", public(REASON)(views.patient), name="gallery_patient"),
    path("patient/done/", public(REASON)(views.patient_done), name="gallery_patient_done"),
    path("sign-in/", public(REASON)(views.sign_in), name="gallery_sign_in"),
]
