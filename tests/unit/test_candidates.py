"""Who: each reason at its edge, and the order of those who can."""

from __future__ import annotations

from dataclasses import replace
from datetime import date
from string import Formatter

import pytest

from schakel.domain import candidates as module
from schakel.domain.candidates import (
    Candidate,
    Due,
    Job,
    Member,
    PlaceCandidate,
    Search,
    Terms,
    WhyNot,
    rank,
    reach,
    span,
    why_not_ask,
    why_not_send,
)
from schakel.domain.durations import DAY, HOUR, MINUTE, SECOND
from schakel.domain.states import DeploymentStatus, UnitStatus
from schakel.domain.travel import Point
from schakel.domain.vocabulary import (
    AbsenceReason,
    AmbulanceUrgency,
    Care,
    DeclineReason,
    PlaceKind,
    UnitKind,
    Urgency,
)
from schakel.domain.vocabulary import Competence as C

NOW = 1_772_400_000_000  # 1 March 2026, 21:20 UTC
HOME = Point(52.0, 5.0)
PATIENT = Point(52.0, 5.0)


class Straight:
    """A land where every hundredth of a degree north takes a minute, and signals halve the time."""

    def between(self, start, end, signals):
        return self.from_many([start], end, signals)[0]

    def from_many(self, starts, end, signals):
        return [round(abs(start.lat - end.lat) * 100 * MINUTE / (2 if signals else 1)) for start in starts]


TERMS = Terms(
    travel=Straight(),
    position_shelf_life_ms=5 * MINUTE,
    turn_out_ms=MINUTE,
    visit_ms={UnitKind.GP_CAR: 30 * MINUTE},
    margin_ms=15 * MINUTE,
)

CREWS = {
    UnitKind.ALS: ({C.AMBULANCE_NURSE}, {C.AMBULANCE_DRIVER}),
    UnitKind.MCA: ({C.MCA_NURSE}, {C.AMBULANCE_DRIVER}),
    UnitKind.RAPID: ({C.AMBULANCE_NURSE},),
    UnitKind.RAPID_HAG: ({C.AMBULANCE_NURSE, C.GP_ACUTE},),
    UnitKind.GP_CAR: ({C.GP},),
    UnitKind.NURSE: ({C.DISTRICT_NURSE},),
}


def away(minutes: float) -> Point:
    """A point from which the way to the patient takes so many minutes without signals."""
    return Point(PATIENT.lat + minutes / 100, PATIENT.lon)


def people(*held: set[C]) -> tuple[Member, ...]:
    return tuple(Member(i, frozenset(one)) for i, one in enumerate(held))


def a_unit(kind: UnitKind = UnitKind.ALS, minutes: float = 10, **changes) -> Candidate:
    """A unit on duty, rested and complete, seen just now at so many minutes from the patient."""
    known = {
        "key": 1,
        "callsign": "09-101",
        "kind": kind,
        "organisation": 1,
        "status": UnitStatus.ON_DUTY,
        "base": HOME,
        "until": NOW + 8 * HOUR,
        "position": away(minutes),
        "positioned_at": NOW,
        "crew": people(*CREWS[kind]),
        "takes_requests": True,
    }
    return Candidate(**(known | changes))


def a_search(**changes) -> Search:
    known = {
        "terms": TERMS,
        "now": NOW,
        "point": PATIENT,
        "request": 7,
        "urgency": Urgency.U2,
        "ambulance_urgency": AmbulanceUrgency.A2,
        "response": Due(NOW + 30 * MINUTE, 30 * MINUTE),
        "waiting": Due(NOW + 60 * MINUTE, 60 * MINUTE),
    }
    return Search(**(known | changes))


def a_place(**changes) -> PlaceCandidate:
    known = {
        "key": 1,
        "name": "HAP Noord",
        "kind": PlaceKind.HAP,
        "organisation": 2,
        "point": away(20),
        "shelf_life": HOUR,
        "open_now": True,
        "free": 2,
        "measured_at": NOW - 10 * MINUTE,
    }
    return PlaceCandidate(**(known | changes))


