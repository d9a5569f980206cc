"""The page in the hand: who sees what when, reports that come late, out of order or twice, and wrong input."""

from __future__ import annotations

import pytest
from django.urls import reverse

from schakel.accounts.models import AccessEntry, Person
from schakel.domain.durations import HOUR, MINUTE
from schakel.domain.events import Subject
from schakel.domain.states import DeploymentStatus, UnitStatus
from schakel.domain.vocabulary import CancelReason, Care, FollowUpKind, Role, UnitKind, Urgency
from schakel.field.wall_time import latest
from schakel.operations import clock, journal
from schakel.operations.actions import deployment, dossier
from schakel.operations.current_region import region
from schakel.operations.models import Deployment, FollowUp, Unit

pytestmark = pytest.mark.django_db

STREET = "Slotlaan"
CALLBACK = "0612345678"


def enter(client, viewer):
    """The browser of somebody who has logged in."""
    client.force_login(Person.objects.get(pk=viewer.person), backend="django.contrib.auth.backends.ModelBackend")
    return client


def a_request(centre, **more):
    """A request with an address and a call-back number in its dossier."""
    row = centre.request(**more)
    for field, value in {"callback": CALLBACK, "street": STREET, "house_number": "12"}.items():
        dossier.write(request=row.pk, field=field, value=value, at=centre.now, by=centre.triagist)
    return row


def an_offer(centre, kind=UnitKind.ALS, care=Care.ALS):
    """A job that was offered to a unit and not answered, and the first of its crew."""
    request = a_request(centre)
    row, crew = centre.unit(kind)
    key = deployment.offer(request=request.pk, care=care, unit=row.pk, at=centre.now, by=centre.dispatcher)
    return Deployment.objects.get(pk=key), crew


@pytest.fixture
def later():
    """Let time pass at the centre, by its own clock."""
    yield lambda ms: clock.set_pace(centre=clock.now_ms() + ms, speed=1)
    clock.forget()


def report(client, job, name, **more):
    return client.post(reverse("field:report", args=[job.pk]), {"report": name, **more})


# ---------------------------------------------------------------- who sees what


def test_before_acceptance_the_address_is_not_shown_and_no_dossier_is_read(centre, client):
    job, crew = an_offer(centre)
    before = AccessEntry.objects.count()
    page = enter(client, crew).get(reverse("field:job", args=[job.pk])).content.decode()
    assert "Zeist" in page
    assert STREET not in page
    assert CALLBACK[1:] not in page
    assert AccessEntry.objects.count() == before


def test_after_acceptance_the_address_is_shown_and_the_read_is_logged_once(centre, client):
    job, crew = an_offer(centre)
    enter(client, crew).post(reverse("field:accept", args=[job.pk]))
    before = AccessEntry.objects.count()
    page = client.get(reverse("field:job", args=[job.pk])).content.decode()
    assert STREET in page
    assert "tel:+31612345678" in page
    assert "geo:52." in page
    assert AccessEntry.objects.count() == before + 1
    assert AccessEntry.objects.last().person_id == crew.person


def test_a_page_that_only_resyncs_reads_no_dossier(centre, client):
    job, crew = centre.job(a_request(centre))
    before = AccessEntry.objects.count()
    page = enter(client, crew).get(reverse("field:job", args=[job.pk]), headers={"X-Schakel-Resync": "1"})
    assert STREET not in page.content.decode()
    assert AccessEntry.objects.count() == before


def test_the_part_that_is_refreshed_holds_nothing_of_the_dossier(centre, client):
    job, crew = centre.job(a_request(centre))
    part = enter(client, crew).get(reverse("field:state", args=[job.pk]), {"phase": "active", "newest": "0"})
    assert STREET not in part.content.decode()
    assert reverse("field:job", args=[job.pk]) in part.content.decode(), "it says that something was written"


