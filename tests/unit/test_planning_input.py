"""Tables, logs, fitted demands and questions that are wrong are refused with file, key, expected and came."""

from __future__ import annotations

from datetime import UTC, datetime
from pathlib import Path

import pytest

from schakel.domain.durations import DAY
from schakel.domain.region import find, load
from schakel.planning import GoHome, Policy, demand_of, play, world_of
from schakel.planning.capacity import Terms, Workload, capacity, workload_of, workload_of_fitted
from schakel.planning.fit import fit
from schakel.planning.fitted_file import as_toml, demand_of_fitted, read_fitted
from schakel.planning.forecast import forecast
from schakel.planning.growth import growth_of
from schakel.planning.location import Asked, Model, locate, read_siting, siting_of
from schakel.planning.log_table import log_from
from schakel.planning.table import WrongInput

POINTS = "id,lat,lon,weight,area\na,52.0,5.0,100,n\nb,52.1,5.1,50,n\nc,52.2,5.2,0,z\n"
SITES = "id,name,lat,lon,existing,area\ns,South,52.0,5.0,yes,n\nt,North,52.2,5.2,no,z\n"
MATRIX = "point,s,t\na,1,20\nb,10,10\nc,20,2\n"


@pytest.fixture(scope="module")
def region():
    return load(find("midden-nederland"))


@pytest.fixture
def tables(tmp_path: Path):
    """The three tables, one of which may be spoiled."""

    def write(points: str = POINTS, sites: str = SITES, matrix: str | None = MATRIX) -> tuple[Path, Path, Path | None]:
        for name, text in (("points.csv", points), ("sites.csv", sites), ("matrix.csv", matrix)):
            if text is not None:
                (tmp_path / name).write_text(text, encoding="utf-8")
        return tmp_path / "points.csv", tmp_path / "sites.csv", None if matrix is None else tmp_path / "matrix.csv"

    return write


def told(call) -> str:
    """What a refusal says."""
    with pytest.raises(WrongInput) as refused:
        call()
    assert all(problem.expected and problem.came for problem in refused.value.problems)
    return str(refused.value)


# Tables


@pytest.mark.parametrize(
    ("table", "old", "new", "says"),
    [
        ("points", "weight", "people", 'points.csv: line 1: expected a column "weight", but came id, lat'),
        ("points", "id,lat", "id,latt", 'a column that is known here (did you mean "lat"?), but came "latt"'),
        ("points", "100", "many", 'points.csv: line 2.weight: expected a number of at least 0, but came "many"'),
        ("points", "100", "-1", 'line 2.weight: expected a number of at least 0, but came "-1"'),
        ("points", "100", "nan", 'line 2.weight: expected a number of at least 0, but came "nan"'),
        ("points", "100", "", "line 2.weight: expected a number of at least 0, but came nothing"),
        ("points", "52.1", "152.1", 'line 3.lat: expected a number from -90 to 90, but came "152.1"'),
        ("points", "\nb,", "\na,", 'line 3.id: expected a name that is used once, but came "a" for the second time'),
        ("points", "\na,", "\n,", "line 2.id: expected a text, but came nothing"),
        ("points", POINTS, "id,lat,lon,weight,area\n", "expected at least one row, but came column names alone"),
        ("points", POINTS, "", "points.csv: the file: expected a line with column names and rows, but came nothing"),
        ("points", "area\n", "zone\n", "a column that is known here"),
        ("sites", "yes", "maybe", 'sites.csv: line 2.existing: expected yes or no, but came "maybe"'),
        ("sites", "area\n", "areas\n", 'sites.csv: line 1: expected a column "area", as the other table has'),
        ("sites", "5.2", "east", 'line 3.lon: expected a number from -180 to 180, but came "east"'),
        ("sites", "North", "", "sites.csv: line 3.name: expected a text, but came nothing"),
        ("matrix", "s,t", "s,u", 'matrix.csv: line 1: expected each of the 2 sites once, but came 2, and "u" on one'),
        ("matrix", "\nc,20,2", "", 'expected each of the 3 points once, but came 2, and "c" on one side alone'),
        ("matrix", "10,10", "10,soon", 'matrix.csv: line 3.t: expected a number from 0 to 10000, but came "soon"'),
        ("matrix", "1,20", "1,-20", "matrix.csv: line 2.t: expected a number from 0 to 10000"),
    ],
)
def test_a_wrong_table_is_refused(tables, table, old, new, says):
    text = {"points": POINTS, "sites": SITES, "matrix": MATRIX}[table]
    assert old in text
    paths = tables(**{table: text.replace(old, new, 1)})
    assert says in told(lambda: read_siting(*paths))