def a_job(request: int = 99, status=DeploymentStatus.UNDER_WAY, urgency=AmbulanceUrgency.A2) -> Job:
    return Job(request, Care.ALS, urgency, status, NOW - 4 * MINUTE)


def why(one, care: Care = Care.ALS, **search) -> WhyNot | None:
    """The code of the reason, through the ranking."""
    ranking = rank([one], care, a_search(**search))
    assert len(ranking.can) + len(ranking.cannot) == 1
    return ranking.cannot[0].why if ranking.cannot else None


def told(one, care: Care = Care.ALS, **search) -> str:
    """The sentence."""
    return str(rank([one], care, a_search(**search)).cannot[0].reason)


def test_a_unit_that_can_go_has_no_reason():
    assert why_not_send(a_unit(), Care.ALS, a_search()) is None
    assert why(a_unit()) is None


# ---------------------------------------------------------------- each reason, at its edge


def test_a_unit_of_another_kind_is_not_meant_for_this_care():
    assert why(a_unit(UnitKind.GP_CAR)) is WhyNot.OTHER_KIND
    assert why(a_unit(UnitKind.ALS), Care.GP_VISIT) is WhyNot.OTHER_KIND


def test_a_unit_off_duty_cannot_go():
    assert why(a_unit(status=UnitStatus.OFF_DUTY)) is WhyNot.OFF_DUTY


@pytest.mark.parametrize("absence", AbsenceReason)
def test_a_unit_that_is_away_says_why(absence):
    one = a_unit(status=UnitStatus.ABSENT, absence_reason=absence)
    assert why(one) is WhyNot.ABSENT
    assert absence.label in told(one)


def test_a_unit_without_a_crew_says_so():
    assert why(a_unit(crew=())) is WhyNot.NOBODY


def test_an_incomplete_crew_names_who_is_lacking():
    one = a_unit(crew=people({C.AMBULANCE_NURSE}))
    assert why(one) is WhyNot.INCOMPLETE
    assert told(one).startswith("The crew is 1 of 2: ambulance driver missing.")


def test_one_nurse_who_may_also_drive_is_not_two_people():
    assert why(a_unit(crew=people({C.AMBULANCE_NURSE, C.AMBULANCE_DRIVER}))) is WhyNot.INCOMPLETE


def test_a_crew_without_the_competence_names_it():
    one = a_unit(crew=people({C.MCA_NURSE}, {C.AMBULANCE_DRIVER}))
    assert why(one) is WhyNot.NO_COMPETENCE
    assert "ambulance nurse is lacking" in told(one)
    assert why(one, Care.MCA) is None


def test_an_expired_certificate_is_not_offered_and_says_when_it_expired():
    nurse = Member(1, frozenset(), ((C.AMBULANCE_NURSE, NOW - DAY),))
    one = a_unit(crew=(nurse, *people({C.AMBULANCE_DRIVER})))
    assert why(one) is WhyNot.EXPIRED
    assert told(one).startswith("The certificate of ambulance nurse expired on 2026-02-28.")


def test_an_expired_certificate_that_would_not_have_helped_is_not_the_cause():
    driver = Member(1, frozenset({C.AMBULANCE_DRIVER}), ((C.GP, NOW - DAY),))
    assert why(a_unit(crew=(driver, *people({C.MCA_NURSE})))) is WhyNot.NO_COMPETENCE


def test_when_two_certificates_expired_the_first_that_helps_is_named():
    nurse = Member(1, frozenset(), ((C.GP, NOW - DAY), (C.AMBULANCE_NURSE, NOW - DAY)))
    driver = Member(2, frozenset(), ((C.AMBULANCE_DRIVER, NOW - 2 * DAY),))
    one = a_unit(crew=(nurse, driver))
    assert why(one) is WhyNot.EXPIRED
    assert "ambulance nurse" in told(one)


def test_the_day_a_certificate_expired_is_a_day_of_the_region():
    nurse = Member(1, frozenset(), ((C.AMBULANCE_NURSE, NOW - DAY),))
    terms = replace(TERMS, day=lambda at: date(2026, 3, 1))
    assert "2026-03-01" in told(a_unit(crew=(nurse, *people({C.AMBULANCE_DRIVER}))), terms=terms)