def test_after_clearing_the_dossier_closes_and_the_open_page_is_made_anew(centre, client):
    job, crew = centre.job(a_request(centre))
    enter(client, crew)
    report(client, job, "Cleared")
    page = client.get(reverse("field:job", args=[job.pk])).content.decode()
    assert STREET not in page
    part = client.get(reverse("field:state", args=[job.pk]), {"phase": "active"})
    assert part.headers["HX-Refresh"] == "true"
    assert part.content == b""


def test_a_job_that_the_dispatcher_cancels_closes_the_dossier(centre, client):
    job, crew = centre.job(a_request(centre))
    deployment.cancel(deployment=job.pk, reason=CancelReason.NO_LONGER_NEEDED, at=centre.now, by=centre.dispatcher)
    assert STREET not in enter(client, crew).get(reverse("field:job", args=[job.pk])).content.decode()


def test_the_list_shows_the_jobs_of_my_unit_alone_even_on_the_same_request(centre, client):
    request = a_request(centre)
    mine, crew = centre.job(request)
    theirs, _other = centre.job(request, Care.RAPID, UnitKind.RAPID)
    page = enter(client, crew).get(reverse("field:jobs")).content.decode()
    assert f'id="job-{mine.pk}"' in page
    assert f'id="job-{theirs.pk}"' not in page
    assert STREET not in page


@pytest.mark.parametrize("name", ["job", "state"])
def test_a_job_of_another_unit_is_not_shown(centre, client, name):
    request = a_request(centre)
    _mine, crew = centre.job(request)
    theirs, _other = centre.job(request, Care.RAPID, UnitKind.RAPID)
    answer = enter(client, crew).get(reverse(f"field:{name}", args=[theirs.pk]))
    assert answer.status_code == 409
    assert STREET not in answer.content.decode()


@pytest.mark.parametrize(
    ("name", "said"),
    [
        ("accept", {}),
        ("decline", {"reason": "break"}),
        ("report", {"report": "Departed"}),
        ("correct", {"report": "Departed", "wall": "12:00"}),
        ("cancel", {"reason": "unable"}),
        ("raise_urgency", {"urgency": "U0"}),
        ("follow_up", {"need": "home_nursing"}),
        ("note", {"note": "x"}),
    ],
)
def test_the_crew_of_another_unit_on_the_same_request_can_do_nothing_with_the_job(centre, client, name, said):
    request = a_request(centre)
    theirs, _other = centre.job(request)
    _mine, crew = centre.job(request, Care.RAPID, UnitKind.RAPID)
    before = journal.head()
    assert enter(client, crew).post(reverse(f"field:{name}", args=[theirs.pk]), said).status_code == 409
    assert journal.head() == before


def test_a_partner_or_triagist_has_no_page_in_the_hand(centre, client):
    for viewer in (centre.triagist, centre.partner("vvt")):
        assert enter(client, viewer).get(reverse("field:jobs")).status_code == 403


# ---------------------------------------------------------------- reports


@pytest.mark.parametrize(
    ("kind", "care"),
    [
        (UnitKind.ALS, Care.ALS),
        (UnitKind.GP_CAR, Care.GP_VISIT),
        (UnitKind.NURSE, Care.DISTRICT_NURSE),
        (UnitKind.CRISIS_TEAM, Care.CRISIS_TEAM),
    ],
)
def test_every_kind_of_crew_walks_a_job_to_its_end_by_the_button_that_is_next(centre, client, kind, care):
    job, crew = an_offer(centre, kind, care)
    enter(client, crew).post(reverse("field:accept", args=[job.pk]))
    made = []
    for _step in range(7):
        page = client.get(reverse("field:job", args=[job.pk]))
        if not page.context["steps"]:
            break
        step = page.context["steps"][0]
        assert not step.later
        made.append(step.name)
        assert report(client, job, step.name).status_code == 302
    job.refresh_from_db()
    assert job.status is DeploymentStatus.CLEARED
    transport = ["TransportStarted", "ReachedDestination", "HandedOver"] if kind is UnitKind.ALS else []
    assert made == ["Departed", "Arrived", *transport, "Cleared"]


