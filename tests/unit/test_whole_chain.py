"""What the whole chain does, shown on the smallest region in which it happens."""

from __future__ import annotations

from dataclasses import replace
from datetime import date

import numpy as np

from schakel.domain import events as e
from schakel.domain.durations import HOUR, MINUTE
from schakel.domain.region.model import Routing, RoutingRule
from schakel.domain.vocabulary import AmbulanceUrgency, Care, Complaint, PlaceKind, UnitKind, Urgency
from schakel.planning import reference
from schakel.planning.demand import ChainDemand, Demand, WalkIns, together
from schakel.planning.places import Place, StopRule
from schakel.planning.policies import Department, GoHome, Policy, destination
from schakel.planning.stops import with_stops
from schakel.planning.world import Answer, Unit, World

#: Three towns on a road, ten minutes apart (signals); no turn-out, no margin.
ROAD = np.abs(np.arange(3)[:, None] - np.arange(3)) * 10 * MINUTE


def a_region(*fleet, **more):
    return World(
        x=np.arange(3) * 10_000,
        y=np.zeros(3),
        signals_ms=ROAD,
        bases=np.arange(3),
        fleet=fleet,
        turn_out_ms=0,
        margin_ms=0,
        **more,
    )


def requests(*asked, **more):
    """Requests as (minute, care, urgency, zone), ten minutes on scene, and nobody taken along unless it is said."""
    size = len(asked)
    columns = {
        "at": [one[0] * MINUTE for one in asked],
        "handling": np.zeros(size),
        "zone": [one[3] for one in asked],
        "urgency": [one[2].rank for one in asked],
        "care": [tuple(Care).index(one[1]) for one in asked],
        "on_scene": np.full(size, 10 * MINUTE),
        "transported": np.zeros(size, dtype=bool),
        "handover": np.full(size, 5 * MINUTE),
        "clearing": np.zeros(size),
    }
    return ChainDemand(
        **{name: np.array(value) for name, value in (columns | more).items() if name != "walk_ins"},
        **{name: value for name, value in more.items() if name == "walk_ins"},
    )


def played(world, demand):
    """What happened, in order of time."""
    return list(reference.play(world, demand, Policy(GoHome())).events())


def of(events, kind, request=0):
    """The events of one kind about a request."""
    return [event for event in events if type(event) is kind and event.request == request]


def minute(events, kind, request=0):
    """When something first happened to a request."""
    return of(events, kind, request)[0].at / MINUTE


ALS = Unit(UnitKind.ALS, 0)
TAKEN = np.array([True])


# ---------------------------------------------------------------- which care


def by_rule(*care):
    rule = RoutingRule("all", frozenset(Urgency), frozenset(), care, None)
    return Routing("centre", "1", date(2026, 1, 1), False, (rule,))


def test_the_first_care_that_fits_and_that_somebody_can_give_is_chosen():
    """One GP: the second patient is sent to the post, which is closed for the third, who gets advice."""
    post = Place(PlaceKind.HAP, 1, ((0, 2),), hours=((0, 6 * MINUTE),))
    world = a_region(
        Unit(UnitKind.GP_CAR, 0), places=(post,), routing=by_rule(Care.GP_VISIT, Care.HAP_APPOINTMENT, Care.ADVICE)
    )
    complaint = [tuple(Complaint).index(Complaint.WOUND)] * 3
    demand = requests(*((at, Care.ALS, Urgency.U3, 0) for at in (0, 5, 8)), complaint=complaint)
    events = played(world, demand)
    chosen = [of(events, e.CareChosen, number)[0].care for number in range(3)]
    assert chosen == [Care.GP_VISIT, Care.HAP_APPOINTMENT, Care.ADVICE]


def test_when_nobody_can_give_it_the_patient_waits_for_what_fits_best():
    world = a_region(Unit(UnitKind.GP_CAR, 0), routing=by_rule(Care.GP_VISIT))
    demand = requests((0, Care.ALS, Urgency.U3, 0), (1, Care.ALS, Urgency.U3, 0), complaint=[0, 0])
    events = played(world, demand)
    assert of(events, e.CareChosen, 1)[0].care is Care.GP_VISIT
    assert minute(events, e.Accepted, 1) == 10


