"""Opening hours and rosters are wall-clock times; the clock jumps and holidays come."""

from __future__ import annotations

from datetime import date, datetime
from itertools import pairwise
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given
from hypothesis import strategies as st

from schakel.domain import region
from schakel.domain.durations import DAY, HOUR, MINUTE, SECOND
from schakel.domain.region.hours import Calendar, Hours, WrongHours, overlap, read_windows
from schakel.domain.vocabulary import Complaint, UnitKind, Urgency

AMSTERDAM = ZoneInfo("Europe/Amsterdam")
SHIFTS = {
    "day": Hours(7 * 60, 15 * 60, "day"),
    "evening": Hours(15 * 60, 23 * 60, "evening"),
    "night": Hours(23 * 60, 31 * 60, "night"),
}
CALENDAR = Calendar(AMSTERDAM, frozenset({date(2026, 4, 27), date(2026, 12, 25), date(2026, 12, 26)}))


def ms(text: str) -> int:
    """A wall-clock time in Amsterdam, or an instant when an offset is given."""
    moment = datetime.fromisoformat(text)
    return round((moment if moment.tzinfo else moment.replace(tzinfo=AMSTERDAM)).timestamp() * SECOND)


def windows(*texts: str):
    return [window for text in texts for window in read_windows(text, SHIFTS)]


HAP = windows("workdays 17:00-08:00", "weekend 08:00-08:00")
ROSTER = windows("daily day evening night")


@pytest.fixture(scope="module")
def midden_nederland():
    return region.load(region.find("midden-nederland"))


@pytest.mark.parametrize(
    ("moment", "is_open"),
    [
        ("2026-06-03 16:59:59.999", False),  # a Wednesday
        ("2026-06-03 17:00", True),
        ("2026-06-04 07:59:59.999", True),
        ("2026-06-04 08:00", False),
        ("2026-06-06 07:59", True),  # Saturday, the night of Friday
        ("2026-06-06 08:00", True),
        ("2026-06-07 13:00", True),
        ("2026-06-08 07:59", True),  # Monday, the night of Sunday
        ("2026-06-08 08:00", False),
    ],
)
def test_a_gp_post_is_open_outside_office_hours_to_the_millisecond(moment, is_open):
    assert CALENDAR.is_in(HAP, ms(moment)) is is_open


def test_a_bank_holiday_is_a_sunday():
    assert CALENDAR.is_in(HAP, ms("2026-04-27 12:00"))  # King's Day, a Monday
    assert CALENDAR.is_in(HAP, ms("2026-04-28 07:59"))
    assert not CALENDAR.is_in(HAP, ms("2026-04-28 08:00"))
    assert not CALENDAR.is_in(HAP, ms("2026-04-20 12:00"))  # an ordinary Monday


def test_the_eve_of_a_bank_holiday_is_still_a_workday():
    own = windows("workdays 08:00-17:00", "sunday 10:00-12:00")
    assert CALENDAR.is_in(own, ms("2026-12-24 16:59"))
    assert CALENDAR.is_in(own, ms("2026-12-25 11:00"))  # a Friday
    assert not CALENDAR.is_in(own, ms("2026-12-25 16:00"))


def test_a_holiday_on_a_saturday_has_the_hours_of_a_sunday():
    own = windows("saturday 08:00-20:00", "sunday 10:00-12:00")
    assert not CALENDAR.is_in(own, ms("2026-12-26 15:00"))
    assert CALENDAR.is_in(own, ms("2026-12-19 15:00"))


def test_a_night_shift_lasts_seven_hours_when_the_clock_goes_forward():
    shift = CALENDAR.current(ROSTER, ms("2026-03-29 01:00"))
    assert (shift.name, shift.end - shift.start) == ("night", 7 * HOUR)
    assert shift.end == ms("2026-03-29T07:00+02:00")


def test_a_night_shift_lasts_nine_hours_when_the_clock_goes_back():
    shift = CALENDAR.current(ROSTER, ms("2026-10-25 01:00"))
    assert (shift.name, shift.end - shift.start) == ("night", 9 * HOUR)
    assert shift.end == ms("2026-10-25T07:00+01:00")


def test_both_hours_that_the_clock_shows_twice_belong_to_the_night_shift():
    for moment in ("2026-10-25T02:30+02:00", "2026-10-25T02:30+01:00"):
        assert CALENDAR.current(ROSTER, ms(moment)).name == "night"


def test_opening_at_an_hour_that_does_not_exist_is_an_hour_late_on_the_clock_alone():
    own = windows("daily 02:30-06:00")
    assert CALENDAR.current(own, ms("2026-03-29T05:00+02:00")).start == ms("2026-03-29T01:30+00:00")
    assert not CALENDAR.is_in(own, ms("2026-03-29T01:29:59+00:00"))