def test_a_rapid_responder_cannot_take_a_patient_along():
    rapid = a_unit(UnitKind.RAPID)
    assert why(rapid, Care.RAPID) is None
    assert why(rapid, Care.RAPID, transport=True) is WhyNot.NO_TRANSPORT
    assert why(a_unit(), Care.ALS, transport=True) is None


def test_a_unit_asked_for_this_patient_is_not_asked_again():
    one = a_unit(offers_open=1, jobs=(a_job(7, DeploymentStatus.OFFERED),))
    assert why(one) is WhyNot.ASKED
    assert told(one).startswith("Asked for this patient 4 min ago.")


def test_a_unit_that_has_this_patient_is_not_asked_again():
    assert why(a_unit(jobs_open=1, jobs=(a_job(7),))) is WhyNot.GOING


def test_a_visiting_gp_who_has_this_patient_is_not_asked_again():
    one = a_unit(UnitKind.GP_CAR, jobs_open=1, jobs=(Job(7, Care.GP_VISIT, None, DeploymentStatus.ACCEPTED, NOW),))
    assert why(one, Care.GP_VISIT) is WhyNot.GOING


def test_a_unit_asked_for_another_patient_is_reserved():
    assert why(a_unit(offers_open=1, jobs=(a_job(status=DeploymentStatus.OFFERED),))) is WhyNot.RESERVED


def test_a_unit_with_a_job_is_busy_and_says_with_what():
    one = a_unit(jobs_open=1, jobs=(a_job(),))
    assert why(one) is WhyNot.BUSY
    assert told(one).startswith("Busy with another patient (ALS ambulance, A2, under way), for 4 min.")


def test_a_job_that_is_not_in_the_snapshot_still_makes_busy():
    one = a_unit(jobs_open=1)
    assert why(one) is WhyNot.BUSY
    assert why(one, ambulance_urgency=AmbulanceUrgency.A0) is WhyNot.BUSY
    assert "job not known" in told(one)


@pytest.mark.parametrize("status", [DeploymentStatus.ACCEPTED, DeploymentStatus.UNDER_WAY])
def test_an_a0_may_take_a_unit_that_is_on_its_way_to_something_less_urgent(status):
    one = a_unit(jobs_open=1, jobs=(a_job(status=status, urgency=AmbulanceUrgency.A1),))
    assert why(one, ambulance_urgency=AmbulanceUrgency.A0) is WhyNot.TAKE
    assert why(one, ambulance_urgency=AmbulanceUrgency.A1) is WhyNot.BUSY


@pytest.mark.parametrize(
    "job", [a_job(urgency=AmbulanceUrgency.A0), a_job(status=DeploymentStatus.ON_SCENE)], ids=["a0", "on scene"]
)
def test_an_a0_takes_no_unit_from_another_a0_nor_from_a_patient_who_has_it(job):
    assert why(a_unit(jobs_open=1, jobs=(job,)), ambulance_urgency=AmbulanceUrgency.A0) is WhyNot.BUSY


def test_a_visiting_gp_holds_several_patients_up_to_the_limit():
    assert why(a_unit(UnitKind.GP_CAR, jobs_open=1), Care.GP_VISIT) is None
    almost = a_unit(UnitKind.GP_CAR, jobs_open=2, offers_open=1)
    assert why(almost, Care.GP_VISIT, urgency=Urgency.U4) is None
    full = a_unit(UnitKind.GP_CAR, jobs_open=3, offers_open=1)
    assert why(full, Care.GP_VISIT, urgency=Urgency.U4) is WhyNot.FULL_LIST
    assert "4 patients" in told(full, Care.GP_VISIT)


def test_who_said_no_for_this_patient_is_not_advised_again():
    refusals = {1: DeclineReason.BREAK}
    assert why(a_unit(), unit_refusals=refusals) is WhyNot.DECLINED
    assert "Break or end of shift" in told(a_unit(), unit_refusals=refusals)
    assert why(a_unit(), unit_refusals={1: None}) is WhyNot.NO_ANSWER
    assert why(a_unit(), unit_refusals={2: None}) is None


