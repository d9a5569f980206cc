"""Reached within the norm."""

from schakel.domain.durations import MINUTE
from schakel.domain.vocabulary import Urgency
from schakel.indicators import Count, Spread, reached_within, response_times


def within_15(log):
    return reached_within(log, Urgency.U1, 15 * MINUTE)


def test_reached_at_the_very_minute_of_the_norm_is_in_time(spec):
    spec(
        log="""
            09:00         received  1  zone=zeist
            09:01         triaged   1  urgency=U1
            09:15         arrived   1
            10:00         received  2
            10:01         triaged   2  urgency=U1
            10:15:00.001  arrived   2
        """,
        indicator=within_15,
        expect=Count(hits=1, of=2),
    )


def test_a_request_still_waiting_is_a_miss_once_its_norm_has_passed(spec):
    """Leaving people waiting must never improve the figure."""
    spec(
        log="""
            09:00  received  1  zone=zeist
            09:01  triaged   1  urgency=U1
            09:05  received  2  zone=bunnik
            09:06  triaged   2  urgency=U1
            09:18  arrived   2
        """,
        until="10:00",
        indicator=within_15,
        expect=Count(hits=1, of=2),
    )


def test_a_request_still_waiting_is_not_counted_before_its_norm_has_passed(spec):
    spec(
        log="""
            09:50  received  1
            09:51  triaged   1  urgency=U1
        """,
        until="10:00",
        indicator=within_15,
        expect=Count(hits=0, of=0),
    )


def test_who_arrives_after_the_period_has_not_arrived_yet(spec):
    """A figure of last month does not know what happened this month."""
    spec(
        log="""
            09:50  received  1
            09:51  triaged   1  urgency=U1
            10:04  arrived   1
        """,
        until="10:00",
        indicator=within_15,
        expect=Count(hits=0, of=0),
    )


def test_the_clock_starts_when_the_call_is_answered(spec):
    spec(
        log="""
            09:00  rang      1
            09:02  answered  1
            09:03  triaged   1  urgency=U1
            09:16  arrived   1
        """,
        indicator=within_15,
        expect=Count(hits=1, of=1),
    )


def test_the_first_triage_decides_under_which_norm_a_request_falls(spec):
    """Lowering an urgency afterwards must not turn a miss into nothing."""
    spec(
        log="""
            09:00  received         1
            09:01  triaged          1  urgency=U1
            09:10  urgency_lowered  1  urgency=U3
            09:40  arrived          1
        """,
        indicator=within_15,
        expect=Count(hits=0, of=1),
    )


def test_the_first_of_two_units_stops_the_clock(spec):
    spec(
        log="""
            09:00  received  1
            09:01  triaged   1  urgency=U1
            09:20  arrived   11  request=1
            09:12  arrived   12  request=1
        """,
        indicator=within_15,
        expect=Count(hits=1, of=1),
    )


def test_closed_before_the_norm_had_passed_is_not_counted_and_after_it_is_a_miss(spec):
    """Nobody needed to come to the first. The second gave up after waiting too long."""
    spec(
        log="""
            09:00  received  1
            09:01  triaged   1  urgency=U1
            09:05  closed    1  reason=advice_given
            09:00  received  2
            09:01  triaged   2  urgency=U1
            09:25  closed    2  reason=withdrawn
        """,
        until="10:00",
        indicator=within_15,
        expect=Count(hits=0, of=1),
    )


def test_one_patient_with_two_requests_counts_once(spec):
    spec(
        log="""
            09:00  received  1
            09:01  triaged   1  urgency=U1
            09:02  received  2
            09:03  triaged   2  urgency=U1
            09:04  merged    2  merged_into=1
            09:14  arrived   1
        """,
        until="10:00",
        indicator=within_15,
        expect=Count(hits=1, of=1),
    )


def test_a_corrected_report_counts_at_the_right_time(spec):
    spec(
        log="""
            09:00  received          1
            09:01  triaged           1  urgency=U1
            09:19  arrived           1
            09:14  report_corrected  1  report=Arrived
        """,
        indicator=within_15,
        expect=Count(hits=1, of=1),
    )


def test_who_still_waits_is_in_the_spread_as_waiting_at_least_so_long(spec):
    spec(
        log="""
            09:00  received  1
            09:00  triaged   1  urgency=U1
            09:08  arrived   1
            09:30  received  2
            09:30  triaged   2  urgency=U1
        """,
        until="10:00",
        indicator=lambda log: response_times(log, Urgency.U1),
        expect=Spread(over=[8 * MINUTE], still=[30 * MINUTE]),
    )
