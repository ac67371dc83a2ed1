"""A clinic edits its reminders, its words or its name: what is planned follows, once, and what was sent stays."""

from datetime import timedelta

import pytest
from django.db import IntegrityError, transaction
from django.urls import reverse
from django.utils import timezone

from accounts.permissions import Role
from clinics.tests.factories import ClinicFactory, MembershipFactory
from messaging import delivery
from messaging.actions import settle_left_over
from messaging.models import Message, MessageTemplate
from messaging.rewording import reword, reword_outdated
from messaging.tasks import reword as reword_task
from messaging.tests.factories import texting_patient
from patients import links
from scheduling import cadence, reminders
from scheduling.coverage import plan_missing
from scheduling.models import ReminderStep
from scheduling.tests.factories import AppointmentFactory
from tests.plugins.processes import wait_until, worker

pytestmark = pytest.mark.django_db
DAY = timedelta(days=1)


@pytest.fixture
def now():
    return timezone.now()


@pytest.fixture
def clinic():
    made = ClinicFactory()
    reminders.install_default_steps(made)
    return made


@pytest.fixture
def admin(client, clinic):
    client.force_login(MembershipFactory(clinic=clinic, role=Role.ADMIN).user)
    return client


def visit_in(clinic, now, days=5, **fields):
    patient = texting_patient(clinic, email="sam@example.com")
    starts_at = (now + timedelta(days=days)).replace(second=0, microsecond=0)
    visit = AppointmentFactory(clinic=clinic, patient=patient, starts_at=starts_at, booked_at=now, **fields)
    reminders.plan(appointment=visit, now=now)
    return visit


@pytest.fixture
def visit(clinic, now):
    return visit_in(clinic, now)


def step(clinic, key="24h") -> ReminderStep:
    return ReminderStep.objects.get(clinic=clinic, key=key)


def planned(visit, key="24h", channel="sms") -> Message | None:
    rows = Message.objects.filter(subject=visit.subject, dedupe_key__startswith=f"reminder:{key}:")
    return rows.filter(status="planned", channel=channel).first()


def edit(admin, one: ReminderStep, **changes):
    fields = {
        "offset_minutes": one.offset_minutes, "condition": one.condition, "template_key": one.template_key,
        "by_email": "on" if one.by_email else "", "is_active": "on" if one.is_active else "",
    }  # fmt: skip
    form = {name: value for name, value in (fields | changes).items() if value != ""}
    response = admin.post(reverse("admin:scheduling_reminderstep_change", args=[one.pk]), form)
    assert response.status_code == 302, response.context["adminform"].form.errors
    return response