def test_without_the_place_of_the_patient_nobody_is_advised_to_go():
    assert why(a_unit(), point=None) is WhyNot.NO_PLACE_KNOWN


def test_a_shift_must_last_until_the_arrival_and_a_margin():
    arrival = NOW + 11 * MINUTE  # turn-out 1, way 10
    assert why(a_unit(until=arrival + 15 * MINUTE)) is None
    assert why(a_unit(until=arrival + 15 * MINUTE - 1)) is WhyNot.SHIFT_ENDS
    assert why(a_unit(until=None)) is None


def test_a_shift_that_is_over_is_too_short_whatever_the_position():
    assert why(a_unit(until=NOW, position=None, positioned_at=None)) is WhyNot.SHIFT_ENDS


def test_a_unit_whose_position_is_unknown_is_not_guessed_at_its_base():
    assert why(a_unit(position=None, positioned_at=None)) is WhyNot.NO_POSITION
    assert why(a_unit(positioned_at=None)) is WhyNot.NO_POSITION


def test_a_position_is_old_once_its_shelf_life_has_passed():
    assert why(a_unit(positioned_at=NOW - 5 * MINUTE)) is None
    one = a_unit(positioned_at=NOW - 5 * MINUTE - 1)
    assert why(one) is WhyNot.OLD_POSITION
    assert told(one).startswith("Its position is 6 min old.")


def test_a_unit_parked_at_its_base_stays_there_for_its_shift():
    parked = {"base": away(10), "positioned_at": NOW - 3 * HOUR}
    assert why(a_unit(**parked)) is None
    assert why(a_unit(**parked | {"base": away(10.001)})) is WhyNot.OLD_POSITION


def test_a_unit_that_left_its_base_since_is_not_parked_there():
    parked = {"base": away(10), "positioned_at": NOW - 3 * HOUR}
    assert why(a_unit(**parked, went_out_at=NOW - 2 * HOUR)) is WhyNot.OLD_POSITION
    assert why(a_unit(**parked, went_out_at=NOW - 4 * HOUR)) is None
    gp = a_unit(UnitKind.GP_CAR, **parked, jobs_open=1)
    assert why(gp, Care.GP_VISIT) is WhyNot.OLD_POSITION


def test_a_unit_beyond_the_useful_way_is_too_far():
    assert why(a_unit(minutes=89)) is None
    one = a_unit(minutes=89.01)
    assert why(one) is WhyNot.TOO_FAR
    assert told(one).startswith("91 min away, and beyond 90 min")


def test_a_closed_organisation_is_called_first_and_an_unknown_one_is_no_reason():
    assert why(a_unit(takes_requests=False)) is WhyNot.NOT_AT_THIS_HOUR
    assert why(a_unit(takes_requests=None)) is None


# ---------------------------------------------------------------- refusing an offer


@pytest.mark.parametrize(
    "changes",
    [
        {"position": None, "positioned_at": None},
        {"positioned_at": NOW - HOUR},
        {"until": NOW},
        {"position": away(500)},
        {"takes_requests": False},
    ],
    ids=str,
)
def test_what_is_only_advised_against_may_still_be_asked(changes):
    one = a_unit(**changes)
    assert why_not_send(one, Care.ALS, a_search()) is not None
    assert why_not_ask(one, Care.ALS, a_search()) is None


@pytest.mark.parametrize(
    "one",
    [
        a_unit(status=UnitStatus.OFF_DUTY),
        a_unit(crew=()),
        a_unit(jobs_open=1),
        a_unit(UnitKind.RAPID),
        a_place(),
        a_unit(positioned_at=None, until=NOW, offers_open=1),
    ],
    ids=lambda one: type(one).__name__,
)
def test_what_is_impossible_is_refused(one):
    assert why_not_ask(one, Care.ALS, a_search()) is not None


def test_an_unknown_place_of_the_patient_does_not_refuse_an_offer():
    assert why_not_ask(a_unit(), Care.ALS, a_search(point=None)) is None


