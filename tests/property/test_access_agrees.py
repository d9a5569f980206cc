"""One rule of access, asked in four ways: of one request, of a query, of the live rows, of what the stream touches."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from doings import standing
from examples import examples, undone
from schakel.accounts.models import BrokenGlass, GlassReason, Membership, Organisation, Person
from schakel.domain import events as e
from schakel.domain.access import AFTERCARE, Category, Viewer, relations, sees
from schakel.domain.durations import HOUR, MINUTE
from schakel.domain.states import DeploymentStatus, FollowUpStatus, RequestStatus
from schakel.domain.vocabulary import Complaint, OrganisationKind, OverflowReason, Role, UnitKind
from schakel.operations import journal
from schakel.operations.models import CareRequest, Deployment, Duty, FollowUp, Unit
from schakel.operations.room import viewers_of
from schakel.operations.visibility import ties_of
from schakel.screens import lists
from schakel.screens.lists import Fetched, LiveList
from schakel.screens.tide import _Touched

pytestmark = pytest.mark.django_db

NOW = 1_800_000_000_000  # Friday 15 January 2027, nine o'clock in Amsterdam

#: An hour ago the windows of the night closed; a call in hand could be finished for twenty minutes.
CLOSED = NOW - HOUR
#: The moments at which the rule is asked: around the edges of the windows of `regions/midden-nederland.toml`.
ASKED = (NOW, CLOSED - 9 * HOUR - 1, CLOSED - 9 * HOUR, CLOSED - 1, CLOSED, CLOSED + 20 * MINUTE - 1,
         CLOSED + 20 * MINUTE)  # fmt: skip

#: Moments at which something could just have begun or ended.
AROUND = (NOW - 30 * HOUR, NOW - AFTERCARE - 1, NOW - AFTERCARE, NOW - AFTERCARE + 1, NOW - 1, NOW, NOW + 1, NOW + HOUR)
#: By their codes in the region: one shares the whole queue at night, one the psychiatric requests.
ORGANISATIONS = {
    "zcc": OrganisationKind.CENTRE,
    "ravu": OrganisationKind.RAV,
    "careyn": OrganisationKind.VVT,
    "hap-eemland": OrganisationKind.HAP,
    "altrecht": OrganisationKind.GGZ,
}
PEOPLE = 3

_organisation = st.integers(0, len(ORGANISATIONS) - 1)
_person = st.integers(0, PEOPLE - 1)
_unit = st.integers(0, 1)
_moment = st.sampled_from(AROUND)

_job = st.fixed_dictionaries(
    {"status": st.sampled_from(DeploymentStatus), "partner": _organisation, "unit": st.none() | _unit}
)
_task = st.fixed_dictionaries({"status": st.sampled_from(FollowUpStatus), "partner": st.none() | _organisation})
_glass = st.fixed_dictionaries({"person": _person, "until": _moment})
_request = st.fixed_dictionaries(
    {
        "status": st.sampled_from(RequestStatus),
        "owner": _organisation,
        "owner_offered": st.none() | _organisation,
        "closed_at": st.none() | _moment,
        "handler": st.none() | _person,
        "complaint": st.sampled_from((None, Complaint.PSYCHIATRIC, Complaint.CHEST_PAIN)),
        "overflow_until": st.none() | _moment,
        "jobs": st.lists(_job, max_size=3),
        "tasks": st.lists(_task, max_size=2),
        "glass": st.lists(_glass, max_size=2),
    }
)
_seat = st.fixed_dictionaries(
    {
        "person": _person,
        "organisation": _organisation,
        "role": st.just(Role.TRIAGIST) | st.sampled_from(Role),
        "starts": _moment,
        "ends": _moment,
    }
)
_duty = st.fixed_dictionaries({"person": _person, "unit": _unit, "starts": _moment, "ends": _moment})
worlds = st.fixed_dictionaries(
    {
        "now": st.sampled_from(ASKED),
        "requests": st.lists(_request, min_size=1, max_size=4),
        "seats": st.lists(_seat, max_size=6),
        "duties": st.lists(_duty, max_size=4),
    }
)


def _build(world) -> tuple[list[CareRequest], list[Viewer]]:
    now = world["now"]
    shift = now - NOW  # the moments of a world lie around the moment at which the rule is asked
    parties = [
        Organisation.objects.get_or_create(code=code, defaults={"name": code, "kind": kind})[0].pk
        for code, kind in ORGANISATIONS.items()
    ]
    people = [Person.objects.get_or_create(username=f"watcher{place}")[0].pk for place in range(PEOPLE)]
    units = [
        Unit.objects.get_or_create(
            callsign=f"T-{place}",
            defaults={"organisation_id": parties[1], "kind": UnitKind.ALS, "base_lat": 52.0, "base_lon": 5.0},
        )[0].pk
        for place in range(2)
    ]
    Membership.objects.bulk_create(
        Membership(
            person_id=people[one["person"]],
            organisation_id=parties[one["organisation"]],
            role=one["role"],
            starts_at=shift + min(one["starts"], one["ends"]),
            ends_at=shift + max(one["starts"], one["ends"]),
        )
        for one in world["seats"]
    )
    Duty.objects.bulk_create(
        Duty(
            unit_id=units[one["unit"]],
            person_id=people[one["person"]],
            starts_at=shift + one["starts"],
            ends_at=shift + one["ends"],
        )
        for one in world["duties"]
    )
    requests = []
    for one in world["requests"]:
        new = one["status"] is RequestStatus.NEW  # nothing is recorded of it yet, so nobody has to do with it
        row = CareRequest.objects.create(
            status=one["status"],
            owner_id=None if new else parties[one["owner"]],
            owner_offered_id=None if new or one["owner_offered"] is None else parties[one["owner_offered"]],
            closed_at=None if new or one["closed_at"] is None else shift + one["closed_at"],
            handler_id=None if new or one["handler"] is None else people[one["handler"]],
            complaint=None if new else one["complaint"],
            overflow=None if new or one["overflow_until"] is None else OverflowReason.WAIT,
            overflow_until=None if new or one["overflow_until"] is None else shift + one["overflow_until"],
        )
        requests.append(row)
        Deployment.objects.bulk_create(
            Deployment(
                request=row,
                status=job["status"],
                partner_id=parties[job["partner"]],
                unit_id=None if job["unit"] is None else units[job["unit"]],
            )
            for job in one["jobs"]
        )
        FollowUp.objects.bulk_create(
            FollowUp(
                request=row,
                status=task["status"],
                partner_id=None if task["partner"] is None else parties[task["partner"]],
            )
            for task in one["tasks"]
        )
        BrokenGlass.objects.bulk_create(
            BrokenGlass(
                person_id=people[glass["person"]],
                request=row.pk,
                reason=GlassReason.DANGER,
                words="asked in an emergency",
                at=shift + glass["until"] - HOUR,
                until=shift + glass["until"],
            )
            for glass in one["glass"]
        )
    return requests, list(viewers_of(people, now).values())


@examples(120)
@given(world=worlds)
def test_a_query_finds_exactly_what_the_rule_lets_see(db, world):
    with undone():
        requests, viewers = _build(world)
        now = world["now"]
        ties = ties_of(requests, now)
        for viewer in viewers:
            for category in Category:
                asked = {pk for pk, of in ties.items() if sees(viewer, of, category, now)}
                found = set(CareRequest.objects.visible_to(viewer, category, now).values_list("pk", flat=True))
                assert found == asked, (viewer, category)
                jobs = Deployment.objects.visible_to(viewer, category, now)
                assert set(jobs.values_list("request", flat=True)) <= asked
                tasks = FollowUp.objects.visible_to(viewer, category, now)
                assert set(tasks.values_list("request", flat=True)) <= asked


@examples(80)
@given(world=worlds)
def test_the_stream_touches_and_shows_exactly_what_the_rule_lets_see(db, world):
    live = LiveList(
        name="proof",
        template="",
        rows=lambda keys, now: [],
        shows=lambda viewer, row, ties, now: ties is not None and sees(viewer, ties, Category.LOGISTICS, now),
        sort=lambda row: "",
        keys=lambda event: (),
        prefix="request",
        request_of=lambda row: row,
    )
    with undone(), standing(world["now"]):
        requests, viewers = _build(world)
        now = world["now"]
        ties = ties_of(requests, now)
        told = [
            journal.Recorded(seq, e.Reassessed(at=now, request=row.pk), now, None, None, None)
            for seq, row in enumerate(requests, 1)
        ]
        touched = _Touched(told)
        fetched = Fetched({row.pk: row for row in requests}, ties, now)
        for viewer in viewers:
            asked = {pk for pk, of in ties.items() if sees(viewer, of, Category.LOGISTICS, now)}
            assert touched.seen_by(viewer) == asked
            assert set(touched.names(touched.seen_by(viewer))) == {f"request-{pk}" for pk in asked}
            assert set(lists.visible(live, fetched, viewer)) == asked
            mine = any(viewer.person in {p for p, _ in of.crews} | of.glass for of in ties.values())
            assert not mine or viewer.person in touched.people()


@examples(60)
@given(world=worlds)
def test_who_has_no_seat_sees_nothing_whatever_the_ties(db, world):
    with undone():
        requests, viewers = _build(world)
        now = world["now"]
        ties = ties_of(requests, now)
        for viewer in viewers:
            nobody = Viewer(viewer.person, frozenset())
            for category in Category:
                assert not any(sees(nobody, of, category, now) for of in ties.values())
                assert not CareRequest.objects.visible_to(nobody, category, now).exists()


@examples(60)
@given(world=worlds)
def test_who_has_no_relation_sees_nothing_whatever_the_roles(db, world):
    with undone():
        requests, viewers = _build(world)
        now = world["now"]
        for viewer in viewers:
            for of in ties_of(requests, now).values():
                if not relations(viewer, of, now):
                    assert not any(sees(viewer, of, category, now) for category in Category)


@examples(60)
@given(world=worlds)
def test_whoever_sees_more_sees_the_logistics_too(db, world):
    with undone():
        requests, viewers = _build(world)
        now = world["now"]
        for viewer in viewers:
            for of in ties_of(requests, now).values():
                if any(sees(viewer, of, category, now) for category in Category):
                    assert sees(viewer, of, Category.LOGISTICS, now)


@examples(80)
@given(world=worlds)
def test_who_was_looked_up_before_a_window_closed_has_nothing_of_it_afterwards(db, world):
    with undone():
        requests, before = _build(world)
        ties = ties_of(requests, NOW)
        after = viewers_of([viewer.person for viewer in before], NOW)
        for viewer in before:
            kept = Viewer(viewer.person, after[viewer.person].seats, viewer.guests)
            for category in Category:
                for of in ties.values():
                    late = sees(after[viewer.person], of, category, NOW)
                    assert sees(kept, of, category, NOW) == late, (viewer, category)
