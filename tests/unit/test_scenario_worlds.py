"""What a variant changes in the world, and that all variants meet the very same patients."""

from __future__ import annotations

import pickle

import numpy as np
import pytest

from schakel.domain.durations import DAY, HOUR, MINUTE
from schakel.domain.vocabulary import Care, UnitKind, Urgency
from schakel.planning.demand import Demand
from schakel.planning.experiment import Player
from schakel.planning.log_file import write_log
from schakel.planning.policies import ComplianceTable, Dmexclp, GoHome
from schakel.planning.scenario import Patients, load, policy_of, region_of, world_for
from small_scenario import SMALL, a_scenario, with_table

OTHER = '[[variant]]\nid = "other"\nname = "Other"\n'


def variant(folder, table: str):
    """A scenario and its one variant with this table."""
    scenario = a_scenario(folder, with_table(SMALL, OTHER + table))
    return scenario, scenario.variant["other"]


def people(demand: Demand) -> set[tuple[int, int, int, int]]:
    """Who called, told apart by when, where and how long."""
    columns = (demand.at, demand.zone, demand.handling, demand.urgency)
    return set(zip(*(column.tolist() for column in columns), strict=True))


# Who is where


def test_a_unit_that_moves_has_another_home_and_the_same_hours(tmp_path):
    scenario, other = variant(tmp_path, '[[variant.fleet.move]]\nunits = ["09-105"]\nto = "zeist"\n')
    before, after = (region_of(scenario.region, one.fleet) for one in (scenario.base, other))
    assert (before.unit["09-105"].base, after.unit["09-105"].base) == ("doorn", "zeist")
    assert before.unit["09-105"].roster == after.unit["09-105"].roster
    assert sum(a.base != b.base for a, b in zip(before.units, after.units, strict=True)) == 1


def test_a_new_station_has_the_units_that_are_added_to_it(tmp_path):
    table = (
        '[[variant.fleet.station]]\nid = "new"\nname = "New"\norganisation = "ravu"\nlat = 52.107\nlon = 5.047\n'
        '[[variant.fleet.add]]\nkind = "als"\nstation = "new"\nnumber = 2\nhours = ["daily 07:00-15:00"]\n'
    )
    scenario, other = variant(tmp_path, table)
    world = world_for(scenario, other)
    base = world_for(scenario, scenario.base)
    assert len(world.fleet) == len(base.fleet) + 2
    added = world.fleet[-2:]
    assert {unit.home for unit in added} == {len(base.bases)}
    assert all(end - start == 8 * HOUR for unit in added for start, end in unit.shifts)
    nearest = [zone.id for zone in scenario.region.zones][int(world.bases[-1])]
    assert scenario.region.zone[nearest].municipality == "Utrecht"


def test_units_that_are_removed_or_have_other_hours(tmp_path):
    table = (
        '[variant.fleet]\nremove = ["09-101..09-102"]\n'
        '[[variant.fleet.roster]]\nunits = ["09-103"]\nhours = ["daily 10:00-12:00"]\n'
    )
    scenario, other = variant(tmp_path, table)
    region = region_of(scenario.region, other.fleet)
    assert not {"09-101", "09-102"} & set(region.unit)
    shifts = world_for(scenario, other).fleet[[unit.callsign for unit in region.units].index("09-103")].shifts
    assert shifts and all(end - start == 2 * HOUR for start, end in shifts)


def test_an_emergency_department_that_closes_gets_nobody(tmp_path):
    scenario, other = variant(tmp_path, '[variant.fleet]\nclose_seh = ["seh-meander"]\n')
    before, after = world_for(scenario, scenario.base), world_for(scenario, other)
    assert len(after.hospitals) == len(before.hospitals) - 1
    [closed] = set(before.hospitals.tolist()) - set(after.hospitals.tolist())
    assert (before.hospital_of == closed).any() and not (after.hospital_of == closed).any()


def test_a_margin_of_its_own_reaches_the_engine(tmp_path):
    scenario, other = variant(tmp_path, "[variant.policy]\nshift_margin_min = 3\n")
    assert world_for(scenario, other).margin_ms == 3 * MINUTE
    assert world_for(scenario, scenario.base).margin_ms == 15 * MINUTE


def test_units_are_on_duty_for_a_day_after_what_is_counted(tmp_path):
    scenario = a_scenario(tmp_path)
    world = world_for(scenario, scenario.base)
    assert max(end for unit in world.fleet for _, end in unit.shifts) > scenario.ends + 12 * HOUR