def test_danger_to_life_gets_an_ambulance_whatever_the_rule_says():
    world = a_region(ALS, Unit(UnitKind.GP_CAR, 0), routing=by_rule(Care.GP_VISIT))
    events = played(world, requests((0, Care.GP_VISIT, Urgency.U1, 0), complaint=[0]))
    assert of(events, e.CareChosen)[0].care is Care.ALS


def test_each_kind_of_care_takes_its_own_time():
    lengths = np.full((1, len(Care)), 10 * MINUTE)
    lengths[0, tuple(Care).index(Care.GP_VISIT)] = 25 * MINUTE
    events = played(
        a_region(Unit(UnitKind.GP_CAR, 0)), requests((0, Care.GP_VISIT, Urgency.U3, 0), on_scene_of=lengths)
    )
    assert minute(events, e.Cleared) == 25


# ---------------------------------------------------------------- places


def test_a_patient_waits_at_the_post_until_a_room_is_free():
    """Both live ten minutes away without signals, which takes 1/0.95 as long; a consult takes ten minutes."""
    world = a_region(places=(Place(PlaceKind.HAP, 1, ((0, 1),)),))
    events = played(world, requests(*((0, Care.HAP_APPOINTMENT, Urgency.U3, 0) for _ in range(2))))
    way = round(10 * MINUTE / 0.95) / MINUTE
    assert [minute(events, e.ReachedDestination, one) for one in (0, 1)] == [way, way]
    assert [minute(events, e.Arrived, one) for one in (0, 1)] == [way, way + 10]
    assert [minute(events, e.Closed, one) for one in (0, 1)] == [way + 10, way + 20]


def test_the_more_urgent_goes_first_and_who_is_in_a_room_stays():
    world = a_region(places=(Place(PlaceKind.HAP, 0, ((0, 1),)),))
    asked = [
        (at, Care.HAP_APPOINTMENT, urgency, 0) for at, urgency in ((0, Urgency.U4), (1, Urgency.U4), (2, Urgency.U2))
    ]
    events = played(world, requests(*asked))
    assert [minute(events, e.Arrived, one) for one in range(3)] == [0, 20, 10]


def test_more_rooms_get_staff_and_the_queue_is_shorter_at_once():
    world = a_region(places=(Place(PlaceKind.HAP, 0, ((0, 1), (4 * MINUTE, 2))),))
    events = played(world, requests(*((0, Care.HAP_APPOINTMENT, Urgency.U3, 0) for _ in range(2))))
    assert [minute(events, e.Arrived, one) for one in (0, 1)] == [0, 4]


def test_who_asks_before_the_post_opens_is_there_when_it_does():
    near, far = (Place(PlaceKind.HAP, zone, hours=((opens * HOUR, 20 * HOUR),)) for zone, opens in ((0, 3), (2, 2)))
    events = played(a_region(places=(near, far)), requests((0, Care.HAP_APPOINTMENT, Urgency.U4, 0)))
    assert of(events, e.Accepted)[0].place == 1
    assert minute(events, e.Arrived) == 120


def test_who_comes_by_themselves_takes_a_room_and_stays_out_of_the_log():
    world = a_region(places=(Place(PlaceKind.HAP, 0, ((0, 1),)),))
    beside = WalkIns(np.array([0]), np.array([0]), np.array([3]), np.array([30 * MINUTE]))
    events = played(world, requests((5, Care.HAP_APPOINTMENT, Urgency.U3, 0), walk_ins=beside))
    assert minute(events, e.Arrived) == 30
    assert {event.request for event in events if isinstance(event, e.RequestEvent)} == {0}


def test_a_crew_waits_with_its_patient_until_the_department_has_a_room():
    """The first stays an hour; the crew of the second hands over only then, and is away for as long."""
    world = a_region(ALS, ALS, places=(Place(PlaceKind.SEH, 0, ((0, 1),)),))
    demand = requests(
        *((at, Care.ALS, Urgency.U1, 0) for at in (0, 1)), transported=[True, True], stay=[60 * MINUTE, 60 * MINUTE]
    )
    events = played(world, demand)
    assert [minute(events, e.ReachedDestination, one) for one in (0, 1)] == [10, 11]
    assert [minute(events, e.HandedOver, one) for one in (0, 1)] == [15, 75]