def test_a_visiting_gp_has_several_jobs_each_with_its_own_status(centre, client):
    first, crew = centre.job(a_request(centre), Care.GP_VISIT, UnitKind.GP_CAR)
    second = deployment.offer(
        request=a_request(centre).pk, care=Care.GP_VISIT, unit=first.unit_id, at=centre.now, by=centre.dispatcher
    )
    enter(client, crew).post(reverse("field:accept", args=[second]))
    report(client, first, "Departed")
    statuses = dict(Deployment.objects.values_list("pk", "status"))
    assert statuses == {first.pk: DeploymentStatus.UNDER_WAY, second: DeploymentStatus.ACCEPTED}
    assert [row.id for row in client.get(reverse("field:jobs")).context["lists"]["jobs"]] == [
        f"job-{first.pk}",
        f"job-{second}",
    ]


def test_a_report_that_is_sent_twice_with_one_key_happens_once(centre, client):
    job, crew = centre.job(a_request(centre))
    enter(client, crew)
    answers = [
        client.post(
            reverse("field:report", args=[job.pk]),
            {"report": "Departed", "at": centre.now, "key": "abc"},
            headers={"X-Schakel-Outbox": "1"},
        ).status_code
        for _time in range(2)
    ]
    assert answers == [204, 204]
    kinds = [type(one.event).__name__ for one in journal.history(Subject.DEPLOYMENT, job.pk)]
    assert kinds.count("Departed") == 1


def test_reports_come_late_and_out_of_order_and_show_both_times(centre, client, later):
    job, crew = centre.job(a_request(centre))
    later(20 * MINUTE)
    enter(client, crew)
    arrived, departed = centre.now - 5 * MINUTE, centre.now - 15 * MINUTE
    assert report(client, job, "Arrived", at=arrived).status_code == 302
    assert report(client, job, "Departed", at=departed).status_code == 302
    job.refresh_from_db()
    assert (job.departed_at, job.arrived_at) == (departed, arrived)
    assert job.status is DeploymentStatus.ON_SCENE
    told = {one.name: one for one in client.get(reverse("field:job", args=[job.pk])).context["told"]}
    assert told["Departed"].late
    assert told["Departed"].received > told["Departed"].at


def test_a_report_with_a_time_of_day_is_the_last_moment_with_that_time(centre, client, later):
    job, crew = centre.job(a_request(centre))
    later(40 * MINUTE)
    wanted = (centre.now - 30 * MINUTE) // MINUTE * MINUTE
    wall = journal.clock.as_datetime(wanted).astimezone(region().calendar.zone)
    enter(client, crew)
    report(client, job, "Departed", wall=wall.strftime("%H:%M"))
    job.refresh_from_db()
    assert job.departed_at == wanted == latest(wall.time(), centre.now, region().calendar.zone)


def test_a_corrected_time_keeps_the_first(centre, client, later):
    job, crew = centre.job(a_request(centre))
    later(20 * MINUTE)
    enter(client, crew)
    report(client, job, "Departed")
    job.refresh_from_db()
    first = job.departed_at
    wall = journal.clock.as_datetime(first - 10 * MINUTE).astimezone(region().calendar.zone).strftime("%H:%M")
    assert client.post(reverse("field:correct", args=[job.pk]), {"report": "Departed", "wall": wall}).status_code == 302
    told = {one.name: one for one in client.get(reverse("field:job", args=[job.pk])).context["told"]}
    assert told["Departed"].first == first
    assert told["Departed"].at < first


def wall_of(at):
    return journal.clock.as_datetime(at).astimezone(region().calendar.zone).strftime("%H:%M")


def test_nothing_happens_in_a_job_before_it_was_offered(centre, client, later):
    job, crew = centre.job(a_request(centre))
    offered = job.offered_at
    later(10 * MINUTE)
    enter(client, crew)
    client.cookies["django_language"] = "en"
    for said in ({"at": offered - 5 * MINUTE}, {"wall": wall_of(offered - 5 * MINUTE)}):
        answer = report(client, job, "Arrived", **said)
        assert answer.status_code == 409
        assert f"offered at {journal.clock.as_datetime(offered).astimezone(region().calendar.zone):%d-%m-%Y %H:%M}" in (
            answer.content.decode()
        )
    assert report(client, job, "Arrived").status_code == 302
    said = {"report": "Arrived", "wall": wall_of(offered - 5 * MINUTE)}
    assert client.post(reverse("field:correct", args=[job.pk]), said).status_code == 409
    job.refresh_from_db()
    assert job.arrived_at > offered and job.departed_at is None


