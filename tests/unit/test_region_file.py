"""The region's file: the real one is right, and every way to spoil it is refused with a sentence that helps."""

from __future__ import annotations

import json
import shutil
from collections import Counter
from datetime import UTC, datetime
from pathlib import Path
from typing import NamedTuple

import pytest

from schakel.domain import region
from schakel.domain.durations import HOUR, MINUTE, SECOND
from schakel.domain.region import NEXT_WORKING_DAY
from schakel.domain.travel import Estimate, Matrix
from schakel.domain.vocabulary import (
    AmbulanceUrgency,
    Care,
    Complaint,
    EscalationLevel,
    OrganisationKind,
    PlaceKind,
    UnitKind,
    Urgency,
)

FILE = region.find("midden-nederland")
TOML = "midden-nederland.toml"
ZONES = "midden-nederland.zones.csv"


@pytest.fixture(scope="module")
def midden_nederland():
    return region.load(FILE)


def a_copy(folder: Path, old: str = "", new: str = "", file: str = TOML) -> Path:
    """The real region in another folder, with one thing changed."""
    for name in (TOML, ZONES, "midden-nederland.geojson"):
        shutil.copy(FILE.parent / name, folder / name)
    text = (folder / file).read_text("utf-8")
    assert old in text, f"{old!r} stands in {file}"
    (folder / file).write_text(text.replace(old, new, 1), "utf-8")
    return folder / TOML


# What the real file says


def test_the_real_file_has_nothing_wrong_with_it():
    assert region.check(FILE) == []


def test_the_zones_add_up_to_the_inhabitants_of_the_region(midden_nederland):
    assert sum(zone.inhabitants for zone in midden_nederland.zones) == midden_nederland.inhabitants == 1_307_000


def test_every_one_of_26_municipalities_has_a_zone(midden_nederland):
    names = {town.name for town in midden_nederland.municipalities}
    assert len(names) == len(midden_nederland.municipalities) == 26
    assert {zone.municipality for zone in midden_nederland.zones} == names


def test_no_zone_holds_more_than_one_in_twenty_inhabitants(midden_nederland):
    assert 80 <= len(midden_nederland.zones) <= 100
    assert max(zone.inhabitants for zone in midden_nederland.zones) < 1_307_000 / 20


def test_there_are_five_emergency_departments_and_21_ambulance_stations(midden_nederland):
    assert sum(place.kind is PlaceKind.SEH for place in midden_nederland.places) == 5
    stations = [base.pc4 for base in midden_nederland.bases if base.organisation == "ravu"]
    assert len(stations) == len(set(stations)) == 21


def test_the_fleet_has_50_ambulances_on_a_workday_by_day_and_31_in_the_other_shifts_on_average(midden_nederland):
    als = [unit for unit in midden_nederland.units if unit.kind is UnitKind.ALS]
    monday = region.Calendar.instant(midden_nederland.calendar, datetime(2026, 6, 1, tzinfo=UTC).date(), 0)
    on_duty = []
    for shift in range(21):
        at = monday + (11 + 8 * shift) * HOUR
        on_duty.append(sum(midden_nederland.on_duty(unit, at) for unit in als))
    by_day = on_duty[0:15:3]
    assert by_day == [50] * 5
    assert (sum(on_duty) - sum(by_day)) / 16 == 31


def test_every_station_has_an_ambulance_at_every_hour(midden_nederland):
    night = int(datetime(2026, 6, 7, 2, tzinfo=UTC).timestamp() * SECOND)
    awake = {u.base for u in midden_nederland.units if u.kind is UnitKind.ALS and midden_nederland.on_duty(u, night)}
    assert awake == {base.id for base in midden_nederland.bases if base.organisation == "ravu"}


def test_every_kind_of_unit_drives_somewhere(midden_nederland):
    counted = Counter(unit.kind for unit in midden_nederland.units)
    assert set(counted) == set(UnitKind)
    assert len({unit.callsign for unit in midden_nederland.units}) == len(midden_nederland.units) == 107


def test_every_sub_region_has_a_gp_post_mental_health_care_and_district_nurses(midden_nederland):
    for part in midden_nederland.subregions:
        kinds = {one.kind for one in midden_nederland.organisations if part.id in one.subregions}
        assert {OrganisationKind.HAP, OrganisationKind.GGZ, OrganisationKind.VVT} <= kinds, part.name


