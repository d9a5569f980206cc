"""How much of their time units are busy."""

from schakel.domain.durations import HOUR, MINUTE
from schakel.indicators import Count, overtime, utilisation


def test_busy_is_from_acceptance_to_clearing(spec):
    spec(
        log="""
            08:00  shift_started  7
            09:00  accepted       1  unit=7
            10:00  cleared        1
            16:00  shift_ended    7
        """,
        until="17:00",
        indicator=utilisation,
        expect=Count(hits=1 * HOUR, of=8 * HOUR),
    )


def test_work_after_the_shift_counts_as_busy_and_as_duty(spec):
    spec(
        log="""
            08:00  shift_started  7
            15:30  accepted       1  unit=7
            16:00  shift_ended    7
            16:30  cleared        1
        """,
        until="17:00",
        indicator=utilisation,
        expect=Count(hits=1 * HOUR, of=8 * HOUR + 30 * MINUTE),
    )


def test_two_patients_in_hand_are_one_busy_unit(spec):
    spec(
        log="""
            08:00  shift_started  7
            09:00  accepted       1  unit=7
            09:30  accepted       2  unit=7
            10:00  cleared        1
            10:30  cleared        2
        """,
        until="12:00",
        indicator=utilisation,
        expect=Count(hits=90 * MINUTE, of=4 * HOUR),
    )


def test_what_began_before_the_log_counts_from_the_start_of_the_period(spec):
    spec(
        log="""
            09:30  cleared        1  unit=7
            10:00  shift_ended    7
        """,
        since="09:00",
        until="12:00",
        indicator=utilisation,
        expect=Count(hits=30 * MINUTE, of=1 * HOUR),
    )


def test_a_job_that_is_taken_away_ends_there(spec):
    spec(
        log="""
            08:00  shift_started  7
            09:00  accepted       1  unit=7
            09:10  preempted      1
        """,
        until="10:00",
        indicator=utilisation,
        expect=Count(hits=10 * MINUTE, of=2 * HOUR),
    )


def test_overtime_is_from_the_planned_end_until_the_crew_is_home(spec):
    spec(
        log="""
            08:00  shift_started  7  until=57600000
            16:40  shift_ended    7
            08:00  shift_started  8  until=57600000
            16:00  shift_ended    8
        """,
        until="18:00",
        indicator=overtime,
        expect=Count(hits=40 * MINUTE, of=16 * HOUR + 40 * MINUTE),
    )


def test_who_is_not_home_yet_has_overtime_so_far_and_who_began_before_the_log_none_that_is_known(spec):
    """Unit 7 began at eight and was to go home at four; of unit 8 only the end is known."""
    spec(
        log="""
            08:00  shift_started  7  until=57600000
            16:20  shift_ended    8
        """,
        until="17:00",
        indicator=overtime,
        expect=Count(hits=1 * HOUR, of=9 * HOUR + 16 * HOUR + 20 * MINUTE),
    )
