from django.conf import settings
from django.urls import path

from messaging.views import phone, twilio

app_name = "messaging"

urlpatterns = [
    path("webhooks/twilio/status/", twilio.status, name="twilio_status"),
    path("webhooks/twilio/inbound/", twilio.inbound, name="twilio_inbound"),
    path("webhooks/twilio/call/", twilio.call, name="twilio_call"),
]

if settings.DEMO:
    urlpatterns += [
        path("phone/", phone.people, name="phone"),
        path("phone/calls/<str:leg_id>/", phone.call, name="phone_call"),
        path("phone/<str:public_id>/", phone.thread, name="phone_thread"),
        path("phone/<str:public_id>/reply/", phone.reply, name="phone_reply"),
    ]
