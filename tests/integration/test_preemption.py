"""An A0 takes a unit from somebody less urgent: only a person does it, says why, and nobody is forgotten."""

from __future__ import annotations

import pytest
from django.test import Client
from django.urls import reverse

from schakel.accounts.models import Person
from schakel.domain import events as e
from schakel.domain.durations import MINUTE
from schakel.domain.events import Subject
from schakel.domain.reasons import Refused
from schakel.domain.states import DeploymentStatus
from schakel.domain.vocabulary import AmbulanceUrgency, Care, ChoiceReason, Urgency
from schakel.operations import journal
from schakel.operations.actions import deployment
from schakel.operations.models import CareRequest, Deployment, JournalEntry, Unit
from schakel.screens.lists import snapshot

pytestmark = pytest.mark.django_db


def at_desk(viewer) -> Client:
    client = Client(headers={"accept-language": "en"})
    person = Person.objects.get(pk=viewer.person)
    client.force_login(person, backend="django.contrib.auth.backends.ModelBackend")
    return client


def on_list(centre, name: str) -> list[str]:
    return [row.id for row in snapshot(centre.dispatcher, [name]).lists[name]]


def take(centre, request: CareRequest, unit: int, by=None) -> int:
    return deployment.take(
        request=request.pk,
        unit=unit,
        care=Care.ALS,
        reason=ChoiceReason.NOBODY_ELSE,
        at=centre.now,
        by=by or centre.dispatcher,
    )


@pytest.fixture
def under_way(centre):
    """An ambulance on its way to a U2, and a U0 that needs one."""
    centre.request(Urgency.U2)  # has waited longer than the other
    less = centre.request(Urgency.U2)
    job, crew = centre.job(less)
    deployment.report(deployment=job.pk, report="Departed", at=centre.now, by=crew)
    job.refresh_from_db()
    return less, job, crew, centre.request(Urgency.U0, zone="soest")


def test_the_unit_is_asked_for_the_danger_to_life_and_the_other_patient_waits_first(centre, under_way):
    less, job, _crew, danger = under_way
    owner = less.owner_id
    key = take(centre, danger, job.unit_id)
    for row in (less, job, danger):
        row.refresh_from_db()
    new = Deployment.objects.get(pk=key)
    assert job.status is DeploymentStatus.PREEMPTED
    assert (new.status, new.request_id, new.unit_id) == (DeploymentStatus.OFFERED, danger.pk, job.unit_id)
    assert new.ambulance_urgency is AmbulanceUrgency.A0
    assert (less.owner_id, less.deployments_open) == (owner, 0)
    unit = Unit.objects.get(pk=job.unit_id)
    assert (unit.jobs_open, unit.offers_open) == (0, 1)
    waiting = on_list(centre, "dispatch_waiting")
    assert waiting[:2] == [f"waiting-{danger.pk}", f"waiting-{less.pk}"], "first of its urgency"
    assert len(waiting) == 3
    assert on_list(centre, "dispatch_exceptions") == [f"exception-{less.pk}"]
    kinds = [type(one.event) for one in journal.history(Subject.REQUEST, less.pk)]
    assert kinds[-3:] == [e.Offered, e.Accepted, e.Preempted]


def test_who_took_it_and_why_is_in_the_journal_and_the_rows_are_its_fold(centre, under_way):
    less, job, _crew, danger = under_way
    key = take(centre, danger, job.unit_id)
    taken = JournalEntry.objects.get(kind="Preempted")
    assert (taken.by, taken.reason, taken.request) == (centre.dispatcher.person, "nobody_else", less.pk)
    offered = JournalEntry.objects.get(kind="Offered", deployment=key)
    assert (offered.cause, offered.reason) == (taken.seq, "nobody_else")
    for row in (
        CareRequest.objects.get(pk=less.pk),
        CareRequest.objects.get(pk=danger.pk),
        Deployment.objects.get(pk=job.pk),
        Deployment.objects.get(pk=key),
        Unit.objects.get(pk=job.unit_id),
    ):
        assert journal.refold(row.subject, row.pk) == row.state


def refused(centre, request, unit, by=None) -> str:
    before = journal.head()
    with pytest.raises(Refused) as told:
        take(centre, request, unit, by)
    assert journal.head() == before
    assert not Deployment.objects.filter(request=request).exists()
    return str(told.value)


def test_only_an_a0_takes(centre, under_way):
    _less, job, _crew, _danger = under_way
    assert "Busy with another patient" in refused(centre, centre.request(Urgency.U1), job.unit_id)


def test_nobody_is_taken_from_an_a0(centre):
    unit, crew = centre.unit()
    key = deployment.offer(
        request=centre.request(Urgency.U0).pk,
        care=Care.ALS,
        unit=unit.pk,
        ambulance_urgency=AmbulanceUrgency.A0,
        at=centre.now,
        by=centre.dispatcher,
    )
    deployment.accept(deployment=key, at=centre.now, by=crew)
    assert "Busy" in refused(centre, centre.request(Urgency.U0), unit.pk)


def test_nobody_is_taken_from_a_patient_it_is_with(centre, under_way):
    _less, job, crew, danger = under_way
    deployment.report(deployment=job.pk, report="Arrived", at=centre.now, by=crew)
    assert "Busy" in refused(centre, danger, job.unit_id)


def test_a_free_unit_is_asked_and_not_taken(centre):
    unit, _crew = centre.unit()
    assert "need not be taken" in refused(centre, centre.request(Urgency.U0), unit.pk)


def test_only_who_dispatches_takes(centre, under_way):
    _less, job, crew, danger = under_way
    assert "not yours" in refused(centre, danger, job.unit_id, centre.triagist)
    assert "no part" in refused(centre, danger, job.unit_id, crew)


def test_the_page_says_whom_it_leaves_and_who_could_go_there_instead(centre, under_way):
    less, job, _crew, danger = under_way
    free, _ = centre.unit()
    page = at_desk(centre.dispatcher).get(reverse("desk:candidates", args=[danger.pk]), {"care": "als"})
    [row] = page.context["takes"]
    assert row["one"].key == job.unit_id
    assert row["job"].request_id == less.pk
    assert row["instead"].name == free.callsign
    html = page.content.decode()
    assert f'id="take-{job.unit_id}"' in html
    assert reverse("desk:candidates", args=[less.pk]) in html
    other = centre.request(Urgency.U1)
    assert at_desk(centre.dispatcher).get(reverse("desk:candidates", args=[other.pk])).context["takes"] == []


def test_a_take_without_a_reason_is_refused_with_a_sentence_and_twice_is_once(centre, under_way):
    _less, job, _crew, danger = under_way
    address = reverse("desk:take", args=[danger.pk])
    client = at_desk(centre.dispatcher)
    said = {"unit": job.unit_id, "care": "als", "key": "once"}
    assert client.post(address, said).status_code == 400
    for _time in range(2):
        assert client.post(address, {**said, "reason": "nobody_else"}).status_code == 302
    assert JournalEntry.objects.filter(kind="Preempted").count() == 1
    assert Deployment.objects.filter(request=danger).count() == 1


def test_the_crew_reads_that_it_need_not_go_there_and_what_is_asked_instead(centre, under_way):
    _less, job, crew, danger = under_way
    key = take(centre, danger, job.unit_id)
    client = at_desk(crew)
    page = client.get(reverse("field:job", args=[job.pk]))
    html = page.content.decode()
    assert "asked for a danger to life" in html
    assert f'id="job-{key}"' in html
    deployment.accept(deployment=key, at=centre.now + MINUTE, by=crew)
    assert Unit.objects.get(pk=job.unit_id).jobs_open == 1
