"""The notation of timelines, and the counts."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from chronicle import any_event
from schakel.domain.events import EVENTS, Answered, Located
from schakel.indicators import Count, EventLog, Spread, read_timeline, write_timeline


def test_a_fact_of_another_event_of_the_same_subject_is_that_event_at_the_same_moment():
    log = read_timeline("09:00 answered 1 handler=4 lead=5 zone=zeist")
    at = 9 * 3_600_000
    assert list(log.events()) == [
        Answered(at=at, request=1, handler=4, lead=5),
        Located(at=at, request=1, zone="zeist"),
    ]


@pytest.mark.parametrize(
    ("line", "says"),
    [
        ("received 1", "a line begins with a time"),
        ("09:00 recieved 1", "did you mean 'received'?"),
        ("09:00 received", "comes the number of the request"),
        ("09:00 triaged 1 urgency=U9", "urgency is one of U0, U1"),
        ("09:00 arrived 1 urgency=U1", "'arrived' does not say 'urgency'; it says request, unit, place"),
        ("09:00 arrived 1 unit", "is written name=value"),
        ("09:00 arrived 1 unit=x", "unit is a number"),
    ],
)
def test_a_line_that_cannot_be_read_says_what_was_expected(line, says):
    with pytest.raises(ValueError, match="Line 2") as refused:
        read_timeline("\n" + line)
    assert says in str(refused.value)


@given(st.lists(st.sampled_from(EVENTS).flatmap(any_event), max_size=8))
def test_events_are_the_same_after_they_have_been_columns(events):
    log = EventLog.of(events)
    assert sorted(map(repr, log.events())) == sorted(map(repr, events))


def test_a_written_timeline_reads_as_the_same_log():
    text = """
        09:00         received   1  zone=zeist
        09:01:30      triaged    1  urgency=U1 reason=pain
        09:02:00.250  offered    5  request=1 unit=7 care=als partner=3 reply_by=9 ambulance_urgency=A1
        1d 00:12      arrived    5
        1d 00:13      positioned 7  lat=52.5 lon=5.25
    """
    once = write_timeline(read_timeline(text))
    assert write_timeline(read_timeline(once)) == once
    assert "1d 00:12      arrived                  5  request=1 unit=7" in once


def test_counts_add_up_and_a_share_of_nothing_is_not_known():
    assert Count(1, 2) + Count(3, 4) == Count(4, 6)
    assert Count(0, 0).share is None
    low, high = Count(95, 100).interval
    assert (round(low, 4), round(high, 4)) == (0.8882, 0.9785)


def test_a_percentile_is_the_shortest_length_within_which_that_share_falls():
    spread = Spread(range(1, 101))
    assert [spread.percentile(p) for p in (50, 95, 99)] == [50, 95, 99]
    assert Spread([1, 2]) + Spread([2], [5]) == Spread([1, 2, 2], [5])


def test_a_percentile_that_those_still_waiting_decide_is_not_known():
    assert Spread([10] * 9, [20]).percentile(95) is None
    assert Spread([10] * 9, [20]).percentile(90) == 10


def test_who_has_not_waited_long_yet_does_not_improve_a_percentile():
    """Nine people who have waited a second are not nine quick ones."""
    assert Spread([10_000], [1_000] * 9).percentile(50) == 10_000