@pytest.mark.parametrize(
    ("table", "kind"),
    [
        ("a0_preemption = true\n", GoHome),
        ('relocation = "dmexclp"\nbusy = 0.4\n', Dmexclp),
        ('relocation = "compliance_table"\ntable = [{ zeist = 1 }, { zeist = 1, doorn = 1 }]\n', ComplianceTable),
    ],
)
def test_a_rule_becomes_the_policy_of_the_engine(tmp_path, table, kind):
    scenario, other = variant(tmp_path, "[variant.policy]\n" + table)
    policy = policy_of(scenario, other, world_for(scenario, other))
    assert isinstance(policy.relocation, kind)
    assert policy.preempt == ("preemption" in table)
    if isinstance(policy.relocation, ComplianceTable):
        assert policy.relocation.wanted.sum(axis=1).tolist() == [0, 1, 2]


def test_whole_days_are_counted_by_the_wall_clock_also_when_it_jumps(tmp_path):
    text = SMALL.replace("2026-03-03", "2026-03-28")  # clocks go forward on the 29th
    scenario = a_scenario(tmp_path, text)
    assert scenario.ends - scenario.begins == 2 * DAY - HOUR


def test_batches_are_whole_days_that_fill_the_period(tmp_path):
    text = SMALL.replace("days = 2", "days = 8").replace("number = 3", 'number = 3\nmethod = "batches"')
    scenario = a_scenario(tmp_path, text)
    cuts = Player(scenario).cuts()
    assert (cuts[0], cuts[-1]) == (scenario.begins, scenario.ends)
    assert np.diff(cuts).tolist() == [3 * DAY, 3 * DAY, 2 * DAY]


# Who calls


def test_variants_that_do_not_touch_demand_meet_the_very_same_patients(tmp_path):
    scenario = a_scenario(tmp_path)
    patients = Patients(scenario, 0)
    assert people(patients.of(scenario.base)) == people(patients.of(scenario.variant["cover"]))


def test_whoever_is_in_a_smaller_demand_is_in_the_larger_one_too(tmp_path):
    scenario = a_scenario(tmp_path)
    patients = Patients(scenario, 0)
    base, grown = patients.of(scenario.base), patients.of(scenario.variant["grown"])
    assert people(base) < people(grown)
    assert patients.times == 2


def test_growth_is_what_was_asked_in_every_municipality(tmp_path):
    """Thirty weeks: within four standard errors of a Poisson count."""
    text = with_table(SMALL.replace("days = 2", "days = 210"), OTHER)
    text += '[variant.demand]\nfactor = 1.1\nper_municipality = { "Utrecht" = 1.5 }\n'
    scenario = a_scenario(tmp_path, text)
    patients = Patients(scenario, 0)
    base, other = patients.of(scenario.base), patients.of(scenario.variant["other"])
    of_city = np.array([zone.municipality == "Utrecht" for zone in scenario.region.zones])
    for inside, factor in ((True, 1.65), (False, 1.1)):
        before, after = ((of_city[one.zone] == inside).sum() for one in (base, other))
        assert abs(after / before - factor) < 4 * factor * np.sqrt(1 / before + 1 / after)


def test_another_replication_has_other_patients_and_the_same_seed_the_same(tmp_path):
    scenario = a_scenario(tmp_path)
    first, again, other = (people(Patients(scenario, n).of(scenario.base)) for n in (0, 0, 1))
    assert first == again
    assert len(first & other) < len(first) / 100


def redirected(tmp_path, share: float, to: str = "gp_visit") -> tuple[Demand, Demand]:
    table = '[[variant.demand.redirect]]\ncare = "als"\nurgency = ["U1", "U2"]\n'
    table += f'share = {share}\nto = "{to}"\nbecomes = "U3"\n'
    text = with_table(SMALL.replace("days = 2", "days = 60"), OTHER + table)
    scenario = a_scenario(tmp_path, text)
    patients = Patients(scenario, 0)
    return patients.of(scenario.base), patients.of(scenario.variant["other"])


def test_a_share_gets_other_care_and_everybody_else_stays_as_they_were(tmp_path):
    before, after = redirected(tmp_path, 0.42)
    als, gp = (tuple(Care).index(one) for one in (Care.ALS, Care.GP_VISIT))
    asked = (before.care == als) & np.isin(before.urgency, [Urgency.U1.rank, Urgency.U2.rank])
    changed = before.care != after.care
    assert (asked | ~changed).all()
    assert abs(changed.sum() / asked.sum() - 0.42) < 4 * np.sqrt(0.42 * 0.58 / asked.sum())
    assert (after.care[changed] == gp).all() and (after.urgency[changed] == Urgency.U3.rank).all()
    assert not after.transported[changed].any() and not after.clearing[changed].any()
    for name in ("at", "zone", "handling"):
        assert (getattr(before, name) == getattr(after, name)).all()
    for name in ("on_scene", "transported", "handover", "urgency"):
        assert (getattr(before, name)[~changed] == getattr(after, name)[~changed]).all()


