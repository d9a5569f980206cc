"""The journal: what is recorded, in which order, and that the rows are its fold."""

from __future__ import annotations

import pytest

from schakel.domain.events import Subject
from schakel.domain.reasons import Refused
from schakel.domain.vocabulary import Channel, Urgency, UrgencyReason
from schakel.operations import journal
from schakel.operations.actions import care_request
from schakel.operations.models import CareRequest

pytestmark = pytest.mark.django_db


def test_a_row_is_the_fold_of_its_history(centre):
    request = centre.request(Urgency.U3)
    care_request.raise_urgency(
        request=request.pk, urgency=Urgency.U1, reason=UrgencyReason.WORSENING, at=centre.now, by=centre.triagist
    )
    request.refresh_from_db()
    assert journal.refold(Subject.REQUEST, request.pk) == request.state
    assert request.urgency is Urgency.U1


def test_a_refused_action_leaves_nothing_behind(centre):
    request = centre.request(Urgency.U3)
    before = journal.head()
    with pytest.raises(Refused, match="regiearts"):
        care_request.raise_urgency(
            request=request.pk, urgency=Urgency.U4, reason=UrgencyReason.IMPROVED, at=centre.now, by=centre.triagist
        )
    assert journal.head() == before


def test_an_action_with_a_key_happens_once(centre):
    keys = [
        care_request.begin(channel=Channel.PHONE, at=centre.now, by=centre.triagist, key="the-same") for _ in range(2)
    ]
    assert keys[0] == keys[1]
    assert CareRequest.objects.count() == 1
