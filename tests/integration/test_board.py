"""The board: who sees which rows, how each row stands, and that nothing of a dossier is on it."""

from __future__ import annotations

import json

import pytest

from schakel.accounts.models import AccessEntry, Organisation
from schakel.board import lists
from schakel.domain.durations import HOUR, MINUTE
from schakel.domain.vocabulary import AbsenceReason, Care, Channel, Role, Source, UnitKind, Urgency, UrgencyReason
from schakel.operations import journal
from schakel.operations.actions import care_request, deployment, dossier, place, unit
from schakel.operations.models import CareRequest, Place, Unit
from schakel.operations.standing import Doing, Wait
from schakel.screens.lists import snapshot

pytestmark = pytest.mark.django_db


@pytest.fixture
def as_(client, centre):
    """A client that has logged in as somebody."""

    def log_in(viewer):
        client.force_login(centre.account(viewer), backend="allauth.account.auth_backends.AuthenticationBackend")
        return client

    return log_in


def of(viewer, live):
    """The keys of the rows that a viewer has on a list of the board."""
    shown = snapshot(viewer, [live.name]).lists[live.name]
    return {int(row.id.removeprefix(f"{live.prefix}-")) for row in shown}


def standing(request):
    """What the board says that a request waits for."""
    [row] = lists.requests({request.pk}, 0)
    return row.wait


def doing(row):
    """What the board says that a unit is doing."""
    [row] = lists.units({row.pk}, 0)
    return row.doing


def test_every_role_of_the_centre_sees_all_of_the_region(centre):
    request = centre.request()
    row, _crew = centre.unit()
    for viewer in (centre.triagist, centre.regiearts, centre.dispatcher, centre.coordinator, centre.lead):
        assert of(viewer, lists.REQUESTS) == {request.pk}
        assert of(viewer, lists.UNITS) == {row.pk}
        assert len(of(viewer, lists.PLACES)) == Place.objects.count()


def test_a_partner_sees_its_own_requests_and_units_and_all_places(centre):
    centre.request()
    asked = centre.request()
    job, _crew = centre.job(asked)
    other, _crew = centre.unit(UnitKind.GP_CAR)
    viewer = centre.person(Role.PARTNER, at=job.unit.organisation)
    assert of(viewer, lists.REQUESTS) == {asked.pk}
    assert of(viewer, lists.UNITS) == {job.unit_id} and other.organisation_id != job.unit.organisation_id
    assert len(of(viewer, lists.PLACES)) == Place.objects.count()


def test_who_has_no_role_on_the_board_sees_no_row(centre):
    centre.request()
    centre.unit()
    for viewer in (
        centre.person(),
        centre.privacy_officer,
        centre.person(Role.ADMINISTRATOR),
        centre.person(Role.CREW),
    ):
        assert [of(viewer, live) for live in (lists.REQUESTS, lists.UNITS, lists.PLACES)] == [set(), set(), set()]


def test_the_lists_cost_the_same_however_long_they_are(centre, django_assert_num_queries):
    for _ in range(4):
        centre.job(centre.request())
    with django_assert_num_queries(3):
        assert len(lists.requests(None, centre.now)) == 4
    with django_assert_num_queries(2):
        assert len(lists.units(None, centre.now)) == 4
    places = Place.objects.count()
    with django_assert_num_queries(1):
        assert len(lists.places(None, centre.now)) == places > 10


def test_a_request_says_what_it_waits_for_at_every_step(centre):
    ringing = CareRequest(pk=care_request.ring(channel=Channel.PHONE, at=centre.now, by=None))
    assert standing(ringing) is Wait.ANSWER
    request = centre.request(urgency=None)
    assert standing(request) is Wait.TRIAGE
    request = centre.request()
    assert standing(request) is Wait.CARE
    care_request.choose_care(request=request.pk, care=Care.ALS, at=centre.now, by=centre.triagist)
    assert standing(request) is Wait.CREW
    row, crew = centre.unit()
    job = deployment.offer(request=request.pk, care=Care.ALS, unit=row.pk, at=centre.now, by=centre.dispatcher)
    assert (standing(request), doing(row)) == (Wait.REPLY, Doing.RESERVED)
    deployment.accept(deployment=job, at=centre.now, by=crew)
    assert (standing(request), doing(row)) == (Wait.DEPARTURE, Doing.DISPATCHED)
    for report, wait, busy in (
        ("Departed", Wait.ARRIVAL, Doing.UNDER_WAY),
        ("Arrived", Wait.NOTHING, Doing.ON_SCENE),
        ("TransportStarted", Wait.NOTHING, Doing.TRANSPORTING),
        ("HandedOver", Wait.NOTHING, Doing.HANDED_OVER),
        ("Cleared", Wait.CLOSING, Doing.FREE),
    ):
        deployment.report(deployment=job, report=report, at=centre.now, by=crew)
        assert (standing(request), doing(row)) == (wait, busy)


def test_an_offer_must_be_answered_before_the_care_is_due(centre):
    request = centre.request(Urgency.U3)
    row, _crew = centre.unit()
    deployment.offer(request=request.pk, care=Care.ALS, unit=row.pk, at=centre.now, by=centre.dispatcher)
    [shown] = lists.requests({request.pk}, centre.now)
    assert shown.due == request.deployments.get().reply_by