def test_the_norms_are_whole_milliseconds(midden_nederland):
    norms = midden_nederland.norms
    assert norms.response_ms[AmbulanceUrgency.A1] == 15 * MINUTE
    assert norms.waiting_ms[Urgency.U3] == 180 * MINUTE
    assert norms.waiting_ms[Urgency.U5] is NEXT_WORKING_DAY
    assert norms.takeover_grace_ms == 20 * SECOND
    assert norms.escalation_ms[EscalationLevel.PARTNER] == 30 * MINUTE
    assert norms.reply_ms.keys() == set(Care) - {Care.ADVICE}


def test_the_hourly_weights_give_the_three_published_shares_of_gp_contacts(midden_nederland):
    hours = midden_nederland.demand.hap_hours
    assert 5 * (hours.share(0, 18) + hours.share(0, 19)) == pytest.approx(0.123, abs=0.001)
    assert 2 * (hours.share(5, 10) + hours.share(5, 11)) == pytest.approx(0.101, abs=0.001)
    assert 2 * (hours.share(5, 4) + hours.share(5, 5)) == pytest.approx(0.0085, abs=0.0005)


def test_demand_per_hour_adds_up_to_the_year(midden_nederland):
    demand = midden_nederland.demand
    monday = midden_nederland.calendar.instant(datetime(2026, 6, 1, tzinfo=UTC).date(), 0)
    week = sum(midden_nederland.per_hour(demand.urgent_hours, 84_160, monday + hour * HOUR) for hour in range(7 * 24))
    assert week * 365.25 / 7 == pytest.approx(84_160)


def test_the_outlines_are_26_sketches_that_say_so(midden_nederland):
    sketch = json.loads(midden_nederland.outlines.read_text("utf-8"))
    towns = {feature["properties"]["municipality"] for feature in sketch["features"]}
    assert towns == {town.name for town in midden_nederland.municipalities}
    assert "not the legal borders" in sketch["properties"]["note"]
    assert midden_nederland.outlines.stat().st_size < 150_000


# What it answers


def test_a_rule_for_the_complaint_goes_before_the_fallback(midden_nederland):
    routing = midden_nederland.routing
    assert routing.rule(Urgency.U3, Complaint.PSYCHIATRIC).care[0] is Care.CRISIS_TEAM
    assert routing.rule(Urgency.U3, Complaint.COUGH).id == "u3"
    assert routing.rule(Urgency.U3, None).id == "u3"


def test_every_urgency_and_complaint_has_a_rule_with_a_reason(midden_nederland):
    for urgency in Urgency:
        for complaint in (None, *Complaint):
            assert midden_nederland.routing.rule(urgency, complaint).reason


def test_the_routing_says_that_it_is_not_validated(midden_nederland):
    assert midden_nederland.routing.validated is False


