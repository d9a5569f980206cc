"""The scenario's file: the ready ones are right, and every way to spoil one is refused with a sentence that helps."""

from __future__ import annotations

from collections.abc import Iterator

import pytest

from schakel.domain.durations import HOUR, MINUTE
from schakel.domain.region.sheet import Sheet
from schakel.domain.vocabulary import UnitKind
from schakel.planning.scenario import Method, Moved, WrongScenario, check, load
from schakel.planning.scenario.keys import KEYS
from small_scenario import ROOT, SMALL, a_file, a_scenario, with_table

READY = sorted((ROOT / "scenarios").glob("*.toml"))

VARIANT = '\n[[variant]]\nid = "other"\nname = "Other"\n'


@pytest.mark.parametrize("path", READY, ids=lambda path: path.stem)
def test_every_ready_scenario_is_right(path):
    scenario = load(path)
    assert len(scenario.variants) > 1
    assert scenario.sources


def test_what_a_file_leaves_out_has_a_default(tmp_path):
    scenario = a_scenario(tmp_path)
    assert scenario.base.rules.relocation is Moved.GO_HOME
    assert scenario.base.growth.factor == 1
    assert scenario.reach_ms == 12 * MINUTE
    assert scenario.runs.method is Method.REPLICATIONS
    assert scenario.runs.confidence == 0.95
    assert scenario.period.warm_up_ms == 6 * HOUR
    assert [variant.id for variant in scenario.variants] == ["base", "cover", "grown"]


def test_a_variant_is_the_base_with_what_it_names_changed(tmp_path):
    text = SMALL.replace("[runs]", '[policy]\na0_preemption = true\n[fleet]\nremove = ["09-101"]\n[runs]')
    text += '\n[[variant]]\nid = "fewer"\nname = "Fewer"\n[variant.fleet]\nremove = ["09-103..09-104"]\n'
    scenario = a_scenario(tmp_path, text)
    assert all(variant.rules.preempt for variant in scenario.variants)
    assert scenario.variant["fewer"].fleet.removed == {"09-101", "09-103", "09-104"}
    assert scenario.variant["cover"].fleet == scenario.base.fleet


def test_a_region_beside_the_scenario_goes_before_ours(tmp_path):
    for file in (ROOT / "regions").glob("midden-nederland.*"):
        (tmp_path / file.name).write_bytes(file.read_bytes())
    text = (tmp_path / "midden-nederland.toml").read_text()
    (tmp_path / "midden-nederland.toml").write_text(text.replace('name = "Midden-Nederland"', 'name = "Ours"', 1))
    assert a_scenario(tmp_path).region.name == "Ours"


def test_hours_are_said_or_taken_from_another_unit(tmp_path):
    added = '[[variant.fleet.add]]\nkind = "als"\nstation = "zeist"\n'
    both = VARIANT + added + 'hours = ["daily 15:00-23:00"]\n' + added + 'like = "09-101"\nnumber = 2\n'
    fleet = a_scenario(tmp_path, with_table(SMALL, both)).variant["other"].fleet
    assert [one.number for one in fleet.added] == [1, 2]
    assert fleet.added[0].kind is UnitKind.ALS
    assert len(fleet.added[1].roster) == 3