def test_a_stop_sends_those_who_can_wait_to_the_next_department_and_nobody_else():
    stopped = Place(PlaceKind.SEH, 0, stops=((0, HOUR),))
    world = a_region(ALS, ALS, places=(stopped, Place(PlaceKind.SEH, 1)))
    demand = requests((0, Care.ALS, Urgency.U1, 0), (0, Care.ALS, Urgency.U2, 0), transported=[True, True])
    events = played(world, demand)
    assert [of(events, e.ReachedDestination, one)[0].place for one in (0, 1)] == [0, 1]


def test_where_all_are_on_stop_or_the_next_is_too_far_the_nearest_takes_the_patient():
    a2, rule = AmbulanceUrgency.A2, StopRule(detour_ms=15 * MINUTE)
    near, far = Department(5 * MINUTE, 0, True, True), Department(30 * MINUTE, 1, True, False)
    assert destination([near, far], a2, rule) == 0
    assert destination([near, far._replace(way_ms=20 * MINUTE)], a2, rule) == 1
    assert destination([near, far._replace(way_ms=20 * MINUTE, on_stop=True)], a2, rule) == 0
    assert destination([near._replace(is_open=False), far], AmbulanceUrgency.A1, rule) == 1
    assert destination([near._replace(is_open=False), far._replace(is_open=False)], a2, rule) == 0


def test_a_full_department_asks_ambulances_to_go_elsewhere():
    full = Place(PlaceKind.SEH, 0, full_at=1)
    beside = WalkIns(np.array([0]), np.array([0]), np.array([3]), np.array([HOUR]))
    world = a_region(ALS, places=(full, Place(PlaceKind.SEH, 1)))
    events = played(world, requests((0, Care.ALS, Urgency.U2, 0), transported=TAKEN, walk_ins=beside))
    assert of(events, e.ReachedDestination)[0].place == 1


def test_stops_are_drawn_as_many_as_are_asked_and_never_two_at_once():
    world = a_region(places=(Place(PlaceKind.SEH, 0), Place(PlaceKind.HAP, 1), Place(PlaceKind.SEH, 2)))
    drawn = with_stops(world, 0, 366 * 24 * HOUR, seed=1)
    stops = [place.stops for place in drawn.places]
    assert not stops[1]
    assert 500 < len(stops[0]) + len(stops[2]) < 700
    assert with_stops(world, 0, 366 * 24 * HOUR, seed=1).places == drawn.places


# ---------------------------------------------------------------- answers


GPS = (Unit(UnitKind.GP_CAR, 0), Unit(UnitKind.GP_CAR, 2))
HALF = {UnitKind.GP_CAR: Answer(500_000, 2 * MINUTE)}


def test_after_a_no_the_next_is_asked():
    """The nearest says no after two minutes; the other yes after two more, and drives twenty without signals."""
    events = played(a_region(*GPS, answers=HALF), requests((0, Care.GP_VISIT, Urgency.U3, 0), throws=[[0, 900_000]]))
    assert [(event.unit, event.at / MINUTE) for event in of(events, e.Declined)] == [(0, 2)]
    assert [(event.unit, event.at / MINUTE) for event in of(events, e.Accepted)] == [(1, 4)]


def test_when_everybody_has_said_no_the_first_of_them_is_sent():
    events = played(a_region(*GPS, answers=HALF), requests((0, Care.GP_VISIT, Urgency.U3, 0), throws=[[0, 0]]))
    assert [event.unit for event in of(events, e.Declined)] == [0, 1]
    assert [(event.unit, event.at / MINUTE) for event in of(events, e.Accepted)] == [(0, 4)]


def test_who_is_asked_is_reserved_and_looks_after_the_line_when_not_wanted():
    """While the only GP is asked for the first, the second waits in line; a no to the first is turned into an order."""
    world = a_region(GPS[0], answers=HALF)
    demand = requests(
        (0, Care.GP_VISIT, Urgency.U3, 0), (1, Care.GP_VISIT, Urgency.U3, 0), throws=[[900_000], [900_000]]
    )
    events = played(world, demand)
    assert [minute(events, e.Offered, one) for one in (0, 1)] == [0, 12]


def test_who_went_home_before_answering_says_no():
    gone = Unit(UnitKind.GP_CAR, 0, ((0, 10 * MINUTE), (HOUR, 2 * HOUR)))
    slow = {UnitKind.GP_CAR: Answer(0, 20 * MINUTE)}
    events = played(a_region(gone, answers=slow), requests((0, Care.GP_VISIT, Urgency.U3, 0)))
    assert [event.at / MINUTE for event in of(events, e.Declined)] == [20]
    assert [event.at / MINUTE for event in of(events, e.Offered)] == [0, 60]


