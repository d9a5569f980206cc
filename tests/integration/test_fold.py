"""After any run of actions, by anybody, the rows are what the journal says, and refusals left nothing behind."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from chronicle import any_event
from doings import Busy, says_what_to_do, standing
from examples import examples, undone
from schakel.accounts.models import AccessEntry, BrokenGlass
from schakel.domain.access import LIVING
from schakel.domain.events import BY_KIND, EVENTS, ReportCorrected
from schakel.domain.life_cycles import LIFE_CYCLES, evolve, fold, why_not, why_not_correct
from schakel.domain.states import STATES, DeploymentStatus, FollowUpStatus
from schakel.operations import journal
from schakel.operations.models import (
    ROWS,
    CareRequest,
    Deployment,
    Done,
    DossierEntry,
    Duty,
    FollowUp,
    Handover,
    JournalEntry,
    Timer,
    Unit,
)

pytestmark = pytest.mark.django_db

GOING = [
    DeploymentStatus.ACCEPTED,
    DeploymentStatus.UNDER_WAY,
    DeploymentStatus.ON_SCENE,
    DeploymentStatus.TRANSPORTING,
    DeploymentStatus.AT_DESTINATION,
    DeploymentStatus.HANDED_OVER,
]
TO_DO = [FollowUpStatus.SEEKING, FollowUpStatus.OFFERED, FollowUpStatus.ACCEPTED]

runs = st.lists(st.integers(0, 2**32 - 1), min_size=20, max_size=60)

WRITTEN = (
    CareRequest,
    Deployment,
    FollowUp,
    Unit,
    Duty,
    JournalEntry,
    Timer,
    Done,
    DossierEntry,
    Handover,
    BrokenGlass,
)


def _everything() -> tuple:
    """All that an action could have changed."""
    return (
        *(list(model.objects.order_by("pk").values_list()) for model in (*WRITTEN, BrokenGlass)),
        AccessEntry.objects.count(),
    )


def _rows_are_their_histories() -> None:
    told = journal.after(0, limit=100_000)
    assert [recorded.seq for recorded in told] == list(range(1, len(told) + 1)), "the journal has no gaps"
    for subject, rows in ROWS.items():
        histories: dict[int, list] = {}
        for recorded in told:
            if type(recorded.event) in LIFE_CYCLES[subject]:
                histories.setdefault(getattr(recorded.event, subject.value), []).append(recorded.event)
        for row in rows._default_manager.all():
            assert row.state == fold(subject, histories.get(row.pk, [])), f"{subject.value} {row.pk}"


def _counts_are_what_is_counted() -> None:
    for row in CareRequest.objects.all():
        jobs = Deployment.objects.filter(request=row)
        assert row.offers_open == jobs.filter(status=DeploymentStatus.OFFERED).count()
        assert row.deployments_open == jobs.filter(status__in=GOING).count()
        assert row.follow_ups_open == FollowUp.objects.filter(request=row, status__in=TO_DO).count()
        if row.status not in LIVING:
            assert not (row.offers_open or row.deployments_open or row.follow_ups_open), "nothing open is left alone"
    for row in Unit.objects.filter(deployments__isnull=False).distinct():
        jobs = Deployment.objects.filter(unit=row)
        assert row.offers_open == jobs.filter(status=DeploymentStatus.OFFERED).count()
        assert row.jobs_open == jobs.filter(status__in=GOING).count()


def _every_incident_is_whole() -> None:
    """Its number is the key of one of its requests, it has more than one, and all of them have the same lead."""
    incidents: dict[int, dict[int, int | None]] = {}
    for pk, number, lead in CareRequest.objects.values_list("pk", "incident", "incident_lead"):
        if number is None:
            assert lead is None
        else:
            incidents.setdefault(number, {})[pk] = lead
    for number, members in incidents.items():
        assert number in members and len(members) > 1, f"incident {number} is that of {sorted(members)}"
        assert len(set(members.values())) == 1 and None not in members.values()


def _every_event_was_allowed_when_it_came() -> None:
    """What is in the journal has happened along the edges of the tables, for every row that it stepped."""
    states: dict = {}
    for recorded in journal.after(0, limit=100_000):
        event = recorded.event
        for subject, table in LIFE_CYCLES.items():
            key = getattr(event, subject.value, None)
            if type(event) not in table or key is None:
                continue
            state = states.get((subject, key), STATES[subject]())
            if isinstance(event, ReportCorrected):
                assert why_not_correct(state, BY_KIND[event.report]) is None
            assert why_not(state, subject, type(event)) is None, f"{type(event).__name__} of {subject.value} {key}"
            states[subject, key] = evolve(state, subject, event)


@pytest.fixture
def busy(db):
    with standing():
        yield Busy()


@examples(20)
@given(run=runs)
def test_after_any_run_the_rows_are_their_histories(busy, run):
    with undone(), standing():
        for seed in run:
            busy.step(seed)
            busy.read(seed)
        _rows_are_their_histories()
        _counts_are_what_is_counted()
        _every_incident_is_whole()
        _every_event_was_allowed_when_it_came()
        assert not CareRequest.objects.filter(owner=None).exists(), "no open request without an owner"
        assert not CareRequest.objects.filter(status="new").exists(), "nothing begins without an event"


@examples(10)
@given(run=st.lists(st.integers(0, 2**32 - 1), min_size=10, max_size=40))
def test_a_refusal_is_a_sentence_and_leaves_nothing_behind(busy, run):
    with undone(), standing():
        for seed in run:
            before = _everything()
            step = busy.step(seed)
            if step.refused is not None:
                assert says_what_to_do(step.refused), f"{step.name}: {step.refused}"
                assert _everything() == before, f"{step.name} was refused and changed something"


def test_generated_runs_do_get_somewhere(busy):
    """The generator of this file is worth something: it walks through most of what can happen."""
    with undone(), standing():
        refused = sum(busy.step(seed).refused is not None for seed in range(1000))
        kinds = set(JournalEntry.objects.values_list("kind", flat=True).distinct())
        _rows_are_their_histories()
        _counts_are_what_is_counted()
        _every_incident_is_whole()
        _every_event_was_allowed_when_it_came()
    known = {kind.__name__ for kind in EVENTS}
    assert len(kinds) >= 0.7 * len(known), f"never happened: {sorted(known - kinds)}"
    assert 100 < refused < 800


@pytest.mark.parametrize("kind", EVENTS, ids=lambda kind: kind.__name__)
def test_an_event_comes_out_of_the_database_as_it_went_in(db, kind):
    @examples(4)
    @given(event=any_event(kind))
    def goes_round(event):
        with undone():
            line = (kind.__name__, event.at, 5, 3, 2, None, *journal._values(event))
            seq = journal._append([line], [], chain=False)
            [recorded] = journal.after(seq - 1)
            assert recorded == journal.Recorded(seq, event, 5, 3, 2, None)

    goes_round()