# Every way to be wrong: what is put in the place of what, and what the sentence says.
WRONG: list[tuple[str, str, str, str]] = [
    ("no name", 'name = "A small one"', "", "name: expected a text"),
    ("an empty question", '"Does it hold?"', '" "', "question: expected a text"),
    ("no sources", 'sources = ["own"]', "", "sources: expected a list of texts"),
    ("sources without any", '["own"]', "[]", "sources: expected at least one text"),
    ("an unknown region", '"midden-nederland"', '"midden-nederlant"', "region: expected the name of a region"),
    ("a region that is a path", '"midden-nederland"', '"../midden-nederland"', "region: expected the name"),
    ("an unknown key", "[period]", "colour = 3\n[period]", "colour: expected a key that is known here"),
    ("a key nearly right", "days = 2", "dayz = 2", 'did you mean "days"'),
    ("no period", "[period]\nstart = 2026-03-03\ndays = 2\nwarm_up_hours = 6\n", "", "period: expected a table"),
    ("a date in quotes", "2026-03-03", '"2026-03-03"', "period.start: expected a date"),
    ("a date long ago", "2026-03-03", "1066-10-14", "period.start: expected a date from 1971"),
    ("no days", "days = 2", "days = 0", "period.days: expected a whole number from 1 to 366"),
    ("half a day", "days = 2", "days = 0.5", "period.days: expected a whole number"),
    ("too long a warm-up", "hours = 6", "hours = 1000", "period.warm_up_hours: expected a whole number from 0 to 168"),
    ("reach of nothing", "[period]", "reach_min = 0\n[period]", "reach_min: expected minutes above 0"),
    ("reach in words", "[period]", 'reach_min = "far"\n[period]', "reach_min: expected a number of minutes"),
    ("one replication", "number = 3", "number = 1", "runs.number: expected a whole number from 2"),
    ("a method that is none", "number = 3", 'method = "often"', "runs.method: expected one of replications, batches"),
    ("a seed below nothing", "seed = 7", "seed = -1", "runs.seed: expected a whole number of at least 0"),
    ("certainty", "seed = 7", "confidence = 1", "runs.confidence: expected a number from 0.5 to 0.999"),
    ("more batches than days", "number = 3", 'number = 3\nmethod = "batches"', "runs.number: expected batches of at"),
    ("a variant called base", 'id = "cover"', 'id = "base"', 'variant[base].id: expected a name that is used once'),
    ("two variants alike", 'id = "grown"', 'id = "cover"', "a name that is used once"),
    ("a variant with capitals", 'id = "cover"', 'id = "Cover"', "expected a name of small letters"),
    ("a variant without a name", 'name = "More people"', "", "variant[grown].name: expected a text"),
    ("two variants of one name", "More people", "Where it helps", "variant[grown].name: expected a name that is used"),
    ("a variant that changes nothing", "factor = 1.2", "factor = 1.0", "expected a variant that differs from the base"),
    ("variants that are no list", "[[variant]]\nid", "[variant]\nid", "TOML that can be read"),
    ("a rule that is none", '"dmexclp"', '"dmexlcp"', 'did you mean "dmexclp"'),
    ("always busy", "busy = 0.3", "busy = 1", "variant[cover].policy.busy: expected a number from 0 to 0.99"),
    ("no share busy", "busy = 0.3", "", "variant[cover].policy.busy: expected a number"),
    ("busy for nothing", 'relocation = "dmexclp"\n', "", 'busy: expected relocation = "dmexclp" beside it'),
    ("preemption perhaps", "busy = 0.3", 'busy = 0.3\na0_preemption = "yes"', "a0_preemption: expected true or false"),
    ("a margin below 0", "busy = 0.3", "busy = 0.3\nshift_margin_min = -5", "shift_margin_min: expected a number"),
    ("less than nobody", "factor = 1.2", "factor = -1", "variant[grown].demand.factor: expected a number from 0 to 10"),
    ("not a number", "factor = 1.2", "factor = nan", "variant[grown].demand.factor: expected a number"),
    ("a town elsewhere", "factor = 1.2", 'per_municipality = { "Utrech" = 2 }', 'did you mean "Utrecht"'),
    ("a log without saying so", "[runs]", '[demand]\nlog = "a.parquet"\n[runs]', "demand.log: expected no log"),
    ("no log", "[runs]", '[demand]\nfrom = "log"\n[runs]', "demand.log: expected a text"),
    ("a log that is not there", "[runs]", '[demand]\nfrom = "log"\nlog = "a.parquet"\n[runs]', "log: expected a log"),
    ("a log elsewhere", "[runs]", '[demand]\nfrom = "log"\nlog = "../a.parquet"\n[runs]', "a file beside the scenario"),
]  # fmt: skip

