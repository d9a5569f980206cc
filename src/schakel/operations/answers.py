"""What became of what providers and partners were asked: counts from the journal, with what they are counts of.

One *asking* is one offer: of a job, or of a follow-up to one partner. It belongs to the days in which it was made,
whenever the answer came. It waits until it ends as one of these:

* accepted or declined, by the partner itself or at the centre after a telephone call;
* no answer in time: the offer of a job expired, or a follow-up was escalated while it was offered. A follow-up that is
  accepted or declined after that was answered after all, and counts as answered;
* taken back by the centre, also when the follow-up was no longer needed.

So `asked` is the sum of the others. A unit or partner that was asked twice was asked twice.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Collection
from dataclasses import dataclass, field
from enum import Enum

from schakel.accounts.models import Organisation
from schakel.domain import events as e
from schakel.domain.durations import DAY
from schakel.domain.vocabulary import Care, DeclineReason, FollowUpKind, Term
from schakel.operations.models import FollowUp, JournalEntry

#: The spans over which is counted (days).
DAYS = (7, 28)


class Outcome(Enum):
    """What became of one asking."""

    WAITING = "waiting"
    ACCEPTED = "accepted"
    DECLINED = "declined"
    UNANSWERED = "unanswered"
    WITHDRAWN = "withdrawn"


#: What each event makes of the asking that is open.
MAKES: dict[type[e.Event], Outcome] = {
    e.Offered: Outcome.WAITING,
    e.Accepted: Outcome.ACCEPTED,
    e.Declined: Outcome.DECLINED,
    e.OfferTimedOut: Outcome.UNANSWERED,
    e.OfferWithdrawn: Outcome.WITHDRAWN,
    e.FollowUpOffered: Outcome.WAITING,
    e.FollowUpAccepted: Outcome.ACCEPTED,
    e.FollowUpDeclined: Outcome.DECLINED,
    e.FollowUpEscalated: Outcome.UNANSWERED,
    e.FollowUpWithdrawn: Outcome.WITHDRAWN,
    e.FollowUpCancelled: Outcome.WITHDRAWN,
}
_OPEN = (Outcome.WAITING, Outcome.UNANSWERED)


@dataclass
class Answers:
    """Of one partner and one kind of care: how often it was asked, what it said, and why it said no."""

    partner: Organisation
    what: Term | None
    outcomes: Counter[Outcome] = field(default_factory=Counter)
    reasons: Counter[DeclineReason] = field(default_factory=Counter)

    @property
    def asked(self) -> int:
        return self.outcomes.total()

    @property
    def answered(self) -> int:
        return self.accepted + self.declined

    @property
    def accepted(self) -> int:
        return self.outcomes[Outcome.ACCEPTED]

    @property
    def declined(self) -> int:
        return self.outcomes[Outcome.DECLINED]

    @property
    def unanswered(self) -> int:
        return self.outcomes[Outcome.UNANSWERED]

    @property
    def withdrawn(self) -> int:
        return self.outcomes[Outcome.WITHDRAWN]

    @property
    def waiting(self) -> int:
        return self.outcomes[Outcome.WAITING]

    @property
    def why(self) -> list[tuple[DeclineReason, int]]:
        """The reasons of the noes, the most frequent first."""
        order = list(DeclineReason)
        return sorted(self.reasons.items(), key=lambda one: (-one[1], order.index(one[0])))


@dataclass
class _Asking:
    partner: int
    care: str | None
    follow_up: int | None
    outcome: Outcome = Outcome.WAITING
    reason: str | None = None


def answers(since: int, partners: Collection[int] | None = None) -> list[Answers]:
    """The answers to everything asked since this moment (ms), by name of partner; of these partners alone where given.

    Four queries, however much was asked.
    """
    kinds = [kind.__name__ for kind in MAKES]
    lines = JournalEntry.objects.filter(kind__in=kinds, at__gte=since).order_by("seq")
    told = lines.values_list("kind", "deployment", "follow_up", "partner", "care", "reason")
    found: list[_Asking] = []
    now: dict[tuple[int | None, int | None], _Asking] = {}
    for kind, deployment, follow_up, partner, care, reason in told.iterator():
        place = (deployment, follow_up)
        event = e.BY_KIND[kind]
        if event in (e.Offered, e.FollowUpOffered):
            now[place] = _Asking(partner, care, follow_up)
            found.append(now[place])
        elif (asking := now.get(place)) is not None and asking.outcome in _OPEN:
            asking.outcome, asking.reason = MAKES[event], reason
    if partners is not None:
        found = [asking for asking in found if asking.partner in partners]
    return _by_partner(found)


def days_ago(now: int, days: int) -> int:
    """The moment from which is counted (ms)."""
    return now - days * DAY


def _by_partner(found: list[_Asking]) -> list[Answers]:
    wanted = {asking.follow_up for asking in found if asking.follow_up is not None}
    needs = dict(FollowUp.objects.filter(pk__in=wanted).values_list("pk", "need"))
    names = Organisation.objects.in_bulk({asking.partner for asking in found})
    rows: dict[tuple[int, str], Answers] = {}
    for asking in found:
        what: Term | None = Care(asking.care) if asking.care else None
        if asking.follow_up is not None and (need := needs.get(asking.follow_up)) is not None:
            what = FollowUpKind(need)
        key = (asking.partner, what.value if what else "")
        row = rows.setdefault(key, Answers(names[asking.partner], what))
        row.outcomes[asking.outcome] += 1
        if asking.outcome is Outcome.DECLINED and asking.reason is not None:
            row.reasons[DeclineReason(asking.reason)] += 1
    return sorted(rows.values(), key=lambda row: (row.partner.name, row.what.value if row.what else ""))