def test_a_report_of_before_the_yes_was_heard_is_believed(centre, client, later):
    job, crew = an_offer(centre)
    later(5 * MINUTE)
    deployment.accept(deployment=job.pk, at=centre.now, by=centre.dispatcher)
    enter(client, crew)
    assert report(client, job, "Departed", at=job.offered_at + MINUTE).status_code == 302
    job.refresh_from_db()
    assert job.departed_at < job.accepted_at


def test_a_time_of_day_in_the_minute_of_the_offer_is_the_offer(centre, client, later):
    job, crew = centre.job(a_request(centre))
    later(5 * MINUTE)
    assert report(enter(client, crew), job, "Departed", wall=wall_of(job.offered_at)).status_code == 302
    job.refresh_from_db()
    assert job.departed_at == job.offered_at


def test_a_report_of_more_than_a_day_ago_is_refused_with_a_sentence(centre, client):
    job, crew = centre.job(a_request(centre))
    answer = report(enter(client, crew), job, "Departed", at=centre.now - 25 * HOUR)
    assert answer.status_code == 409
    job.refresh_from_db()
    assert job.departed_at is None


def test_a_crew_raises_the_urgency_asks_for_follow_up_and_writes_from_the_scene(centre, client):
    job, crew = centre.job(a_request(centre))
    enter(client, crew)
    client.post(reverse("field:raise_urgency", args=[job.pk]), {"urgency": "U1"})
    client.post(reverse("field:follow_up", args=[job.pk]), {"need": "home_nursing"})
    client.post(reverse("field:note", args=[job.pk]), {"note": "Sleutel bij de buren"})
    job.request.refresh_from_db()
    assert job.request.urgency is Urgency.U1
    assert FollowUp.objects.get().need is FollowUpKind.HOME_NURSING
    assert "Sleutel bij de buren" in client.get(reverse("field:job", args=[job.pk])).content.decode()


def test_an_offer_that_is_declined_leaves_the_list(centre, client):
    job, crew = an_offer(centre)
    enter(client, crew).post(reverse("field:decline", args=[job.pk]), {"reason": "break"})
    job.refresh_from_db()
    assert job.status is DeploymentStatus.DECLINED
    assert client.get(reverse("field:jobs")).context["lists"]["jobs"] == []


# ---------------------------------------------------------------- the unit


def test_a_crew_starts_a_shift_takes_a_break_comes_back_and_goes_home(centre, client):
    unit = Unit.objects.filter(kind="als", status="off_duty").first()
    crew = centre.person(Role.CREW, at=unit.organisation)
    mate = centre.person(Role.CREW, at=unit.organisation)
    enter(client, crew)
    page = client.get(reverse("field:jobs"), {"unit": unit.pk})
    assert {person.pk for person in page.context["people"]} >= {crew.person, mate.person}
    said = {"crew": [crew.person, mate.person], "until": "23:59"}
    assert client.post(reverse("field:start_shift", args=[unit.pk]), said).status_code == 302
    for name, more, status in (
        ("go_absent", {"reason": "rest"}, UnitStatus.ABSENT),
        ("come_back", {}, UnitStatus.ON_DUTY),
        ("end_shift", {}, UnitStatus.OFF_DUTY),
    ):
        assert client.post(reverse(f"field:{name}", args=[unit.pk]), more).status_code == 302
        unit.refresh_from_db()
        assert unit.status is status