#: The same for whole tables of a variant.
WRONG_TABLES: list[tuple[str, str, str]] = [
    ("an unknown unit", '[variant.fleet]\nremove = ["09-999"]', "remove: expected callsigns of the region"),
    ("no callsign", '[variant.fleet]\nremove = ["nine"]', "remove: expected a callsign, or a first and last"),
    ("no callsigns", "[variant.fleet]\nremove = []", "remove: expected at least one callsign"),
    ("an unknown station", '[[variant.fleet.move]]\nunits = ["09-101"]\nto = "zeits"', 'did you mean "zeist"'),
    (
        "moved and removed",
        '[variant.fleet]\nremove = ["09-101"]\n[[variant.fleet.move]]\nunits = ["09-101"]\nto = "zeist"',
        "units: expected units that are not removed",
    ),
    ("hours twice", '[[variant.fleet.roster]]\nunits = ["09-101"]\nlike = "09-102"\nhours = []', "either `hours` or"),
    (
        "hours never",
        '[[variant.fleet.roster]]\nunits = ["09-101"]',
        "hours: expected either `hours` or `like`, but came n",
    ),
    (
        "hours in words",
        '[[variant.fleet.roster]]\nunits = ["09-101"]\nhours = ["always"]',
        "hours: expected first the days",
    ),
    (
        "hours that overlap",
        '[[variant.fleet.roster]]\nunits = ["09-101"]\nhours = ["daily 07:00-15:00 14:00-16:00"]',
        "hours: expected hours that do not overlap",
    ),
    (
        "a kind that is none",
        '[[variant.fleet.add]]\nkind = "boat"\nstation = "zeist"\nlike = "09-101"',
        "kind: expected one",
    ),
    (
        "a station at sea",
        '[[variant.fleet.station]]\nid = "sea"\nname = "Sea"\norganisation = "ravu"\nlat = 52.1\nlon = 3.0',
        "station[sea].lon: expected a longitude inside the region",
    ),
    (
        "swapped degrees",
        '[[variant.fleet.station]]\nid = "x"\nname = "X"\norganisation = "ravu"\nlat = 5.1\nlon = 52.1',
        "which look swapped",
    ),
    (
        "a station that is there",
        '[[variant.fleet.station]]\nid = "zeist"\nname = "Z"\norganisation = "ravu"\nlat = 52.1\nlon = 5.2',
        "a name that is used once",
    ),
    (
        "an unknown SEH",
        '[variant.fleet]\nclose_seh = ["seh-zeist"]',
        "close_seh: expected ids of emergency departments",
    ),
    (
        "every SEH",
        "[variant.fleet]\nclose_seh = "
        '["seh-umcu", "seh-antonius-nieuwegein", "seh-antonius-utrecht", "seh-diakonessenhuis", "seh-meander"]',
        "at least one SEH that stays open",
    ),
    (
        "care at a place",
        '[[variant.demand.redirect]]\ncare = "als"\nurgency = ["U2"]\nshare = 0.1\nto = "hap_appointment"',
        "to: expected care by a unit or by telephone",
    ),
    (
        "a share above all",
        '[[variant.demand.redirect]]\ncare = "als"\nurgency = ["U2"]\nshare = 1.2\nto = "advice"',
        "share: expected a number from 0 to 1",
    ),
    (
        "shares above all",
        '[[variant.demand.redirect]]\ncare = "als"\nurgency = ["U2"]\nshare = 0.7\nto = "advice"\n'
        '[[variant.demand.redirect]]\ncare = "als"\nurgency = ["U1", "U2"]\nshare = 0.4\nto = "gp_visit"',
        "shares of als U2 that add up to at most 1, but came 1.1",
    ),
    (
        "no urgency",
        '[[variant.demand.redirect]]\ncare = "als"\nurgency = []\nshare = 0.7\nto = "advice"',
        "urgency: expected at least one urgency",
    ),
    ("no table", '[variant.policy]\nrelocation = "compliance_table"', "table: expected one or more tables"),
    (
        "too many for a row",
        '[variant.policy]\nrelocation = "compliance_table"\ntable = [{ zeist = 2 }]',
        "at most 1 units in row 1, for 1 free, but came 2",
    ),
    (
        "a row with an unknown station",
        '[variant.policy]\nrelocation = "compliance_table"\ntable = [{ zeits = 1 }]',
        'did you mean "zeist"',
    ),
]