# ---------------------------------------------------------------- the order


def names(ranking) -> list[str]:
    return [row.name for row in ranking.can]


def test_who_meets_the_norm_comes_before_who_does_not_and_the_nearest_before_the_farther():
    fleet = [
        a_unit(key=1, callsign="far", minutes=40),
        a_unit(key=2, callsign="near", minutes=5),
        a_unit(key=3, callsign="middle", minutes=20),
    ]
    ranking = rank(fleet, Care.ALS, a_search())
    assert names(ranking) == ["near", "middle", "far"]
    assert [row.meets_norm for row in ranking.can] == [True, True, False]
    assert str(ranking.can[0].reason) == "Nearest with ambulance nurse: 6 min, within the norm of 30 min."
    assert str(ranking.can[2].reason) == "With ambulance nurse: 41 min, after the norm of 30 min."


def test_the_norm_is_met_at_its_last_millisecond():
    [row] = rank([a_unit(minutes=29)], Care.ALS, a_search()).can
    assert row.meets_norm is True
    [row] = rank([a_unit(minutes=29)], Care.ALS, a_search(response=Due(NOW + 30 * MINUTE - 1, 30 * MINUTE))).can
    assert row.meets_norm is False


def test_without_a_norm_it_is_not_known_whether_it_is_met():
    [row] = rank([a_unit()], Care.ALS, a_search(response=None)).can
    assert row.meets_norm is None and not row.late
    assert str(row.reason) == "Nearest with ambulance nurse: 11 min."


def test_an_als_for_medium_care_comes_last_while_the_norm_is_met_and_says_what_it_costs():
    fleet = [a_unit(UnitKind.ALS, key=1, callsign="als", minutes=2), a_unit(UnitKind.MCA, key=2, callsign="mca")]
    ranking = rank(fleet, Care.MCA, a_search())
    assert names(ranking) == ["mca", "als"]
    assert ranking.can[0].warnings == ()
    assert "Weigh what the cover loses" in str(ranking.can[1].warnings[0])


def test_when_nobody_meets_the_norm_time_alone_counts():
    fleet = [a_unit(UnitKind.ALS, key=1, callsign="als", minutes=2), a_unit(UnitKind.MCA, key=2, callsign="mca")]
    assert names(rank(fleet, Care.MCA, a_search(response=Due(NOW, 30 * MINUTE)))) == ["als", "mca"]


def test_who_is_equally_near_on_the_screen_is_told_apart_by_the_load_and_then_by_the_name():
    terms = replace(TERMS, visit_ms={})
    fleet = [
        a_unit(UnitKind.GP_CAR, key=1, callsign="loaded", minutes=9.1, jobs_open=1),
        a_unit(UnitKind.GP_CAR, key=2, callsign="b", minutes=9.9),
        a_unit(UnitKind.GP_CAR, key=3, callsign="a", minutes=9.9),
    ]
    assert names(rank(fleet, Care.GP_VISIT, a_search(terms=terms))) == ["a", "b", "loaded"]


def test_a_load_does_not_outweigh_a_minute():
    fleet = [
        a_unit(UnitKind.GP_CAR, key=1, callsign="loaded", minutes=5, jobs_open=1),
        a_unit(UnitKind.GP_CAR, key=2, callsign="free", minutes=7),
    ]
    search = a_search(terms=replace(TERMS, visit_ms={}))
    assert names(rank(fleet, Care.GP_VISIT, search)) == ["loaded", "free"]


def test_a_patient_waits_for_those_whom_the_gp_has_in_hand():
    [row] = rank([a_unit(UnitKind.GP_CAR, minutes=5, jobs_open=1)], Care.GP_VISIT, a_search()).can
    assert row.eta_ms == (1 + 5 + 30) * MINUTE


@pytest.mark.parametrize("urgency", [AmbulanceUrgency.A0, AmbulanceUrgency.A1])
def test_an_a0_and_an_a1_are_driven_with_signals(urgency):
    [row] = rank([a_unit(minutes=10)], Care.ALS, a_search(ambulance_urgency=urgency)).can
    assert row.eta_ms == (1 + 5) * MINUTE


