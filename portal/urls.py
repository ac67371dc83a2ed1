"""The front door, booking, the patient's links, free times."""

from django.urls import path

from portal.views import account, api, arrival, card, device, finish, landing, manage, person, room, visit

app_name = "portal"

urlpatterns = [
    path("", landing.landing, name="landing"),
    path("api/slots", api.slots, name="slots"),
    path("book/", visit.clinics, name="clinics"),
    path("book/<slug:slug>/", visit.reason, name="reason"),
    path("book/<slug:slug>/urgent/", visit.urgent, name="urgent"),
    path("book/<slug:slug>/where/", visit.where, name="where"),
    path("book/<slug:slug>/zone/", visit.zone, name="zone"),
    path("book/<slug:slug>/time/", visit.time, name="time"),
    path("book/<slug:slug>/keep/", visit.keep, name="keep"),
    path("book/<slug:slug>/details/", person.details, name="details"),
    path("book/<slug:slug>/code/", person.code, name="code"),
    path("book/<slug:slug>/code/again/", person.code_again, name="code_again"),
    path("book/<slug:slug>/payment/", person.payment, name="payment"),
    path("book/<slug:slug>/insurance/", person.insurance, name="insurance"),
    path("book/<slug:slug>/check/", finish.check, name="check"),
    path("book/<slug:slug>/done/", finish.done, name="done"),
    path("book/<slug:slug>/done/card/", finish.card, name="card"),
    path("book/<slug:slug>/done/test/", finish.device_test, name="done_test"),
    path("book/<slug:slug>/done/visit.ics", finish.calendar_file, name="calendar"),
    path("m/<str:token>/", manage.manage, name="manage"),
    path("m/<str:token>/confirm/", manage.confirm, name="manage_confirm"),
    path("m/<str:token>/move/", manage.move, name="manage_move"),
    path("m/<str:token>/cancel/", manage.cancel, name="manage_cancel"),
    path("m/<str:token>/card/", card.card, name="manage_card"),
    path("m/<str:token>/again/", manage.again, name="manage_again"),
    path("m/<str:token>/account/", account.open_account, name="manage_account"),
    path("m/<str:token>/visit.ics", manage.calendar_file, name="manage_calendar"),
    path("m/<str:token>/join/", arrival.join, name="manage_join"),
    path("v/<str:token>/", arrival.guest, name="guest"),
    path("visit/<str:public_id>/", room.show, name="room"),
    path("visit/<str:public_id>/check-in/", arrival.room_check_in, name="room_check_in"),
    path("visit/<str:public_id>/waiting/", room.fragment, name="room_fragment"),
    path("visit/<str:public_id>/state/", room.state, name="room_state"),
    path("visit/<str:public_id>/ask/", room.ask, name="room_ask"),
    path("visit/<str:public_id>/message/", room.message, name="room_message"),
    path("m/<str:token>/test/", device.device_test, name="device_test"),
    path("visit/<str:public_id>/test/", device.room_device_test, name="room_device_test"),
    path("net/ping/", device.net_ping, name="net_ping"),
    path("net/down/", device.net_down, name="net_down"),
    path("net/up/", device.net_up, name="net_up"),
    path("my/sign-in/", account.sign_in, name="sign_in"),
    path("my/", account.my_visits, name="my_visits"),
    path("my/visits/<str:public_id>/", account.my_visit, name="my_visit"),
]
