"""A published run of 1,400 patients, replayed: every one of them, to the ninth decimal of a minute.

The run is not part of this repository. SCHAKEL_SHARED says where it is; else it is looked for in `../shared`.
"""

from __future__ import annotations

import csv

import numpy as np
import pytest

from schakel.planning.replay import Inputs, replay
from utrecht import column, utrecht

pytestmark = pytest.mark.shared


@pytest.fixture(scope="module")
def run_a(shared):
    """The inputs, and what the published simulator made of them."""
    folder, u = shared / "data" / "replay" / "run_a", utrecht(shared)
    if not folder.is_dir():
        pytest.skip("The published run is not here; set SCHAKEL_SHARED to the folder with the shared test data.")

    def given(name):
        return column(folder / f"{name}.csv", "0")

    inputs = Inputs(
        minutes=u.minutes,
        x=u.x,
        y=u.y,
        bases=u.homes.tolist(),
        hospitals=u.hospitals.tolist(),
        arrivals=np.cumsum(np.array(given("interarrival_times"), dtype=float)),
        zone=np.array([u.ids.index(one) for one in given("location_IDs")]),
        on_site=np.array(given("on_site_aid_times"), dtype=float),
        to_hospital=np.array([one == "True" for one in given("to_hospital_bool")]),
        drop_off=np.array(given("drop_off_times"), dtype=float),
    )
    with (folder / "expected_patients.csv").open(newline="") as file:
        return u, inputs, list(csv.DictReader(file))


def test_every_patient_is_served_as_published(run_a):
    u, inputs, expected = run_a
    patients = replay(inputs)
    assert len(patients) == len(expected) == 1400
    for patient, row in zip(patients, expected, strict=True):
        assert patient.ambulance == float(row["assigned_to_ambulance_nr"]), row
        assert patient.response == pytest.approx(float(row["response_time"]), rel=0, abs=1e-9), row
        assert patient.waited == pytest.approx(float(row["waiting_time_before_assigned"]), rel=0, abs=1e-9), row
        assert patient.finish == pytest.approx(float(row["finish_time"]), rel=0, abs=1e-9), row
        if row["hospital_ID"]:
            assert float(u.ids[patient.hospital]) == float(row["hospital_ID"]), row
            assert patient.to_hospital == pytest.approx(float(row["driving_time_to_hospital"]), rel=0, abs=1e-9)
        else:
            assert patient.hospital == -1


def test_who_finds_nobody_free_waits_for_the_first_that_is_done():
    """No patient of the published run had to wait, so the rule of the line is shown by hand: one ambulance.

    The second call comes at minute 1. The ambulance is done with the first at 10 + 5, and goes from there.
    """
    first, second = replay(
        Inputs(
            minutes=np.array([[0.0, 10.0, 7.0], [10.0, 0.0, 4.0], [7.0, 4.0, 0.0]]),
            x=np.array([0.0, 10.0, 7.0]),
            y=np.zeros(3),
            bases=[0],
            hospitals=[],
            arrivals=np.array([0.0, 1.0]),
            zone=np.array([1, 2]),
            on_site=np.array([5.0, 3.0]),
            to_hospital=np.array([False, False]),
            drop_off=np.zeros(2),
        )
    )
    assert (first.response, first.finish) == (10, 15)
    assert (second.waited, second.driving, second.finish) == (14, 4, 22)
