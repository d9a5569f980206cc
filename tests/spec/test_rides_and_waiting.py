"""Mobile care consults, answering and waiting."""

from schakel.domain.durations import MINUTE, SECOND
from schakel.domain.vocabulary import Urgency
from schakel.indicators import (
    Count,
    Spread,
    answered_within,
    handover_times,
    mobile_care_consults,
    waits_for_a_room,
    waits_for_a_unit,
)


def test_helped_on_the_spot_is_a_consult_and_taken_along_is_not(spec):
    spec(
        log="""
            09:00  offered            1  care=als ambulance_urgency=A1
            09:00  accepted           1
            09:10  arrived            1
            09:40  cleared            1
            10:00  offered            2  care=als ambulance_urgency=A2
            10:00  accepted           2
            10:10  arrived            2
            10:30  transport_started  2
            11:00  cleared            2
        """,
        indicator=mobile_care_consults,
        expect=Count(hits=1, of=2),
    )


def test_a_patient_whom_another_unit_drives_is_transported(spec):
    """A rapid responder and an ambulance are a chain of two units with one patient."""
    spec(
        log="""
            09:00  offered            11  request=1 care=rapid ambulance_urgency=A1
            09:00  accepted           11
            09:05  arrived            11
            09:15  offered            12  request=1 care=als ambulance_urgency=A1
            09:15  accepted           12
            09:30  arrived            12
            09:40  transport_started  12
            09:45  cleared            11
            10:10  cleared            12
        """,
        indicator=mobile_care_consults,
        expect=Count(hits=0, of=1),
    )


def test_planned_rides_empty_rides_and_unfinished_ones_are_not_counted(spec):
    spec(
        log="""
            09:00  offered    1  care=care_ambulance ambulance_urgency=B2
            09:00  accepted   1
            09:10  arrived    1
            09:40  cleared    1
            10:00  offered    2  care=als ambulance_urgency=A1
            10:00  accepted   2
            10:08  arrived    2
            10:12  cancelled  2  reason=no_patient
            10:20  offered    3  care=als ambulance_urgency=A1
            10:20  accepted   3
            10:28  arrived    3
        """,
        until="11:00",
        indicator=mobile_care_consults,
        expect=Count(hits=0, of=0),
    )


def test_a_call_is_answered_within_the_norm_or_it_is_not(spec):
    """The third gave up within the norm and is not counted; the fourth still rings, too long."""
    spec(
        log="""
            09:00:00  rang      1
            09:00:30  answered  1
            09:00:00  rang      2
            09:00:31  answered  2
            09:00:00  rang      3
            09:00:20  missed    3
            09:00:00  rang      4
        """,
        until="09:01",
        indicator=lambda log: answered_within(log, 30 * SECOND),
        expect=Count(hits=1, of=3),
    )


def test_calling_back_does_not_undo_that_somebody_gave_up(spec):
    spec(
        log="""
            09:00:00  rang      1
            09:00:40  missed    1
            09:05:00  answered  1
        """,
        until="10:00",
        indicator=lambda log: answered_within(log, 30 * SECOND),
        expect=Count(hits=0, of=1),
    )


def test_waiting_for_a_unit_is_over_when_somebody_accepts_and_goes_on_until_then(spec):
    spec(
        log="""
            09:00  received  1
            09:02  triaged   1  urgency=U2
            09:05  accepted  1  unit=7
            09:00  received  2
            09:02  triaged   2  urgency=U2
        """,
        until="09:30",
        indicator=lambda log: waits_for_a_unit(log, Urgency.U2),
        expect=Spread(over=[3 * MINUTE], still=[28 * MINUTE]),
    )


AT_PLACES = """
    09:00  reached_destination  1  place=4
    09:20  arrived              1
    09:30  cleared              1
    09:10  reached_destination  2  place=4
    09:10  reached_destination  3  unit=7 place=5
    09:25  handed_over          3
    09:30  cleared              3
    09:40  reached_destination  4  unit=8 place=6
    09:00  reached_destination  5  unit=9 place=5
    09:20  cleared              5
"""


def test_waiting_for_a_room_is_of_those_who_came_by_themselves(spec):
    spec(
        log=AT_PLACES, until="10:00", indicator=waits_for_a_room, expect=Spread(over=[20 * MINUTE], still=[50 * MINUTE])
    )


def test_a_hand_over_takes_from_the_door_and_one_that_nobody_reported_is_not_known(spec):
    spec(log=AT_PLACES, until="10:00", indicator=handover_times, expect=Spread(over=[15 * MINUTE], still=[20 * MINUTE]))


def test_one_place_is_told_by_itself(spec):
    spec(log=AT_PLACES, until="10:00", indicator=lambda log: handover_times(log, 6), expect=Spread(still=[20 * MINUTE]))