def test_a_request_that_was_not_triaged_stands_after_u1_and_before_u2(centre):
    rows = {urgency: centre.request(urgency) for urgency in (Urgency.U5, Urgency.U2, None, Urgency.U1)}
    found = sorted(lists.requests(None, centre.now), key=lists.request_sort)
    assert [row.pk for row in found] == [rows[u].pk for u in (Urgency.U1, None, Urgency.U2, Urgency.U5)]


def test_a_new_urgency_shows_on_the_unit_that_goes(centre):
    request = centre.request(Urgency.U3)
    job, _crew = centre.job(request)
    care_request.raise_urgency(
        request=request.pk, urgency=Urgency.U1, reason=UrgencyReason.WORSENING, at=centre.now, by=centre.triagist
    )
    raised = journal.after(0)[-1].event
    assert job.unit_id in list(lists.units_of(raised))


def test_a_unit_that_is_away_says_why_and_one_off_duty_is_not_there(centre):
    row, crew = centre.unit()
    unit.go_absent(unit=row.pk, reason=AbsenceReason.REST, at=centre.now, by=crew)
    assert doing(row) is Doing.ABSENT
    unit.come_back(unit=row.pk, at=centre.now, by=crew)
    unit.end_shift(unit=row.pk, at=centre.now, by=crew)
    assert row.pk not in {one.pk for one in lists.units(None, centre.now)}


def test_unknown_looks_unlike_zero(centre):
    seh = Place.objects.filter(kind="seh").first()
    html = {row.id: row.html for row in snapshot(centre.dispatcher, [lists.PLACES.name]).lists[lists.PLACES.name]}
    assert "not-known" in html[f"board-place-{seh.pk}"]
    place.report_capacity(place=seh.pk, free=0, source=Source.PERSON, at=centre.now, by=centre.lead)
    html = {row.id: row.html for row in snapshot(centre.dispatcher, [lists.PLACES.name]).lists[lists.PLACES.name]}
    shown = html[f"board-place-{seh.pk}"]
    seh.refresh_from_db()
    assert "not-known" not in shown and f'data-stale-at="{seh.measured_at + seh.shelf_life}"' in shown


def test_nothing_of_a_dossier_is_on_the_board(as_, centre):
    request = centre.request()
    secrets = {"callback": "0306301234", "street": "Slotlaan", "name": "Wilhelmina Proefpersoon"}
    for field, value in secrets.items():
        dossier.write(request=request.pk, field=field, value=value, at=centre.now, by=centre.triagist)
    lines = AccessEntry.objects.count()
    body = as_(centre.dispatcher).get("/board/").content.decode()
    assert f"board-request-{request.pk}" in body
    assert not [value for value in secrets.values() if value in body]
    assert AccessEntry.objects.count() == lines


def test_the_request_stands_at_the_point_of_its_zone_and_nowhere_nearer(centre):
    from schakel.operations.current_region import region

    request = centre.request(zone="zeist")
    [shown] = snapshot(centre.dispatcher, [lists.REQUESTS.name]).lists[lists.REQUESTS.name]
    point = region().zone["zeist"].point
    assert f'data-lat="{point.lat}" data-lon="{point.lon}"' in shown.html and str(request.pk) in shown.id


def test_a_position_carries_when_it_turns_stale(centre):
    row, _crew = centre.unit()
    [shown] = snapshot(centre.dispatcher, [lists.UNITS.name]).lists[lists.UNITS.name]
    row.refresh_from_db()
    assert f'data-position-stale-at="{row.positioned_at + 5 * MINUTE}"' in shown.html


def test_a_shift_that_ends_at_another_day_says_its_date(centre):
    row, _crew = centre.unit(hours=30)
    [shown] = lists.units({row.pk}, centre.now)
    assert shown.until - centre.now > 29 * HOUR


def test_the_outlines_have_names_and_are_for_who_may_see_the_board(as_, centre):
    response = as_(centre.dispatcher).get("/board/outlines.geojson")
    drawing = json.loads(response.content)
    assert len(drawing["features"]) == 26
    assert all(area["properties"]["name"] and area["properties"]["label_lat"] for area in drawing["features"])
    assert "private" in response["Cache-Control"]
    again = as_(centre.dispatcher).get("/board/outlines.geojson", headers={"If-None-Match": response["ETag"]})
    assert again.status_code == 304
    assert as_(centre.privacy_officer).get("/board/outlines.geojson").status_code == 403


def test_the_wall_has_no_row_that_the_board_has_not(as_, centre):
    centre.job(centre.request())
    client = as_(centre.triagist)
    plain, wall = client.get("/board/").content.decode(), client.get("/board/?wall=1").content.decode()
    assert 'class="desk board wall"' in wall and 'class="desk board"' in plain
    for name in ("board-request-", "board-unit-", "board-place-"):
        assert wall.count(f'id="{name}') == plain.count(f'id="{name}') > 0


def test_a_partner_of_another_region_part_sees_no_unit_of_its_neighbour(centre):
    centre.unit(UnitKind.ALS)
    for organisation in Organisation.objects.exclude(pk__in=Unit.objects.values("organisation")):
        assert of(centre.person(Role.PARTNER, at=organisation), lists.UNITS) == set()