#: And of `runs`.
WRONG_RUNS: list[tuple[str, str, str]] = [
    ("both", "half_width = 1", "either `precision` or `best`"),
    ("a width of nothing", "half_width = 0", "runs.precision.half_width: expected a number above 0"),
    ("an unknown figure", 'indicator = "speed"', "runs.precision.indicator: expected one of within_norm"),
    ("an unknown group", 'group = "A7"', "runs.precision.group: expected the id of who is counted in within_norm"),
    ("too few", "most = 2", "runs.precision.most: expected at least the 3 replications"),
]


@pytest.mark.parametrize(("old", "new", "told"), [row[1:] for row in WRONG], ids=[row[0] for row in WRONG])
def test_a_wrong_file_is_refused_with_file_key_expected_and_came(tmp_path, old, new, told):
    assert old in SMALL
    problems = check(a_file(tmp_path, SMALL.replace(old, new, 1)))
    sentences = [str(problem) for problem in problems]
    assert any(told in sentence for sentence in sentences), sentences
    assert all(", but came " in sentence and sentence.endswith(".") for sentence in sentences)


@pytest.mark.parametrize(("table", "told"), [row[1:] for row in WRONG_TABLES], ids=[row[0] for row in WRONG_TABLES])
def test_a_wrong_table_of_a_variant_is_refused(tmp_path, table, told):
    sentences = [str(problem) for problem in check(a_file(tmp_path, with_table(SMALL, VARIANT + table + "\n")))]
    assert any(told in sentence for sentence in sentences), sentences
    assert all(sentence.startswith("scenario.toml: variant") for sentence in sentences)


@pytest.mark.parametrize(("line", "told"), [row[1:] for row in WRONG_RUNS], ids=[row[0] for row in WRONG_RUNS])
def test_a_wrong_way_to_stop_is_refused(tmp_path, line, told):
    right = ["[runs.precision]", 'indicator = "within_norm"', 'group = "A1"', "half_width = 1", "most = 9"]
    lines = [line if one.split(" = ")[0] == line.split(" = ")[0] else one for one in right]
    if told.startswith("either"):
        lines += ["[runs.best]", 'indicator = "within_norm"', 'group = "A1"', "indifference = 1", "most = 9"]
    text = SMALL.replace("seed = 7\n", "seed = 7\n" + "\n".join(lines) + "\n")
    sentences = [str(problem) for problem in check(a_file(tmp_path, text))]
    assert any(told in sentence for sentence in sentences), sentences


def test_a_choice_is_made_by_a_figure_of_which_it_is_known_what_is_better(tmp_path):
    best = '[runs.best]\nindicator = "utilisation"\ngroup = "als"\nindifference = 1\nmost = 9\n'
    sentences = [str(problem) for problem in check(a_file(tmp_path, SMALL.replace("seed = 7\n", "seed = 7\n" + best)))]
    assert any("one of which it is known what is better" in sentence for sentence in sentences), sentences


@pytest.mark.parametrize(
    ("content", "told"),
    [
        (b"\xff\xfe", "a text in UTF-8"),
        (b"name = ", "TOML that can be read"),
        (b"", "region: expected a text"),
        (b"region = 3", "region: expected a text"),
    ],
    ids=["not a text", "half a line", "nothing", "a number"],
)
def test_what_is_no_scenario_at_all_is_refused(tmp_path, content, told):
    path = tmp_path / "scenario.toml"
    path.write_bytes(content)
    assert any(told in str(problem) for problem in check(path))
    with pytest.raises(WrongScenario):
        load(path)