def test_opening_at_an_hour_that_exists_twice_is_at_the_first_of_the_two():
    own = windows("daily 02:30-06:00")
    shift = CALENDAR.current(own, ms("2026-10-25T05:00+01:00"))
    assert shift.start == ms("2026-10-25T02:30+02:00")
    assert shift.end - shift.start == 4 * HOUR + 30 * MINUTE


@pytest.mark.parametrize("day", ["2026-03-28", "2026-10-24"])
def test_windows_that_join_on_paper_join_in_time_while_the_clock_jumps(day):
    own = windows("daily 00:00-02:30", "daily 02:30-24:00")
    start = ms(f"{day} 12:00")
    for minute in range(0, 36 * 60, 5):
        at = start + minute * MINUTE
        here = [w for w in own if CALENDAR.is_in([w], at)]
        assert len(here) == 1, datetime.fromtimestamp(at / SECOND, AMSTERDAM)


@pytest.mark.parametrize("day", ["2026-03-28", "2026-10-24"])
def test_a_gp_post_never_closes_in_the_weekend_that_the_clock_jumps(day):
    start = ms(f"{day} 00:00")
    assert all(CALENDAR.is_in(HAP, start + quarter * 15 * MINUTE) for quarter in range(4 * 52))


@given(st.integers(min_value=ms("2026-01-01 00:00"), max_value=ms("2028-01-01 00:00")))
def test_a_round_the_clock_roster_always_has_exactly_one_shift(at):
    assert sum(CALENDAR.is_in(windows(f"daily {name}"), at) for name in SHIFTS) == 1


@given(st.integers(min_value=ms("2026-01-01 00:00"), max_value=ms("2028-01-01 00:00")))
def test_the_next_opening_is_the_first_moment_that_a_window_starts(at):
    starts = CALENDAR.next_start(HAP, at)
    assert at < starts <= at + 2 * DAY
    assert CALENDAR.current(HAP, starts).start == starts
    assert CALENDAR.current(HAP, starts - 1) is None or CALENDAR.current(HAP, starts - 1).end == starts


def test_a_partner_that_never_opens_has_no_next_opening():
    assert CALENDAR.next_start([], ms("2026-06-03 12:00")) is None


# The region's own hours


def test_the_region_knows_when_a_partner_is_open_and_when_it_opens(midden_nederland):
    noon = ms("2026-06-03 12:00")
    assert not midden_nederland.is_open("hap-eemland", noon)
    assert midden_nederland.opens_at("hap-eemland", noon) == ms("2026-06-03 17:00")
    assert midden_nederland.is_open("altrecht", noon)
    assert midden_nederland.is_open("zcc", noon)


def test_the_virtual_desk_is_shared_at_night_and_in_the_weekend(midden_nederland):
    assert midden_nederland.shares_desk("hap-eemland", ms("2026-06-03 23:30"))
    assert not midden_nederland.shares_desk("hap-eemland", ms("2026-06-03 20:00"))
    assert midden_nederland.shares_desk("hap-eemland", ms("2026-06-06 20:00"))
    assert not midden_nederland.shares_desk("ravu", ms("2026-06-03 23:30"))


def test_windows_that_join_are_one_window_over_midnight_and_into_the_weekend(midden_nederland):
    def closes(moment):
        return midden_nederland.sits_in("hap-eemland", ms(moment)).closes

    assert closes("2026-06-03 23:00") == closes("2026-06-04 07:59:59.999") == ms("2026-06-04 08:00")
    assert closes("2026-06-06 03:00") == ms("2026-06-06 22:00")  # the night joins Saturday's hours
    assert midden_nederland.sits_in("hap-eemland", ms("2026-06-06 22:30")) is None
    assert closes("2026-06-06 23:30") == ms("2026-06-07 22:00")


@pytest.mark.parametrize(("day", "hours"), [("2026-03-28", 8), ("2026-10-24", 10), ("2026-06-03", 9)])
def test_a_window_in_the_night_that_the_clock_jumps_is_an_hour_shorter_or_longer(midden_nederland, day, hours):
    start = ms(f"{day} 23:00")
    assert midden_nederland.sits_in("hap-primair", start).closes == start + hours * HOUR
    assert midden_nederland.sits_in("hap-primair", start - 1) is None


def test_a_bank_holiday_has_the_window_of_a_sunday(midden_nederland):
    holiday = midden_nederland.sits_in("hap-eemland", ms("2027-04-27 12:00"))  # King's Day, a Tuesday
    assert holiday.closes == ms("2027-04-27 22:00")
    assert midden_nederland.sits_in("hap-primair", ms("2027-04-27 12:00")) is None


