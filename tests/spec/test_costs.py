"""What care costs, at the prices that a region gives."""

from schakel.domain.vocabulary import Care, UnitKind
from schakel.indicators import PerInhabitant, Price, costs_of_care, costs_of_units

KINDS = (UnitKind.ALS, UnitKind.MCA, UnitKind.GP_CAR)
PRICES = {UnitKind.ALS: Price(hour=20_000, job=1_000), UnitKind.MCA: Price(hour=12_000)}


def test_hours_on_duty_and_jobs_cost_what_the_region_says(spec):
    """Two hours of an ALS ambulance and a job; an hour and a half of an MCA. A GP without a price is not free."""
    spec(
        log="""
            08:00  shift_started  0
            08:10  accepted       1  unit=0
            09:00  cleared        1
            10:00  shift_ended    0
            08:00  shift_started  1
            09:30  shift_ended    1
            08:00  shift_started  2
        """,
        until="12:00",
        indicator=lambda log: costs_of_units(log, KINDS, PRICES),
        expect={UnitKind.ALS: 2 * 20_000 + 1_000, UnitKind.MCA: 18_000},
    )


def test_a_job_that_is_called_off_is_paid_and_a_consult_at_a_post_is_no_job_of_a_unit(spec):
    spec(
        log="""
            08:00  shift_started  0
            08:10  accepted       1  unit=0
            08:15  cancelled      1
            08:20  accepted       2  place=4
            08:30  cleared        2
            09:00  shift_ended    0
        """,
        until="12:00",
        indicator=lambda log: costs_of_units(log, KINDS, PRICES)[UnitKind.ALS],
        expect=21_000,
    )


def test_care_with_a_price_each_time_is_counted_when_it_is_over(spec):
    spec(
        log="""
            08:00  care_chosen  1  care=hap_appointment
            08:30  closed       1
            08:00  care_chosen  2  care=hap_appointment
            08:05  care_chosen  3  care=advice
            08:05  closed       3
        """,
        until="09:00",
        indicator=lambda log: costs_of_care(log, {Care.HAP_APPOINTMENT: 3_500, Care.ADVICE: 1_500}),
        expect={Care.HAP_APPOINTMENT: 3_500, Care.ADVICE: 1_500},
    )


def test_what_an_inhabitant_costs_is_taken_last():
    together = PerInhabitant(1_000_00, 100) + PerInhabitant(5_000_00, 300)
    assert together.euros == 15
    assert PerInhabitant(100, 0).euros is None