def test_the_region_is_found_by_name_from_any_folder(tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    assert region.find("midden-nederland") == FILE


def test_a_region_in_the_folder_here_goes_before_the_one_that_came_along(tmp_path, monkeypatch):
    (tmp_path / "regions").mkdir()
    monkeypatch.chdir(tmp_path)
    here = a_copy(tmp_path / "regions")
    assert region.find("midden-nederland") == here


@pytest.mark.parametrize("name", ["nowhere", "../pyproject", "", "/etc/passwd"])
def test_a_name_that_is_no_region_is_not_found(name):
    with pytest.raises(FileNotFoundError, match="No region"):
        region.find(name)


def test_a_region_without_a_matrix_estimates(midden_nederland):
    assert midden_nederland.travel == Estimate()


# What is refused


class Wrong(NamedTuple):
    """One way to spoil the file, and what the sentence about it must say."""

    old: str
    new: str
    key: str
    expected: str
    came: str
    file: str = TOML
    about: str = TOML  # the file that the sentence names


ZONE = "oog-in-al,Oog in Al,Utrecht,utrecht-stad,52.0864,5.0847,"

WRONG = {
    # the file itself
    "broken syntax": Wrong('code = "MN"', "code = MN", "line 13 column", "TOML that can be read", "Invalid value"),
    "a key twice": Wrong('code = "MN"', 'code = "MN"\ncode = "MN"', "line 14", "TOML", "Cannot overwrite a value"),
    # keys
    "a key missing": Wrong('code = "MN"\n', "", "code", "a text", "nothing"),
    "a key misspelt": Wrong('owner = "umcu"', 'ownr = "umcu"', "place[seh-umcu].ownr", 'mean "owner"', '"ownr"'),
    "a table misspelt": Wrong("[rosters]", "[roster]", "roster", 'mean "rosters"', '"roster"'),
    "a table missing": Wrong(
        "[durations.handover]", "[durations.hand_over]", "durations.handover", "a table", "nothing"
    ),
    "an unknown norm": Wrong("takeover_grace_s = 20", "grace = 20", "norms.takeover_grace_s", "seconds", "nothing"),
    # types
    "a number as text": Wrong(
        "takeover_grace_s = 20", 'takeover_grace_s = "20"', "norms.takeover_grace_s", "number", '"20"'
    ),
    "a text as number": Wrong('code = "MN"', "code = 9", "code", "a text", "9"),
    "an empty text": Wrong('name = "RAVU"', 'name = " "', "organisation[ravu].name", "a text", '" "'),
    "a yes as number": Wrong("validated = false", "validated = 0", "routing.validated", "true or false", "0"),
    "true as number": Wrong("capacity = 24", "capacity = true", "place[seh-umcu].capacity", "whole number", "true"),
    "a fraction of a bed": Wrong("capacity = 24", "capacity = 2.5", "place[seh-umcu].capacity", "whole number", "2.5"),
    "a date as text": Wrong(
        "valid_from = 2024-04-02", 'valid_from = "2024-04-02"', "urgency_mapping.valid_from", "a date", '"2024-04-02"'
    ),
    "a holiday as text": Wrong("2026-01-01, 2026-04-05", '"1 mei", 2026-04-05', "bank_holidays", "dates", '"1 mei"'),
    "a list as text": Wrong('municipalities = ["Utrecht"]', 'municipalities = "Utrecht"', "", "a list", '"Utrecht"'),
    "one table for many": Wrong("[[goal]]", "[goal]", "line", "TOML", "Cannot"),
    # figures
    "a negative time": Wrong(
        "median_min = 18", "median_min = -18", "durations.on_scene.median_min", "at least 0", "-18"
    ),
    "no number at all": Wrong("target = 95", "target = nan", "goal[a1-within-norm].target", "a number", "nan"),
    "no beds": Wrong("capacity = 24", "capacity = 0", "place[seh-umcu].capacity", "at least 1", "0"),
    "a share in per cent": Wrong(
        "response_share = 0.95", "response_share = 95", "norms.response_share", "from 0 to 1", "95"
    ),
    "shares that do not add up": Wrong(
        "hap_visit_share = 0.09", "hap_visit_share = 0.10", "hap_consult", "add up to 1", "1.01"
    ),
    "urgencies that do not add up": Wrong("U3 = 0.400", "U3 = 0.300", "demand.hap_urgency_share", "add up to 1", "0.9"),
    "23 hours": Wrong("[\n    2.7, 2.4", "[\n    2.4", "demand.urgent_hours.weekday", "24 numbers", "a list of 23"),
    "a weight below zero": Wrong(
        "2.7, 2.4, 2.2", "2.7, -2.4, 2.2", "demand.urgent_hours.weekday", "at least 0", "-2.4"
    ),
    # codes and references
    "an unknown kind": Wrong('kind = "rav"', 'kind = "rva"', "organisation[ravu].kind", 'mean "rav"', '"rva"'),
    "an unknown function": Wrong(
        '["follow_up", "self_management"]',
        '["folow_up"]',
        "organisation[antonius].functions",
        'mean "follow_up"',
        '"folow_up"',
    ),
    "a code twice": Wrong(
        'care = ["als", "rapid"]', 'care = ["als", "als"]', "routing.rule[u0].care", "each code once", '"als"'
    ),
    "an unknown care": Wrong(
        'care = ["als", "rapid"]', 'care = ["als", "taxi"]', "routing.rule[u0].care", "one of als", '"taxi"'
    ),
    "an unknown complaint": Wrong(
        '"fall_elderly", "wound"',
        '"fall_eldery", "wound"',
        "routing.rule[u2-fall].complaint",
        'mean "fall_elderly"',
        '"fall_eldery"',
    ),
    "a place without its owner": Wrong(
        'owner = "umcu"', 'owner = "umc"', "place[seh-umcu].owner", 'mean "umcu"', '"umc"'
    ),
    "a base of nobody": Wrong(
        'organisation = "ravu"\npc4 = "3812"',
        'organisation = "ravo"\npc4 = "3812"',
        "base[amersfoort-isselt].organisation",
        'mean "ravu"',
        '"ravo"',
    ),
    "units at an unknown base": Wrong(
        'doorn = ["09-105"]', 'dorn = ["09-105"]', "fleet[1].units.dorn", 'mean "doorn"', '"dorn"'
    ),
    "an unknown roster": Wrong(
        'roster = "always"', 'roster = "allways"', "fleet[1].roster", 'mean "always"', '"allways"'
    ),
    "an unknown sub-region": Wrong(
        'subregions = ["eemland"]',
        'subregions = ["emland"]',
        "organisation[hap-eemland].subregions",
        'mean "eemland"',
        '"emland"',
    ),
    "a window at the centre": Wrong(
        'overflow = "hap-eemland" #',
        'virtual_desk = ["daily 23:00-08:00"]\noverflow = "hap-eemland" #',
        "organisation[zcc].virtual_desk",
        "no window at the centre",
        "one",
    ),
    "a window without triage": Wrong(
        'functions = ["triage", "fitting_care", "follow_up"]',
        'functions = ["fitting_care", "follow_up"]',
        "organisation[altrecht].virtual_desk",
        '"triage" among its functions',
        "fitting_care, follow_up",
    ),
    "windows that overlap": Wrong(
        'virtual_desk = ["daily 23:00-08:00", "weekend 08:00-22:00"]',
        'virtual_desk = ["daily 23:00-08:00", "weekend 07:30-22:00"]',
        "organisation[hap-eemland].virtual_desk",
        "hours that do not overlap",
        "sunday at 07:30",
    ),
    "a window at an hour that is none": Wrong(
        'virtual_desk = ["daily 23:00-08:00", "weekend 08:00-22:00"]',
        'virtual_desk = ["daily 23:00-8:00", "weekend 08:00-22:00"]',
        "organisation[hap-eemland].virtual_desk",
        "a time from 00:00",
        '"8:00"',
    ),
    "a complaint that is none": Wrong(
        'virtual_desk_complaints = ["psychiatric"]',
        'virtual_desk_complaints = ["psychiatry"]',
        "organisation[altrecht].virtual_desk_complaints",
        'mean "psychiatric"',
        '"psychiatry"',
    ),
    "no complaint at all": Wrong(
        'virtual_desk_complaints = ["psychiatric"]',
        "virtual_desk_complaints = []",
        "organisation[altrecht].virtual_desk_complaints",
        "at least one entry complaint",
        "none",
    ),
    "complaints without a window": Wrong(
        'hours = "always" # own, high: can be reached',
        'virtual_desk_complaints = ["psychiatric"]\nhours = "always" # own, high: can be reached',
        "organisation[veilig-thuis].virtual_desk_complaints",
        "`virtual_desk` as well",
        "none",
    ),
    "finishing for half a day": Wrong(
        "virtual_desk_finish_min = 20",
        "virtual_desk_finish_min = 720",
        "organisation[hap-eemland].virtual_desk_finish_min",
        "at most 120 minutes",
        "720",
    ),
    "overflow after no time": Wrong(
        "overflow_after_min = 2 #",
        "overflow_after_min = 0 #",
        "organisation[hap-eemland].overflow_after_min",
        "above 0",
        "0",
    ),
    "overflow after a while to nowhere": Wrong(
        'hours = "always" # own, high: can be reached',
        'overflow_after_min = 2\nhours = "always" # own, high: can be reached',
        "organisation[veilig-thuis].overflow_after_min",
        "`overflow` as well",
        "none",
    ),
    "overflow from the centre to a desk without a window": Wrong(
        'overflow = "hap-eemland" #',
        'overflow = "hap-utrecht" #',
        "organisation[zcc].overflow",
        "a partner with a `virtual_desk`",
        '"hap-utrecht"',
    ),
    "a telephone number that nobody can dial": Wrong(
        'telephone = "030 555 02 03"',
        'telephone = "030 55"',
        "organisation[hap-eemland].telephone",
        "a telephone number",
        '"030 55"',
    ),
    "overflow to itself": Wrong(
        'overflow = "zcc"',
        'overflow = "hap-eemland"',
        "organisation[hap-eemland].overflow",
        "another organisation",
        '"hap-eemland"',
    ),
    "an unknown time zone": Wrong("Europe/Amsterdam", "Europe/Utrecht", "time_zone", "a time zone", '"Europe/Utrecht"'),
    # names
    "an id twice": Wrong(
        'id = "altrecht"', 'id = "ravu"', "organisation[6].id", "used once", '"ravu" for the second time'
    ),
    "an id with a capital": Wrong('id = "links"', 'id = "Links"', "goal[Links].id", "small letters", '"Links"'),
    "a callsign twice": Wrong(
        'doorn = ["09-105"]', 'doorn = ["09-104"]', "fleet[1].units.doorn", "used once", '"09-104"'
    ),
    "callsigns that run backwards": Wrong(
        "09-101..09-102", "09-102..09-101", "fleet[1].units.amersfoort-isselt", "a callsign", '"09-102..09-101"'
    ),
    "a municipality in two sub-regions": Wrong(
        '["Utrecht"]',
        '["Utrecht", "Baarn"]',
        "subregion[eemland].municipalities",
        "in one sub-region",
        '"Baarn" in two',
    ),
    "a postcode of five digits": Wrong(
        'pc4 = "3812"', 'pc4 = "38121"', "base[amersfoort-isselt].pc4", "four digits", '"38121"'
    ),
    # where
    "lat and lon swapped": Wrong(
        "lat = 52.086\nlon = 5.180",
        "lat = 5.180\nlon = 52.086",
        "place[seh-umcu].lat",
        "the latitude in `lat`",
        "look swapped",
    ),
    "a place in the sea": Wrong("lon = 5.180", "lon = 3.180", "place[seh-umcu].lon", "from 4.7 to 5.75", "3.18"),
    "a latitude that is none": Wrong("lat = 52.086", "lat = 520.86", "place[seh-umcu].lat", "from -90 to 90", "520.86"),
    "a box upside down": Wrong(
        "south = 51.75\nnorth = 52.40", "south = 52.40\nnorth = 51.75", "box.south", "below that of `north`", "52.4"
    ),
    # hours
    "an hour that is none": Wrong(
        '"daily 07:00-23:00", "',
        '"daily 07:00-25:00", "',
        "organisation[careyn].hours",
        "a time from 00:00 to 24:00",
        '"25:00"',
    ),
    "a start at midnight's end": Wrong(
        '"daily 07:00-23:00", "', '"daily 24:00-07:00", "', "organisation[careyn].hours", "to 23:59", '"24:00"'
    ),
    "hours that overlap": Wrong(
        '"daily 07:00-23:00", "', '"daily 06:00-23:00", "', "organisation[careyn].hours", "do not overlap", "at 06:00"
    ),
    "hours without days": Wrong(
        '"daily 07:00-23:00", "', '"07:00-23:00", "', "organisation[careyn].hours", "first the days", '"07:00-23:00"'
    ),
    "days without hours": Wrong(
        '"daily 07:00-23:00", "', '"daily", "', "organisation[careyn].hours", "hours or the name of a shift", '"daily"'
    ),
    "no hours": Wrong(
        'hours = ["daily 07:00-23:00", "daily 23:00-07:00"]',
        "hours = []",
        "organisation[careyn].hours",
        "at least one",
        "none",
    ),
    "an unknown shift": Wrong(
        '"daily day evening night"', '"daily day evning night"', "rosters.always", "a shift (day, evening", '"evning"'
    ),
    "a shift that is no hours": Wrong(
        'planned = "08:00-18:00"', 'planned = "8-18"', "shifts.planned", "a time from 00:00", '"8"'
    ),
    "the end of a working day": Wrong(
        'working_day_ends = "17:00"', 'working_day_ends = "5 pm"', "norms.working_day_ends", "a time", '"5 pm"'
    ),
    # agreements
    "no centre": Wrong('kind = "centre"', 'kind = "rav"', "organisation", "exactly one", "none"),
    "two centres": Wrong('kind = "rav"', 'kind = "centre"', "organisation", "exactly one", '"zcc" and "ravu"'),
    "a less urgent class above": Wrong(
        'U3 = "B1"', 'U3 = "A1"', "urgency_mapping.to.U3", "nothing more urgent than A2", "A1"
    ),
    "an urgency without a class": Wrong('U3 = "B1"\n', "", "urgency_mapping.to.U3", "one of A0", "nothing"),
    "a wait that shrinks": Wrong("U3 = 180", "U3 = 45", "norms.waiting_min.U3", "no less than U2 has", "45"),
    "no fallback": Wrong(
        'id = "u5"\nurgency = ["U5"]',
        'id = "u5"\nurgency = ["U5"]\ncomplaint = ["cough"]',
        "routing.rule",
        "a rule without complaints for U5",
        "none",
    ),
    "two rules for one case": Wrong(
        '"fall_elderly", "wound", "limb_trauma"',
        '"fall_elderly", "psychiatric"',
        "routing.rule[u2-fall].urgency",
        "one rule",
        "a second rule for U2 with psychiatric",
    ),
    "a rule without a reason": Wrong(
        'reason = "Vitale', 'why = "Vitale', "routing.rule[u0].reason", "a text", "nothing"
    ),
    # the tables beside it
    "no zones file": Wrong(ZONES, "zones.csv", "zones", "a file that can be read", '"zones.csv"'),
    "no outlines": Wrong(
        "midden-nederland.geojson", "outlines.geojson", "outlines", "a file that can be read", '"outlines.geojson"'
    ),
    "no matrix": Wrong(
        '# travel_matrix = "m', 'travel_matrix = "m', "travel_matrix", "a file that can be read", "which cannot"
    ),
    "zones that do not add up": Wrong(
        "inhabitants = 1_307_000", "inhabitants = 1_380_000", "inhabitants", "a sum of 1380000", "1307000", about=ZONES
    ),
    "other columns": Wrong("id,name,", "name,id,", "line 1", "the columns id,name", "name,id", ZONES, ZONES),
    "a zone elsewhere": Wrong(
        "Oog in Al,Utrecht,", "Oog in Al,Utrech,", "municipality", 'mean "Utrecht"', '"Utrech"', ZONES, ZONES
    ),
    "a zone in another sub-region": Wrong(
        "Oog in Al,Utrecht,utrecht-stad",
        "Oog in Al,Utrecht,west",
        "subregion",
        '"utrecht-stad", where Utrecht belongs',
        '"west"',
        ZONES,
        ZONES,
    ),
    "a zone upside down": Wrong(
        ZONE,
        ZONE.replace("52.0864,5.0847", "5.0847,52.0864"),
        "lat",
        "the latitude in `lat`",
        "look swapped",
        ZONES,
        ZONES,
    ),
    "a zone without a place": Wrong(ZONE, ZONE.replace("52.0864", "?"), "lat", "two numbers", '"?"', ZONES, ZONES),
    "a zone with half a person": Wrong(ZONE, ZONE + "0.5", "inhabitants", "a whole number", '"0.5', ZONES, ZONES),
    "a zone twice": Wrong("oog-in-al,", "lunetten,", "id", "used once", '"lunetten" for the second time', ZONES, ZONES),
    "a line cut off": Wrong(ZONE, "oog-in-al\n", "line", "7 values", "1", ZONES, ZONES),
}


@pytest.mark.parametrize("name", WRONG)
def test_a_wrong_file_is_refused_with_file_key_expected_and_came(name, tmp_path):
    wrong = WRONG[name]
    path = a_copy(tmp_path, wrong.old, wrong.new, wrong.file)
    problems = region.check(path)
    said = [
        problem
        for problem in problems
        if problem.file == wrong.about
        and wrong.key in problem.key
        and wrong.expected in problem.expected
        and wrong.came in problem.came
    ]
    assert said, f"none of {[str(problem) for problem in problems]} says so"
    sentence = str(said[0])
    assert sentence == f"{said[0].file}: {said[0].key}: expected {said[0].expected}, but came {said[0].came}."
    with pytest.raises(region.WrongRegion) as refused:
        region.load(path)
    assert sentence in str(refused.value)


#: One slip that is rightly told of in more than one sentence.
SAID_TWICE = {
    "a key misspelt",  # the wrong key, and the right one that is missing
    "a table misspelt",
    "a table missing",
    "an unknown norm",
    "a rule without a reason",
    "a list as text",  # and the zones of the municipality that is now nowhere
    "a line cut off",
    "no centre",
    "a municipality in two sub-regions",
    "two rules for one case",
    "an id twice",  # and the references to the id that is gone
}


@pytest.mark.parametrize("name", sorted(WRONG.keys() - SAID_TWICE))
def test_one_slip_gives_one_sentence(name, tmp_path):
    wrong = WRONG[name]
    problems = region.check(a_copy(tmp_path, wrong.old, wrong.new, wrong.file))
    assert len(problems) == 1, "\n".join(map(str, problems))


def test_all_problems_are_told_at_once(tmp_path):
    path = a_copy(tmp_path, 'code = "MN"', "code = 9")
    text = path.read_text("utf-8").replace("lon = 5.180", "lon = 3.180").replace('kind = "rav"', 'kind = "rva"')
    path.write_text(text.replace("U3 = 180", "U3 = 45"), "utf-8")
    keys = [problem.key for problem in region.check(path)]
    assert keys == ["code", "organisation[ravu].kind", "place[seh-umcu].lon", "norms.waiting_min.U3"]


def test_an_empty_file_misses_every_key_without_a_trace(tmp_path):
    path = tmp_path / "empty.toml"
    path.write_text("", "utf-8")
    problems = region.check(path)
    assert {"name", "zones", "organisation", "norms", "routing"} <= {problem.key for problem in problems}
    assert {problem.came for problem in problems} == {"nothing"}


def test_a_file_that_is_not_there_is_a_problem_of_the_file(tmp_path):
    [problem] = region.check(tmp_path / "none.toml")
    assert "a file that can be read" in str(problem)


def test_a_folder_is_no_region(tmp_path):
    [problem] = region.check(tmp_path)
    assert problem.key == "the file"


def test_a_text_that_is_not_utf_8_is_a_problem_of_the_file(tmp_path):
    path = tmp_path / "latin.toml"
    path.write_bytes('name = "Café"'.encode("latin-1"))
    [problem] = region.check(path)
    assert problem.expected == "a text in UTF-8"


@pytest.mark.parametrize("kind", ["1", '"x"', "[]", "{}", "true", "[[1]]", "[{}]", "2026-01-01"])
def test_no_value_at_any_top_key_gives_a_trace(kind, tmp_path):
    """Whatever stands at a key, the answer is a list of problems."""
    keys = [
        "sources",
        "bank_holidays",
        "box",
        "subregion",
        "organisation",
        "place",
        "base",
        "shifts",
        "rosters",
        "fleet",
    ]
    keys += ["norms", "urgency_mapping", "routing", "goal", "demand", "durations", "zones", "outlines", "travel_matrix"]
    for key in keys:
        path = tmp_path / "one.toml"
        path.write_text(f"{key} = {kind}\n", "utf-8")
        assert region.check(path), f"{key} = {kind}"


# A matrix of its own


def a_matrix(zones: list[str], cell: str = "10.5") -> str:
    rows = [",".join(["from", *zones])]
    rows += [",".join([a, *("0" if a == b else cell for b in zones)]) for a in zones]
    return "\n".join(rows) + "\n"


def with_matrix(folder: Path, text: str) -> Path:
    path = a_copy(folder, '# travel_matrix = "midden-nederland.travel.csv"', 'travel_matrix = "times.csv"')
    (folder / "times.csv").write_text("\ufeff" + text, "utf-8")
    return path


def test_a_matrix_takes_the_place_of_the_estimate(tmp_path, midden_nederland):
    path = with_matrix(tmp_path, a_matrix([zone.id for zone in reversed(midden_nederland.zones)]))
    travel = region.load(path).travel
    assert isinstance(travel, Matrix)
    zones = midden_nederland.zone
    assert travel.between(zones["zeist"].point, zones["leerdam"].point, signals=True) == 630_000


@pytest.mark.parametrize(
    ("spoil", "key", "expected", "came"),
    [
        (lambda text: text.replace("from,", "from,nowhere,", 1), "line 1", "each of the 99 zones once", "nowhere"),
        (lambda text: text.replace("10.5", "fast", 1), "line 2.", "minutes from 0 to 1440", '"fast"'),
        (lambda text: text.replace("10.5", "-1", 1), "line 2.", "minutes from 0 to 1440", '"-1"'),
        (lambda text: text.replace("10.5", "nan", 1), "line 2.", "minutes from 0 to 1440", '"nan"'),
        (lambda text: text.replace("10.5,", "", 1), "line 2", "100 values", "99"),
        (lambda text: text.rsplit("\n", 2)[0], "the first column", "each of the 99 zones once", "98"),
    ],
)
def test_a_wrong_matrix_is_refused(spoil, key, expected, came, tmp_path, midden_nederland):
    path = with_matrix(tmp_path, spoil(a_matrix([zone.id for zone in midden_nederland.zones])))
    problems = region.check(path)
    assert any(
        p.file == "times.csv" and key in p.key and expected in p.expected and came in p.came for p in problems
    ), [str(p) for p in problems]