def test_a_table_that_is_not_there_is_refused(tables, tmp_path):
    _, sites, matrix = tables()
    assert "a file that can be read" in told(lambda: read_siting(tmp_path / "none.csv", sites, matrix))


def test_weights_of_nothing_are_refused(tables):
    spoiled = POINTS.replace("100", "0").replace(",50,", ",0,")
    assert "at least one weight above 0, but came 0 everywhere" in told(lambda: read_siting(*tables(points=spoiled)))


def test_a_hundred_wrong_rows_are_counted_and_not_all_told(tables):
    rows = "".join(f"p{i},52.0,5.0,wrong,n\n" for i in range(100))
    message = told(lambda: read_siting(*tables(points="id,lat,lon,weight,area\n" + rows, matrix=None)))
    assert message.count("\n") <= 21
    assert "more" in message


def test_right_tables_are_read(tables):
    siting = read_siting(*tables())
    assert siting.ways().tolist() == [[1, 20], [10, 10], [20, 2]]
    assert [site.existing for site in siting.sites] == [True, False]
    found = locate(siting, Asked(Model.MCLP, number=1))
    assert (found.placement.figure, found.placement.sites) == (150, [0])


# Questions


@pytest.mark.parametrize(
    ("asked", "says"),
    [
        (Asked(Model.MCLP), "mclp: number: expected a whole number from 1 to 10000, but came nothing"),
        (Asked(Model.MCLP, number=9), "mclp: number: expected no more than the 2 sites, but came 9"),
        (Asked(Model.MCLP, number=1, busy=0.3), "mclp: busy: expected nothing, for mclp does not use it"),
        (Asked(Model.MEXCLP, number=2, busy=1.0), "mexclp: busy: expected a number from 0 to 0.999, but came 1.0"),
        (Asked(Model.MALP, number=2, busy=0.3), "malp: reliability: expected a number from 0.001 to 0.9999"),
        (Asked(Model.DSM, number=2, share=0.5, far=5), "dsm: far: expected a norm of at least 12, the near one"),
        (Asked(Model.LSCP, within=float("nan")), "lscp: within: expected a number from 0.1 to 240, but came nan"),
        (Asked(Model.LSCP, keep=("r",)), 'lscp: keep: expected ids of sites, but came "r"'),
        (Asked(Model.FEWEST, share=1.5), "fewest: share: expected a number from 0.001 to 1, but came 1.5"),
        (Asked(Model.P_MEDIAN, number=1, keep=("s", "t")), "number: expected at least the 2 sites that stay"),
        (
            Asked(Model.MCLP, number=1, most_per_shift=4),
            "most_per_shift: expected how many requests there are in a year",
        ),
    ],
)
def test_a_wrong_question_is_refused(tables, asked, says):
    siting = read_siting(*tables())
    assert says in told(lambda: locate(siting, asked))


def test_closed_borders_need_areas(tables):
    siting = read_siting(*tables(POINTS.replace(",z", ",n"), SITES.replace(",z", ",n")))
    assert "points and sites of at least two areas" in told(lambda: locate(siting, Asked(Model.LSCP, closed=True)))


@pytest.mark.parametrize(
    ("terms", "says"),
    [
        ({"stations": -1}, "capacity: stations: expected a number from 0 to 10000, but came -1"),
        ({"free": 1.0}, "capacity: free: expected a number from 0.5 to 0.9999, but came 1.0"),
        ({"planned_use": 0.0}, "capacity: planned_use"),
        ({"helped": 1.5}, "capacity: helped"),
        ({"growth": 0.0}, "capacity: growth"),
        ({"most_per_shift": 0.0}, "capacity: most_per_shift"),
    ],
)
def test_wrong_terms_of_capacity_are_refused(region, terms, says):
    work: Workload = workload_of(region, 6.0)
    assert says in told(lambda: capacity(work, Terms(**{"stations": 5} | terms)))


@pytest.mark.parametrize(("since", "until"), [(1999, 2030), (2024, 2100), (2040, 2030)])
def test_years_that_nobody_has_figures_of_are_refused(region, since, until):
    assert "growth: " in told(lambda: growth_of(region, since, until))


# Logs


LOG = (
    "kind,at,request,urgency,care,zone\nReceived,0,1,,,\nLocated,0,1,,,zeist\n"
    "Triaged,60000,1,U1,,\nCareChosen,60000,1,,als,\n"
)