def test_a_gp_never_drives_with_signals():
    search = a_search(ambulance_urgency=AmbulanceUrgency.A1)
    [row] = rank([a_unit(UnitKind.GP_CAR, minutes=10)], Care.GP_VISIT, search).can
    assert row.eta_ms == (1 + 10) * MINUTE


def test_for_an_a0_the_nearest_comes_first_whatever_its_name():
    fleet = [a_unit(key=1, callsign="a", minutes=4.02), a_unit(key=2, callsign="z", minutes=4.0)]
    assert names(rank(fleet, Care.ALS, a_search(ambulance_urgency=AmbulanceUrgency.A0))) == ["z", "a"]


def test_the_others_stand_by_distance_and_the_unknown_last():
    fleet = [
        a_unit(key=1, callsign="nowhere", position=None),
        a_unit(key=2, callsign="far", minutes=30, status=UnitStatus.OFF_DUTY),
        a_unit(key=3, callsign="near", minutes=3, jobs_open=1),
    ]
    others = rank(fleet, Care.ALS, a_search()).cannot
    assert [row.name for row in others] == ["near", "far", "nowhere"]
    assert [row.eta_ms for row in others] == [4 * MINUTE, 31 * MINUTE, None]
    assert [row.name for row in others[:2]] == ["near", "far"] and others[-1].name == "nowhere"


def test_a_row_says_how_old_the_position_is_and_what_is_left_of_the_shift():
    [row] = rank([a_unit(positioned_at=NOW - 90 * SECOND, until=NOW + HOUR)], Care.ALS, a_search()).can
    assert (row.position_age_ms, row.remaining_ms) == (90 * SECOND, HOUR)


def test_the_first_of_two_units_may_be_a_rapid_responder_with_the_gp_training():
    trained = people({C.AMBULANCE_NURSE, C.GP_ACUTE})
    fleet = [
        a_unit(UnitKind.RAPID, key=1, callsign="trained", crew=trained),
        a_unit(UnitKind.RAPID, key=2, callsign="untrained"),
        a_unit(UnitKind.RAPID_HAG, key=3, callsign="hag", minutes=20),
    ]
    ranking = rank(fleet, Care.RAPID_HAG, a_search())
    assert names(ranking) == ["hag", "trained"]
    assert ranking.cannot[0].why is WhyNot.NO_COMPETENCE
    assert "Rapid HAG training" in str(ranking.cannot[0].reason)


def test_advice_has_nobody_to_choose_from():
    ranking = rank([a_unit(), a_place()], Care.ADVICE, a_search())
    assert (len(ranking.can), len(ranking.cannot)) == (0, 0)


# ---------------------------------------------------------------- places


def test_a_place_with_room_can_take_the_patient():
    [row] = rank([a_place()], Care.HAP_APPOINTMENT, a_search()).can
    assert (row.eta_ms, row.call_first, row.meets_norm) == (20 * MINUTE, False, True)
    assert str(row.reason) == "Reported 2 free 10 min ago, 0 sent since."


@pytest.mark.parametrize(
    "changes",
    [{"free": None}, {"free": None, "measured_at": None}, {"measured_at": NOW - HOUR - 1}, {"measured_at": None}],
    ids=str,
)
def test_unknown_is_neither_zero_nor_free_so_it_is_called_first(changes):
    [row] = rank([a_place(**changes)], Care.HAP_APPOINTMENT, a_search()).can
    assert row.call_first
    assert str(row.reason).endswith("Call first.")


def test_a_figure_counts_until_the_end_of_its_shelf_life():
    assert not rank([a_place(measured_at=NOW - HOUR + 1)], Care.HAP_APPOINTMENT, a_search()).can[0].call_first
    assert rank([a_place(measured_at=NOW - HOUR)], Care.HAP_APPOINTMENT, a_search()).can[0].call_first


