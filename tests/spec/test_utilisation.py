"""How much of their time units are busy."""

from schakel.domain.durations import HOUR, MINUTE
from schakel.indicators import Count, utilisation


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