@pytest.mark.parametrize(
    ("old", "new", "says"),
    [
        ("Triaged", "Triagd", "log.csv: line 4.kind: expected one of"),
        ("Triaged", "Triagd", 'did you mean "Triaged"?'),
        ("U1", "U9", "log.csv: line 4.urgency: expected one of U0, U1, U2, U3, U4, U5"),
        ("als", "als2", "log.csv: line 5.care: expected one of"),
        ("60000", "noon", "log.csv: line 4.at: expected milliseconds since 1970"),
        ("60000", "2026-03-02T09:05:00", "a moment with its time zone"),
        (
            ",1,,,zeist",
            ",one,,,zeist",
            'log.csv: line 3.request: expected a whole number of at least 0, but came "one"',
        ),
        ("care,zone", "cure,zone", 'a column that is known here (did you mean "care"?)'),
        ("kind", "what", 'expected a column that is known here (did you mean "at"?), but came "what"'),
    ],
)
def test_a_wrong_log_is_refused(tmp_path, old, new, says):
    assert old in LOG
    path = tmp_path / "log.csv"
    path.write_text(LOG.replace(old, new, 1))
    assert says in told(lambda: log_from(path))


def test_a_right_log_is_read(tmp_path):
    path = tmp_path / "log.csv"
    path.write_text(LOG.replace("60000", "1970-01-01T01:01:00+01:00", 1))
    log = log_from(path)
    assert log.column("at").tolist() == [0, 0, 60_000, 60_000]
    assert log.zones == ("zeist",)


@pytest.mark.parametrize("name", ["none.parquet", "none.txt", "none.csv"])
def test_a_log_that_is_not_there_is_refused(tmp_path, name):
    assert name in told(lambda: log_from(tmp_path / name))


def test_a_file_that_is_no_log_is_refused(tmp_path):
    path = tmp_path / "log.parquet"
    path.write_bytes(b"not a table at all")
    assert "log.parquet: the file: expected" in told(lambda: log_from(path))


def test_a_log_that_is_too_short_is_refused(tmp_path, region):
    path = tmp_path / "log.csv"
    path.write_text(LOG)
    log = log_from(path)
    assert "at least one whole week" in told(lambda: fit(log, region.calendar))
    assert "at least 9 whole weeks for a forecast of 4" in told(lambda: forecast(log, region.calendar))


# A fitted demand


@pytest.fixture(scope="module")
def fitted_text(region):
    monday = int(datetime(2026, 1, 5, tzinfo=UTC).timestamp()) * 1000
    until = monday + 8 * DAY
    log = play(world_of(region, monday, until), demand_of(region, monday, until, seed=1), Policy(GoHome()), until=until)
    return as_toml(fit(log.between(monday, until), region.calendar))


@pytest.mark.parametrize(
    ("old", "new", "says"),
    [
        ('format = "schakel-demand-1"', 'format = "other"', 'demand.toml: format: expected "schakel-demand-1"'),
        ('care = "als"', 'care = "alz"', "profile[1].care: expected one of"),
        ("urgent = true", "urgent = 1", "profile[1].urgent: expected true or false, but came 1"),
        ("hourly = [", "hourly = [7, ", "profile[1].hourly: expected 168 numbers, one for each hour of the week"),
        ("[profile.urgency]\nU0 = 0.", "[profile.urgency]\nU0 = 9.", "profile[1].urgency.U0: expected a number from 0"),
        ("sigma = ", "sigma = -", "sigma: expected a number from 0 to 5"),
        ("[profile.lengths.handling]", "[profile.lengths.handlng]", 'did you mean "handling"?'),
        ("since = ", 'since = "today" # ', "since: expected a moment such as"),
        ("unknown = ", "unknwn = ", 'did you mean "unknown"?'),
    ],
)
def test_a_wrong_fitted_demand_is_refused(tmp_path, fitted_text, old, new, says):
    assert old in fitted_text
    path = tmp_path / "demand.toml"
    path.write_text(fitted_text.replace(old, new, 1))
    assert says in told(lambda: read_fitted(path))


def test_a_zone_that_the_world_does_not_have_is_refused(tmp_path, fitted_text, region):
    path = tmp_path / "demand.toml"
    path.write_text(fitted_text)
    fitted = read_fitted(path)
    zones = [zone.id for zone in region.zones][1:]
    says = told(lambda: demand_of_fitted(fitted, zones, region.calendar, 0, DAY, seed=1))
    assert f'but came "{region.zones[0].id}"' in says


def test_a_fitted_demand_without_ambulances_gives_no_capacity(tmp_path, fitted_text):
    path = tmp_path / "demand.toml"
    head, *profiles = fitted_text.split("[[profile]]")
    path.write_text("[[profile]]".join([head, *(one for one in profiles if 'care = "advice"' in one)]))
    assert "urgent requests for an ambulance" in told(lambda: workload_of_fitted(read_fitted(path)))


def test_a_region_has_its_stations_as_sites(region):
    siting = siting_of(region)
    assert len(siting.sites) == len(siting.existing) == 21