def test_after_the_window_there_is_time_to_finish_and_then_nothing(midden_nederland):
    closes = ms("2026-06-04 08:00")
    assert midden_nederland.sits_in("hap-eemland", closes) == (closes, closes + 20 * MINUTE, None)
    assert midden_nederland.sits_in("hap-eemland", closes + 20 * MINUTE - 1).finishes == closes + 20 * MINUTE
    assert midden_nederland.sits_in("hap-eemland", closes + 20 * MINUTE) is None
    assert midden_nederland.sits_in("altrecht", closes).complaints == {Complaint.PSYCHIATRIC}
    assert midden_nederland.sits_in("nobody-we-know", closes) is None


@given(st.integers(min_value=ms("2026-01-01 00:00"), max_value=ms("2028-01-01 00:00")))
def test_what_is_open_now_stays_open_until_the_moment_it_names(at):
    own = windows("daily 23:00-08:00", "weekend 08:00-22:00")
    closes = CALENDAR.open_until(own, at)
    assert (closes is not None) is CALENDAR.is_in(own, at)
    if closes is not None:
        assert not CALENDAR.is_in(own, closes)
        assert all(CALENDAR.is_in(own, moment) for moment in range(at, closes, 17 * MINUTE))
    else:
        ended = CALENDAR.last_end(own, at)
        assert CALENDAR.is_in(own, ended - 1) and not CALENDAR.is_in(own, ended)
        assert not any(CALENDAR.is_in(own, moment) for moment in range(ended, at, 17 * MINUTE))


def test_what_never_closes_names_no_moment():
    assert CALENDAR.open_until(windows("daily 00:00-24:00"), ms("2026-06-03 12:00")) is None


def test_kings_day_2027_is_a_holiday_of_the_region(midden_nederland):
    assert midden_nederland.is_open("hap-eemland", ms("2027-04-27 12:00"))


def test_a_unit_is_on_duty_until_the_end_of_its_shift(midden_nederland):
    unit = midden_nederland.unit["09-137"]
    assert unit.kind is UnitKind.ALS
    assert midden_nederland.on_duty(unit, ms("2026-06-03 07:00"))
    assert midden_nederland.shift(unit, ms("2026-06-03 07:00")).end == ms("2026-06-03 15:00")
    assert not midden_nederland.on_duty(unit, ms("2026-06-03 15:00"))
    assert not midden_nederland.on_duty(unit, ms("2026-06-06 12:00"))


def test_u5_is_due_at_the_end_of_the_next_working_day_holidays_skipped(midden_nederland):
    due = midden_nederland.due
    assert due(Urgency.U5, ms("2026-06-03 12:00")) == ms("2026-06-04 17:00")
    assert due(Urgency.U5, ms("2026-06-05 12:00")) == ms("2026-06-08 17:00")  # over the weekend
    assert due(Urgency.U5, ms("2026-12-24 12:00")) == ms("2026-12-28 17:00")  # over Christmas


def test_a_more_urgent_level_is_never_due_later(midden_nederland):
    for hour in range(24 * 14):
        since = ms("2026-12-20 00:00") + hour * HOUR
        dues = [midden_nederland.due(urgency, since) for urgency in Urgency]
        # A day may end after the next working day does; the other five never cross.
        assert all(a <= b for a, b in pairwise(dues[:5]))
        assert dues[0] == since


# How they are written


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("", "first the days"),
        ("someday 08:00-17:00", "first the days"),
        ("daily 8:00-17:00", "a time from 00:00"),
        ("daily 08:00", "a shift"),
        ("daily 08:60-17:00", "a time"),
        ("daily 08:00-25:00", "24:00"),
        ("daily 08:00-17:00-18:00", "a time"),
        ("daily 08:00 - 17:00", "a shift"),
        ("daily ٠٨:٠٠-17:00", "a time"),
    ],
)
def test_hours_that_say_nothing_are_refused_with_what_was_expected(text, expected):
    with pytest.raises(WrongHours, match=expected):
        read_windows(text, SHIFTS)


@pytest.mark.parametrize(
    "texts",
    [
        ["daily 08:00-17:00", "daily 16:59-18:00"],
        ["daily 23:00-08:00", "daily 07:00-09:00"],
        ["sunday 20:00-08:00", "monday 07:00-09:00"],
        ["daily 08:00-08:00", "monday 12:00-13:00"],
        ["workdays 17:00-08:00", "sunday 07:00-20:00"],  # a bank holiday after a workday
        ["sunday 20:00-08:00", "thursday 07:00-09:00"],  # a bank holiday before a Thursday
    ],
)
def test_windows_that_overlap_are_found_over_midnight_and_holidays_too(texts):
    assert overlap(windows(*texts))


@pytest.mark.parametrize(
    "texts",
    [
        ["daily 08:00-17:00", "daily 17:00-08:00"],
        ["workdays 17:00-08:00", "weekend 08:00-08:00"],
        ["daily day evening night"],
        ["saturday 08:00-24:00", "sunday 00:00-24:00"],
    ],
)
def test_windows_that_only_touch_do_not_overlap(texts):
    assert overlap(windows(*texts)) is None