def test_a_smaller_share_is_a_part_of_a_larger_one(tmp_path):
    before, little = redirected(tmp_path, 0.2)
    _, much = redirected(tmp_path, 0.42)
    assert ((before.care == little.care) | (before.care != much.care)).all()


def test_two_redirects_take_no_patient_twice_and_together_what_they_say(tmp_path):
    table = '[[variant.demand.redirect]]\ncare = "als"\nurgency = ["U1"]\nshare = 0.3\nto = "{}"\n'
    text = with_table(SMALL.replace("days = 2", "days = 60"), OTHER + table.format("advice") + table.format("gp_visit"))
    scenario = a_scenario(tmp_path, text)
    patients = Patients(scenario, 0)
    before, after = patients.of(scenario.base), patients.of(scenario.variant["other"])
    asked = (before.care == tuple(Care).index(Care.ALS)) & (before.urgency == Urgency.U1.rank)
    for care in (Care.ADVICE, Care.GP_VISIT):
        share = (after.care[asked] == tuple(Care).index(care)).mean()
        assert abs(share - 0.3) < 4 * np.sqrt(0.21 / asked.sum())


# A log, met again


def test_requests_of_a_log_are_met_again_by_every_variant(tmp_path):
    drawn = a_scenario(tmp_path, SMALL.replace("days = 2", "days = 3"))
    log = Player(drawn).log(drawn.base, 0)
    write_log(log, tmp_path / "march.parquet")
    text = SMALL.replace("factor = 1.2", "factor = 0.5").replace("number = 3", 'number = 2\nmethod = "batches"')
    (tmp_path / "again.toml").write_text(
        text.replace("[runs]", '[demand]\nfrom = "log"\nlog = "march.parquet"\n[runs]')
    )
    scenario = load(tmp_path / "again.toml")
    demand = Patients(scenario, 0).of(scenario.base)
    original = Patients(drawn, 0).of(drawn.base)
    asked = (original.at >= scenario.warms_up_from) & (original.at < scenario.ends)
    wanted = {(at, zone) for at, zone in zip(original.at[asked].tolist(), original.zone[asked].tolist(), strict=True)}
    met = {(at, zone) for at, zone in zip(demand.at.tolist(), demand.zone.tolist(), strict=True)}
    assert met <= wanted and len(met) > 0.97 * len(wanted)  # without those who were never reached
    half = Patients(scenario, 0).of(scenario.variant["grown"])
    assert people(half) < people(demand)


@pytest.mark.parametrize(
    ("change", "told"),
    [
        ("factor = 1.2", "demand.factor: expected at most 1 with a log"),
        ('method = "replications"', 'method: expected "batches" with a log'),
    ],
)
def test_a_log_cannot_grow_and_is_not_drawn_again(tmp_path, change, told):
    drawn = a_scenario(tmp_path)
    write_log(Player(drawn).log(drawn.base, 0), tmp_path / "march.parquet")
    text = SMALL.replace("factor = 1.2", "factor = 0.5").replace("number = 3", 'number = 2\nmethod = "batches"')
    old = "factor = 0.5" if change.startswith("factor") else 'method = "batches"'
    text = text.replace(old, change)
    from schakel.planning.scenario import check

    (tmp_path / "again.toml").write_text(
        text.replace("[runs]", '[demand]\nfrom = "log"\nlog = "march.parquet"\n[runs]')
    )
    assert any(told in str(problem) for problem in check(tmp_path / "again.toml"))


def test_a_log_of_another_month_is_refused(tmp_path):
    drawn = a_scenario(tmp_path)
    write_log(Player(drawn).log(drawn.base, 0), tmp_path / "march.parquet")
    from schakel.planning.scenario import check

    text = SMALL.replace("factor = 1.2", "factor = 0.5").replace("number = 3", 'number = 2\nmethod = "batches"')
    text = text.replace("2026-03-03", "2027-03-03")
    (tmp_path / "again.toml").write_text(
        text.replace("[runs]", '[demand]\nfrom = "log"\nlog = "march.parquet"\n[runs]')
    )
    [problem] = check(tmp_path / "again.toml")
    assert "requests in the period" in str(problem)


def test_the_kinds_of_unit_of_the_region_are_those_of_its_world(tmp_path):
    scenario = a_scenario(tmp_path)
    assert {unit.kind for unit in world_for(scenario, scenario.base).fleet} == set(UnitKind)


def test_a_scenario_can_be_sent_to_another_process_with_every_text_of_its_region(tmp_path):
    scenario = a_scenario(tmp_path)
    again = pickle.loads(pickle.dumps(scenario))
    assert again.region.routing == scenario.region.routing
    assert [rule.reason.english for rule in again.region.routing.rules] == [
        rule.reason.english for rule in scenario.region.routing.rules
    ]