class TestAnotherTime:
    def test_what_is_planned_moves(self, admin, clinic, visit):
        others = {key: planned(visit, key).due_at for key in ("72h", "2h")}
        body = planned(visit).body
        edit(admin, step(clinic), offset_minutes=-48 * 60)
        moved = planned(visit)
        assert moved.due_at == moved.next_attempt_at == visit.starts_at - 2 * DAY
        assert (moved.expires_at, moved.body) == (visit.starts_at, body)
        assert {key: planned(visit, key).due_at for key in others} == others

    def test_a_follow_up_moves_from_the_visits_end(self, admin, clinic, visit):
        edit(admin, step(clinic, "follow-up"), offset_minutes=24 * 60)
        moved = planned(visit, "follow-up")
        assert moved.due_at == visit.ends_at + DAY
        assert moved.expires_at == moved.due_at + reminders.FOLLOW_UP_OUTLIVES_DUE

    def test_it_is_one_statement_for_all(self, clinic, now, django_assert_num_queries):
        visits = [visit_in(clinic, now, days=4 + number) for number in range(3)]
        one = step(clinic)
        one.offset_minutes = -36 * 60
        with django_assert_num_queries(1):
            assert cadence.step_changed(step=one, changed={"offset_minutes"}, now=now) == 3
        assert [planned(visit).due_at for visit in visits] == [
            visit.starts_at - timedelta(hours=36) for visit in visits
        ]

    def test_the_net_plans_nothing_twice(self, admin, clinic, visit, now):
        edit(admin, step(clinic), offset_minutes=-48 * 60)
        before = Message.objects.count()
        assert plan_missing(now) == 0 and Message.objects.count() == before

    def test_whose_new_time_is_past_is_still_reminded(self, admin, clinic, now):
        visit = visit_in(clinic, now, days=2)
        edit(admin, step(clinic), offset_minutes=-72 * 60)
        assert planned(visit).due_at == visit.starts_at - DAY

    def test_what_was_sent_stays(self, clinic, visit, now):
        sent = planned(visit)
        Message.objects.filter(pk=sent.pk).update(status="delivered", status_rank=60)
        one = step(clinic)
        one.offset_minutes = -48 * 60
        assert cadence.step_changed(step=one, changed={"offset_minutes"}, now=now) == 0
        sent.refresh_from_db()
        assert sent.due_at == visit.starts_at - DAY

    def test_another_clinics_messages_stay(self, admin, clinic, now):
        elsewhere = ClinicFactory(organization=clinic.organization)
        reminders.install_default_steps(elsewhere)
        theirs = visit_in(elsewhere, now)
        edit(admin, step(clinic), offset_minutes=-48 * 60)
        assert planned(theirs).due_at == theirs.starts_at - DAY

    def test_quiet_hours_are_asked_when_it_goes(self, clinic, visit):
        one = step(clinic)
        midnight = planned(visit).due_at.replace(hour=8, minute=0)  # 3 AM in New York
        offset = midnight - visit.starts_at
        one.offset_minutes = int(offset.total_seconds() // 60)
        cadence.step_changed(step=one, changed={"offset_minutes"}, now=visit.booked_at)
        message = planned(visit)
        delivery.deliver_batch([message.pk], lambda: message.due_at)
        message.refresh_from_db()
        assert message.status == "planned" and message.next_attempt_at > message.due_at


class TestInUseOrNot:
    def test_out_of_use_nothing_is_sent_and_in_use_again_it_is_planned(self, admin, clinic, visit, now):
        edit(admin, step(clinic), is_active="")
        assert planned(visit) is None and planned(visit, "72h")
        edit(admin, step(clinic), is_active="on")
        plan_missing(now)
        assert planned(visit).due_at == visit.starts_at - DAY

    @pytest.mark.parametrize("status", ["booked", "completed"])
    def test_a_follow_up_comes_back_too(self, admin, clinic, now, status):
        """A visit to come, and one that is over while its follow-up is not yet due."""
        days = 5 if status == "booked" else -1 / 24
        visit = visit_in(clinic, now, days=days, status=status)
        edit(admin, step(clinic, "follow-up"), is_active="")
        assert planned(visit, "follow-up") is None
        edit(admin, step(clinic, "follow-up"), is_active="on")
        assert plan_missing(now) == 2, "as text and as e-mail"
        assert planned(visit, "follow-up").due_at == visit.ends_at + timedelta(hours=2)

    def test_a_follow_up_whose_time_is_past_stays_away(self, admin, clinic, now):
        visit_in(clinic, now, days=-1, status="completed")
        assert plan_missing(now) == 0

    def test_deleted_nothing_is_sent(self, admin, clinic, visit):
        url = reverse("admin:scheduling_reminderstep_delete", args=[step(clinic).pk])
        admin.post(url, {"post": "yes", "typed": str(step(clinic))})
        assert not ReminderStep.objects.filter(clinic=clinic, key="24h").exists()
        assert planned(visit) is None and planned(visit, "72h")

    def test_by_email_as_well_or_no_more(self, admin, clinic, visit, now):
        assert planned(visit, channel="email") is None
        edit(admin, step(clinic), by_email="on")
        plan_missing(now)
        assert planned(visit, channel="email").due_at == visit.starts_at - DAY
        edit(admin, step(clinic), by_email="")
        assert planned(visit, channel="email") is None and planned(visit)

    def test_the_net_reaches_as_far_as_the_earliest_reminder(self, clinic, now):
        visit = visit_in(clinic, now, days=20)
        ReminderStep.objects.create(clinic=clinic, key="14d", offset_minutes=-14 * 24 * 60, template_key="reminder_72h")
        plan_missing(now)
        assert planned(visit, "14d") is None, "still far"
        plan_missing(now + 5.5 * DAY)
        assert planned(visit, "14d").due_at == visit.starts_at - 14 * DAY

    def test_the_key_can_not_change(self, admin, clinic, visit):
        edit(admin, step(clinic), key="other", offset_minutes=-48 * 60)
        assert step(clinic).offset_minutes == -48 * 60


@pytest.mark.parametrize("condition", ReminderStep.Condition)
def test_the_database_knows_the_conditions_of_a_step(clinic, condition):
    ReminderStep.objects.filter(clinic=clinic).update(condition=condition)
    with pytest.raises(IntegrityError, match="scheduling_reminder_condition"), transaction.atomic():
        ReminderStep.objects.filter(clinic=clinic).update(condition=f"not {condition}"[:12])


class TestWords:
    @pytest.fixture(autouse=True)
    def at_once(self, monkeypatch):
        """What is handed to a worker after commit is noted here; `test_a_real_worker_writes_them` has a real one."""
        self.handed = []
        monkeypatch.setattr("messaging.actions.ahead.enqueue", lambda task, **ids: self.handed.append((task, ids)))

    def work(self):
        for task, ids in self.handed:
            assert task is reword_task
            task(**ids)

    def test_own_words_are_in_what_is_planned(self, admin, clinic, visit):
        url = reverse("admin:messaging_messagetemplate_add")
        body = "{{ clinic }}: see you {{ when }}. {{ link }}"
        form = {"key": "reminder_24h", "channel": "sms", "language": "en", "subject": "", "body": body}
        admin.post(url, form | {"organization": clinic.organization.pk})
        untouched = planned(visit, "72h").body
        self.work()
        assert "see you" in planned(visit).body and planned(visit, "72h").body == untouched
        template = MessageTemplate.objects.get()
        change = reverse("admin:messaging_messagetemplate_change", args=[template.pk])
        admin.post(change, {"subject": "", "body": "{{ clinic }}: soon."})
        self.work()
        assert planned(visit).body.endswith(": soon.")

    def test_with_the_broker_away_the_sweeper_writes_them(self, clinic, visit, now, django_assert_num_queries):
        clinic.message_name = "Harbor Clinic"
        clinic.save()
        reminders.reword_all(clinic)
        settle_left_over(now)
        assert {planned(visit, key).body.partition(":")[0] for key in ("72h", "24h", "2h")} == {"Harbor Clinic"}
        with django_assert_num_queries(1):
            assert reword_outdated(now) == 0, "and once"

    def test_the_link_in_them_opens(self, clinic, visit, now):
        assert reword(organization_id=clinic.organization_id, template_key="reminder_24h", now=now) == 1
        token = planned(visit).body.partition("/m/")[2].partition("/")[0]
        assert links.resolve(token, "manage", now).subject == visit.subject

    def test_what_was_sent_keeps_its_words(self, clinic, visit, now):
        sent = planned(visit)
        Message.objects.filter(pk=sent.pk).update(status="delivered", status_rank=60)
        assert reword(organization_id=clinic.organization_id, template_key="reminder_24h", now=now) == 0

    def test_a_batch_takes_few_statements(self, clinic, now, django_assert_max_num_queries):
        for days in range(3, 8):
            visit_in(clinic, now, days=days)
        with django_assert_max_num_queries(14):  # one of them a link for each visit
            assert reword(organization_id=clinic.organization_id, template_key="reminder_24h", now=now) == 5

    def test_another_template_for_a_step(self, admin, clinic, visit):
        edit(admin, step(clinic), template_key="reminder_2h")
        self.work()
        assert planned(visit).template_key == "reminder_2h" and "starts soon" in planned(visit).body

    def test_the_clinics_new_name(self, clinic, visit, now):
        clinic.message_name = "Harbor Clinic"
        clinic.save()
        reminders.reword_all(clinic)
        self.work()
        assert {planned(visit, key).body.partition(":")[0] for key in ("72h", "24h", "2h")} == {"Harbor Clinic"}


@pytest.mark.slow
@pytest.mark.django_db(transaction=True)
def test_a_real_worker_writes_them(admin, clinic, visit, tmp_path):
    url = reverse("admin:messaging_messagetemplate_add")
    form = {"key": "reminder_24h", "channel": "sms", "language": "en", "subject": "", "body": "{{ clinic }}: soon."}
    with worker(tmp_path / "worker.log"):
        admin.post(url, form | {"organization": clinic.organization.pk})
        wait_until(lambda: planned(visit).body.endswith(": soon."), what="the new words")
    assert Message.objects.filter(subject=visit.subject, status="planned").count() == 6