def test_nobody_of_another_service_can_be_put_on_a_unit(centre, client):
    unit = Unit.objects.filter(kind="als", status="off_duty").first()
    crew = centre.person(Role.CREW, at=unit.organisation)
    said = {"crew": [crew.person, centre.triagist.person], "until": "23:59"}
    assert enter(client, crew).post(reverse("field:start_shift", args=[unit.pk]), said).status_code == 422
    other = Unit.objects.exclude(organisation=unit.organisation).first()
    assert client.post(reverse("field:start_shift", args=[other.pk]), said).status_code == 404


def test_a_shift_does_not_end_while_there_is_a_job_and_the_button_says_why(centre, client):
    job, crew = centre.job(a_request(centre))
    page = enter(client, crew).get(reverse("field:jobs"))
    assert page.context["units"][0].why_not_end is not None
    assert client.post(reverse("field:end_shift", args=[job.unit_id])).status_code == 409


def test_a_position_is_recorded_for_ones_own_unit_only(centre, client):
    row, crew = centre.unit()
    other, _ = centre.unit(UnitKind.GP_CAR)
    said = {"lat": 52.09, "lon": 5.23}
    enter(client, crew)
    assert client.post(reverse("field:position", args=[row.pk]), said).status_code == 204
    assert client.post(reverse("field:position", args=[other.pk]), said).status_code == 409
    row.refresh_from_db()
    assert (row.lat, row.lon) == (52.09, 5.23)


def test_the_number_of_queries_does_not_grow_with_the_jobs(centre, client, django_assert_max_num_queries):
    first, crew = centre.job(a_request(centre), Care.GP_VISIT, UnitKind.GP_CAR)
    for _ in range(4):
        deployment.offer(
            request=a_request(centre).pk, care=Care.GP_VISIT, unit=first.unit_id, at=centre.now, by=centre.dispatcher
        )
    enter(client, crew)
    with django_assert_max_num_queries(20):
        page = client.get(reverse("field:jobs"))
    assert len(page.context["lists"]["jobs"]) == 5


# ---------------------------------------------------------------- wrong input


@pytest.mark.parametrize(
    ("name", "said", "told"),
    [
        ("report", {}, "nothing came"),
        ("report", {"report": "Flown"}, "Flown"),
        ("report", {"report": "Departed", "at": "noon"}, ""),
        ("report", {"report": "Departed", "at": "9" * 40}, ""),
        ("report", {"report": "Departed", "wall": "25:61"}, "25:61"),
        ("report", {"report": "Departed\x00"}, "Departed"),
        ("correct", {"report": "Departed"}, "nothing came"),
        ("decline", {"reason": "because"}, "because"),
        ("cancel", {"reason": ""}, "nothing came"),
        ("raise_urgency", {"urgency": "U9"}, "U9"),
        ("follow_up", {"need": "magic"}, "magic"),
        ("note", {"note": ""}, "nothing came"),
        ("report", {"report": "Departed", "key": "k" * 65}, ""),
    ],
)
def test_wrong_input_gets_a_sentence(centre, client, name, said, told):
    job, crew = centre.job(a_request(centre))
    client.cookies["django_language"] = "en"
    answer = enter(client, crew).post(reverse(f"field:{name}", args=[job.pk]), said)
    assert answer.status_code == 422
    assert told in answer.content.decode()


@pytest.mark.parametrize("said", [{"lat": "nan", "lon": "5"}, {"lat": 91, "lon": 5}, {"lat": "x", "lon": ""}, {}])
def test_a_wrong_position_gets_a_sentence(centre, client, said):
    row, crew = centre.unit()
    assert enter(client, crew).post(reverse("field:position", args=[row.pk]), said).status_code == 422


def test_a_job_number_that_cannot_be_is_refused_and_not_an_error(centre, client):
    _row, crew = centre.unit()
    enter(client, crew)
    for key in (0, 10**9, 10**30):
        assert client.get(f"/field/job/{key}/").status_code == 409
        assert client.post(f"/field/job/{key}/report/", {"report": "Departed"}).status_code == 409
        assert client.post(f"/field/unit/{key}/end/", {}).status_code == 409
        assert client.post(f"/field/unit/{key}/start/", {}).status_code == 404