def test_a_full_place_is_known_to_be_full_only_while_its_figure_is_fresh():
    assert why(a_place(free=0), Care.HAP_APPOINTMENT) is WhyNot.FULL
    assert why(a_place(free=0, measured_at=NOW - 2 * HOUR), Care.HAP_APPOINTMENT) is None
    assert why(a_place(free=2, promised=2), Care.HAP_APPOINTMENT) is WhyNot.FULL
    assert told(a_place(free=2, promised=2), Care.HAP_APPOINTMENT).startswith(
        "Reported 2 free 10 min ago, and 2 sent since."
    )
    assert why(a_place(free=2, promised=1), Care.HAP_APPOINTMENT) is None


def test_a_full_place_may_be_called_but_a_closed_one_cannot_be_asked():
    assert why_not_ask(a_place(free=0), Care.HAP_APPOINTMENT, a_search()) is None
    assert why(a_place(open_now=False), Care.HAP_APPOINTMENT) is WhyNot.SHUT
    assert why_not_ask(a_place(open_now=False), Care.HAP_APPOINTMENT, a_search()) is not None


def test_a_place_of_which_the_hours_are_unknown_is_not_closed():
    assert why(a_place(open_now=None), Care.HAP_APPOINTMENT) is None


def test_a_place_of_another_kind_makes_no_appointments_for_the_gp_post():
    assert why(a_place(kind=PlaceKind.SEH), Care.HAP_APPOINTMENT) is WhyNot.OTHER_KIND


def test_a_place_that_was_asked_or_said_no_is_not_advised_again():
    assert why(a_place(asked_for=frozenset({7})), Care.HAP_APPOINTMENT) is WhyNot.GOING
    assert why(a_place(), Care.HAP_APPOINTMENT, place_refusals={1: DeclineReason.NO_CAPACITY}) is WhyNot.DECLINED
    assert why(a_place(), Care.HAP_APPOINTMENT, place_refusals={1: None}) is WhyNot.NO_ANSWER


def test_a_place_with_room_comes_before_one_that_must_be_called_and_a_nearer_before_a_farther():
    places = [
        a_place(key=1, name="silent", free=None, point=away(1)),
        a_place(key=2, name="far", point=away(30)),
        a_place(key=3, name="near", point=away(10)),
    ]
    assert names(rank(places, Care.HAP_APPOINTMENT, a_search())) == ["near", "far", "silent"]


def test_a_place_can_be_asked_while_it_is_not_known_where_the_patient_is():
    [row] = rank([a_place()], Care.HAP_APPOINTMENT, a_search(point=None)).can
    assert row.meets_norm is None and not row.nearest


# ---------------------------------------------------------------- which care can be had, and the sentences


def test_reach_counts_whom_the_ranking_would_show():
    everybody = [
        a_unit(key=1, minutes=8),
        a_unit(key=2, minutes=4),
        a_unit(key=3, status=UnitStatus.OFF_DUTY),
        a_unit(UnitKind.MCA, key=4),
        a_place(),
    ]
    search = a_search(ambulance_urgency=AmbulanceUrgency.A1)
    found = reach(everybody, search)
    for care, seen in found.items():
        can = rank(everybody, care, search).can
        assert seen == (len(can), min((row.eta_ms for row in can), default=None)), care
    assert found[Care.ALS] == (2, 3 * MINUTE)
    assert Care.ADVICE not in found


def test_every_place_in_a_sentence_is_known_to_the_case():
    sentences = [why.label for why in WhyNot]
    sentences += [*module.WHY_HERE.values(), module.DEAR, module.FREE, module.SILENT, module.OLD_FIGURE]
    wanted = {name for text in sentences for _literal, name, *_rest in Formatter().parse(text) if name}
    assert wanted <= set(dir(module._Case))


@pytest.mark.parametrize(
    ("ms", "expect"),
    [
        (0, "0 min"),
        (1, "1 min"),
        (60_000, "1 min"),
        (119 * MINUTE, "119 min"),
        (2 * HOUR, "2 h"),
        (185 * MINUTE, "3 h 5 min"),
    ],
)
def test_a_length_of_time_is_told_in_whole_minutes_rounded_up(ms, expect):
    assert span(ms) == expect