def test_a_file_that_is_not_there_is_refused(tmp_path):
    [problem] = check(tmp_path / "none.toml")
    assert "a file that can be read" in str(problem)


def test_a_wrong_region_is_refused_by_the_keys_of_its_own_file(tmp_path):
    for file in (ROOT / "regions").glob("midden-nederland.*"):
        (tmp_path / file.name).write_bytes(file.read_bytes())
    text = (tmp_path / "midden-nederland.toml").read_text()
    (tmp_path / "midden-nederland.toml").write_text(text.replace("inhabitants = 1_307_000", 'inhabitants = "many"', 1))
    assert any(str(one).startswith("midden-nederland.toml: inhabitants") for one in check(a_file(tmp_path)))


def test_everything_that_is_wrong_is_told_at_once(tmp_path):
    text = SMALL.replace("days = 2", "days = 0").replace("number = 3", "number = 1").replace("busy = 0.3", "busy = 2")
    assert len(check(a_file(tmp_path, text))) == 3


# The table of keys, from which the reference is written


def test_the_reader_asks_for_the_keys_of_the_table_and_no_others(tmp_path, monkeypatch):
    asked: set[tuple[str, str]] = set()
    done = Sheet.done

    def noted(sheet: Sheet) -> None:
        if sheet.file == "scenario.toml":
            asked.update((sheet.key, name) for name in sheet.asked)
        done(sheet)

    monkeypatch.setattr(Sheet, "done", noted)
    for stop in ("precision", "best"):
        load(a_file(tmp_path, "\n".join(_everything(stop))))
    plain = {(_plain(key), name) for key, name in asked}
    told = {(one.table, one.name) for one in KEYS}
    tables = {one.table for one in KEYS}
    assert told - plain == set()
    assert {(t, n) for t, n in plain - told if f"{t}.{n}".strip(".") not in tables and not _of_places(t)} == set()


def _plain(key: str) -> str:
    """A key without numbers and names, of a variant as of the base."""
    parts = [part.split("[")[0] for part in key.split(".")]
    if parts[0] == "variant" and len(parts) > 1:
        parts = parts[1:]
    return ".".join(parts)


def _of_places(table: str) -> bool:
    """Tables whose keys are the names of places."""
    return table.endswith(("per_municipality", "table"))


def _everything(stop: str) -> Iterator[str]:
    """A file with every table; a run stops in one way."""
    runs = '[runs]\nmethod = "replications"\nconfidence = 0.9'
    yield (
        SMALL.replace("[runs]", runs)
        .replace("[runs]", '[demand]\nfrom = "rates"\n[runs]')
        .replace("[period]", "reach_min = 11\n[period]")
    )
    yield '[[variant]]\nid = "all"\nname = "All"\n[variant.demand]\nfactor = 1.1\n'
    yield 'per_municipality = { "Utrecht" = 1.2 }\n[[variant.demand.redirect]]\ncare = "als"\nurgency = ["U2"]\n'
    yield 'share = 0.2\nto = "gp_visit"\nbecomes = "U3"\n[variant.fleet]\nremove = ["09-110"]\n'
    yield 'close_seh = ["seh-umcu"]\n[[variant.fleet.station]]\nid = "new"\nname = "N"\norganisation = "ravu"\n'
    yield 'lat = 52.1\nlon = 5.2\n[[variant.fleet.add]]\nkind = "als"\nstation = "new"\nlike = "09-101"\nnumber = 2\n'
    yield '[[variant.fleet.move]]\nunits = ["09-111"]\nto = "new"\n[[variant.fleet.roster]]\nunits = ["09-112"]\n'
    yield 'hours = ["daily 07:00-15:00"]\n[variant.policy]\nrelocation = "compliance_table"\ntable = [{ new = 1 }]\n'
    yield "a0_preemption = true\nshift_margin_min = 5\n"
    width = "half_width" if stop == "precision" else "indifference"
    yield f'[runs.{stop}]\nindicator = "within_norm"\ngroup = "A1"\n{width} = 1.0\nmost = 9\n'