# ---------------------------------------------------------------- two units for one patient

SECOND = [tuple(Care).index(Care.ALS)]
RAPID = Unit(UnitKind.RAPID, 0)


def test_the_first_to_come_treats_and_the_ambulance_drives():
    """The rapid responder comes at once. The patient could go after ten minutes, and goes with who comes at twenty."""
    world = a_region(RAPID, Unit(UnitKind.ALS, 2), hospitals=np.array([0]))
    events = played(world, requests((0, Care.RAPID, Urgency.U1, 0), second=SECOND, transported=TAKEN))
    assert [(event.unit, event.at / MINUTE) for event in of(events, e.Arrived)] == [(0, 0), (1, 20)]
    assert [(event.unit, event.at / MINUTE) for event in of(events, e.TransportStarted)] == [(1, 20)]
    assert {event.unit: event.at / MINUTE for event in of(events, e.Cleared)} == {0: 20, 1: 25}
    assert minute(events, e.Closed) == 25


def test_who_is_still_on_the_way_to_a_patient_who_needs_nobody_is_called_off():
    world = a_region(RAPID, Unit(UnitKind.ALS, 2))
    events = played(world, requests((0, Care.RAPID, Urgency.U1, 0), second=SECOND))
    assert [(event.unit, event.at / MINUTE) for event in of(events, e.Cancelled)] == [(1, 10)]
    assert minute(events, e.Closed) == 10


def test_a_second_unit_that_nobody_sent_yet_is_not_sent_any_more():
    world = a_region(RAPID, replace(ALS, shifts=((HOUR, 2 * HOUR),)))
    events = played(world, requests((0, Care.RAPID, Urgency.U1, 0), second=SECOND))
    assert len(of(events, e.Offered)) == 1
    assert minute(events, e.Closed) == 10


def test_a_rapid_responder_waits_for_the_ambulance_however_late_it_is():
    world = a_region(RAPID, replace(ALS, shifts=((HOUR, 2 * HOUR),)), hospitals=np.array([0]))
    events = played(world, requests((0, Care.RAPID, Urgency.U1, 0), second=SECOND, transported=TAKEN))
    assert {event.unit: event.at / MINUTE for event in of(events, e.Cleared)} == {0: 60, 1: 65}


# ---------------------------------------------------------------- neighbours, and traffic


def test_a_neighbour_is_asked_only_where_our_own_cannot_be_there_in_time():
    """The neighbour stands next door. Our own is twenty minutes away: too late for U1, and in time for U2."""
    world = a_region(Unit(UnitKind.ALS, 2), Unit(UnitKind.ALS, 0, neighbour=True, extra_ms=3 * MINUTE))
    for urgency, unit, arrives in ((Urgency.U1, 1, 3), (Urgency.U2, 0, round(20 / 0.95 * MINUTE) / MINUTE)):
        events = played(world, requests((0, Care.ALS, urgency, 0)))
        assert (of(events, e.Arrived)[0].unit, minute(events, e.Arrived)) == (unit, arrives)
        assert of(events, e.Offered)[0].partner == int(unit == 1), "the log tells who helped"


def test_a_drive_takes_as_long_as_the_traffic_of_the_hour_lets_it():
    world = a_region(ALS, pace=(1000, 1500))
    for at, takes in ((0, 10), (60, 15), (125, 10)):
        events = played(world, requests((at, Care.ALS, Urgency.U1, 1)))
        assert minute(events, e.Arrived) == at + takes


# ---------------------------------------------------------------- demand


def test_demands_that_say_more_and_less_are_put_together():
    less = requests((5, Care.ALS, Urgency.U1, 0))
    plain = Demand(**{name: getattr(less, name) for name in Demand.__dataclass_fields__})
    more = requests((0, Care.GP_VISIT, Urgency.U3, 1), throws=[[7]], complaint=[3])
    both = together(plain, more)
    assert both.throws.tolist() == [[7], [1_000_000]]
    assert both.complaint.tolist() == [3, -1]
    assert both.second is None
    assert not isinstance(together(plain, plain), ChainDemand)
    assert plain.is_plain and less.is_plain and not more.is_plain
