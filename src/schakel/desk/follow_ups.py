"""What has no taker yet: the coordinator's screen, and the follow-ups of one request for the case page."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Sequence
from typing import Any, NamedTuple

from django import forms
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.utils.translation import gettext as _

from schakel.accounts.gate import only_for
from schakel.accounts.models import Organisation
from schakel.desk.verbs import (
    CENTRE,
    Able,
    Said,
    is_seen,
    new_key,
    options,
    request_seen,
    row_field,
    term_field,
    then,
    verb,
    words,
)
from schakel.domain import events as e
from schakel.domain.access import Category, Ties, Viewer, sees
from schakel.domain.durations import MINUTE
from schakel.domain.events import Event, RequestEvent
from schakel.domain.reasons import gettext_noop as N_
from schakel.domain.states import FollowUpStatus
from schakel.domain.vocabulary import CancelReason, DeclineReason, EscalationLevel, FollowUpKind, Urgency
from schakel.operations.actions import follow_up as follow_up_actions
from schakel.operations.actions.follow_up import TAKERS
from schakel.operations.current_region import region
from schakel.operations.models import CareRequest, FollowUp, JournalEntry
from schakel.screens import answers
from schakel.screens.lists import LiveList
from schakel.screens.page import live_page

#: How long before its deadline a follow-up stands out.
NEAR = 10 * MINUTE

WITHOUT_TAKER = (FollowUpStatus.SEEKING, FollowUpStatus.OFFERED)

#: The shape beside each status.
MARKS = {
    FollowUpStatus.NEW: "new",
    FollowUpStatus.SEEKING: "waiting",
    FollowUpStatus.OFFERED: "offered",
    FollowUpStatus.ACCEPTED: "dispatched",
    FollowUpStatus.DONE: "done",
    FollowUpStatus.CANCELLED: "stopped",
}

#: The most pressing level first.
LEVELS = (EscalationLevel.CENTRE_LEAD, EscalationLevel.PARTNER_COORDINATOR, EscalationLevel.PARTNER)


class Refusal(NamedTuple):
    """A partner that said no, why, and when."""

    partner: str
    reason: DeclineReason
    at: int


# ---------------------------------------------------------------- the live lists


def rows_of(tasks: Iterable[FollowUp]) -> list[FollowUp]:
    """The follow-ups with everything that a row shows, in three queries whatever their number."""
    rows = list(tasks)
    refused = refusals({row.pk for row in rows})
    partners = Organisation.objects.in_bulk({row.partner_id for row in rows if row.partner_id})
    zones = region().zone
    for row in rows:
        place = zones.get(row.request.zone or "")
        row.area = place.name if place else None
        row.asked = partners.get(row.partner_id or 0)
        row.refused = refused.get(row.pk, [])
        row.mark = "alarm" if row.level is EscalationLevel.CENTRE_LEAD else MARKS[row.status]
        row.near = NEAR
    return rows


def refusals(keys: set[int]) -> dict[int, list[Refusal]]:
    """Who said no to each of these follow-ups. The journal knows: who was asked last is who answers."""
    told = (
        JournalEntry.objects.filter(
            follow_up__in=keys, kind__in=[e.FollowUpOffered.__name__, e.FollowUpDeclined.__name__]
        )
        .order_by("seq")
        .values_list("follow_up", "kind", "partner", "reason", "at")
    )
    asked: dict[int, int] = {}
    found: dict[int, list[tuple[int, str, int]]] = defaultdict(list)
    for key, kind, partner, reason, at in told:
        if kind == e.FollowUpOffered.__name__:
            asked[key] = partner
        else:
            found[key].append((asked[key], reason, at))
    names = dict(Organisation.objects.filter(pk__in=set(asked.values())).values_list("pk", "name")) if found else {}
    return {
        key: [Refusal(names.get(partner, "?"), DeclineReason(reason), at) for partner, reason, at in lines]
        for key, lines in found.items()
    }


def _without_taker(keys: set[int] | None, now: int) -> Sequence[FollowUp]:
    return _rows(keys, WITHOUT_TAKER)


def _with_the_lead(keys: set[int] | None, now: int) -> Sequence[FollowUp]:
    return [row for row in _without_taker(keys, now) if row.level is EscalationLevel.CENTRE_LEAD]


def _promised(keys: set[int] | None, now: int) -> Sequence[FollowUp]:
    return _rows(keys, (FollowUpStatus.ACCEPTED,))


def _rows(keys: set[int] | None, statuses: Iterable[FollowUpStatus]) -> Sequence[FollowUp]:
    found = FollowUp.objects.filter(status__in=[status.value for status in statuses])
    if keys is not None:
        found = found.filter(pk__in=keys)
    return rows_of(found.select_related("request"))


def _shows(viewer: Viewer, row: FollowUp, ties: Ties | None, now: int) -> bool:
    return viewer.has(*CENTRE) and ties is not None and sees(viewer, ties, Category.LOGISTICS, now)


def _sort(row: FollowUp) -> str:
    """The lead of the centre first, then the nearest deadline."""
    level = LEVELS.index(row.level) if row.level else len(LEVELS)
    return f"{level}-{row.reply_by or 0:015d}-{_rank(row)}"


def _sort_promised(row: FollowUp) -> str:
    return f"{row.accepted_at or 0:015d}"


def _rank(row: FollowUp) -> int:
    urgency: Urgency | None = row.request.urgency
    return urgency.rank if urgency else len(Urgency)


#: Events of a request that change what a row of its follow-ups shows, or to whom.
_OF_REQUEST = (e.Located, e.Triaged, e.UrgencyRaised, e.UrgencyLowered, e.OwnershipAccepted, e.Reopened)


def _keys(event: Event) -> Iterable[int | None]:
    if isinstance(event, _OF_REQUEST) and isinstance(event, RequestEvent):
        return FollowUp.objects.filter(request=event.request).values_list("pk", flat=True)
    return (getattr(event, "follow_up", None),)


def _list(name: str, template: str, prefix: str, **how: Any) -> LiveList:
    return LiveList(
        name=name,
        template=f"desk/follow_ups/{template}.html",
        shows=_shows,
        keys=_keys,
        prefix=prefix,
        request_of=lambda row: row.request,
        **how,
    )


LISTS = (
    _list("follow_ups", "row", "follow-up", rows=_without_taker, sort=_sort),
    _list("follow_ups_lead", "row_lead", "escalated", rows=_with_the_lead, sort=_sort),
    _list("follow_ups_promised", "row_promised", "promised", rows=_promised, sort=_sort_promised),
)

# ---------------------------------------------------------------- the screens


@only_for(*CENTRE)
def page(request: HttpRequest) -> HttpResponse:
    """What has no taker yet? `?request=12` opens the follow-ups of one request beside the list."""
    chosen = request.GET.get("request", "")
    more: dict[str, Any] = {}
    if chosen.isdecimal() and len(chosen) < 16:
        more = _panel(request, request_seen(request.viewer, int(chosen)), focus=False)  # type: ignore[attr-defined]
    return live_page(
        request,
        "desk/follow_ups/page.html",
        title=_("What has no taker yet?"),
        lists=tuple(one.name for one in LISTS),
        **more,
    )


@only_for(*CENTRE)
def answered(request: HttpRequest) -> HttpResponse:
    """Who says no, and why? What became of everything that providers and partners were asked."""
    title = _("Who says no, and why?")
    return live_page(request, "desk/follow_ups/answers.html", title=title, **answers.table(request))


@only_for(*CENTRE)
def of_request(request: HttpRequest, request_key: int) -> HttpResponse:
    """The follow-ups of one request, with every verb: a part of a page."""
    row = request_seen(request.viewer, request_key)  # type: ignore[attr-defined]
    return render(request, "desk/follow_ups/of_request.html", _panel(request, row, focus="focus" in request.GET))


def _panel(request: HttpRequest, row: CareRequest, *, focus: bool) -> dict[str, Any]:
    able = Able(row, request.viewer)  # type: ignore[attr-defined]
    tasks = rows_of(row.follow_ups.select_related("request").order_by("-pk"))
    tasks.sort(key=lambda task: (task.status not in WITHOUT_TAKER, task.status is not FollowUpStatus.ACCEPTED))
    wanted = {kind for task in tasks if task.need for kind in TAKERS[task.need]}
    everybody = list(Organisation.objects.filter(kind__in=[kind.value for kind in wanted])) if wanted else []
    keyed: set[FollowUpStatus] = set()
    for task in tasks:
        said_no = {refusal.partner for refusal in task.refused}
        task.mark = MARKS[task.status]
        task.open = task.status in (*WITHOUT_TAKER, FollowUpStatus.ACCEPTED)
        task.takers = [(one, one.name in said_no) for one in everybody if task.need and one.kind in TAKERS[task.need]]
        task.keyed = task.status not in keyed  # the keys of a status belong to the first that has it
        keyed.add(task.status)
        task.why_not = {
            "offer": able.why_not(e.FollowUpOffered, task),
            "accept": able.why_not(e.FollowUpAccepted, task),
            "decline": able.why_not(e.FollowUpDeclined, task),
            "withdraw": able.why_not(e.FollowUpWithdrawn, task),
            "finish": able.why_not(e.FollowUpDone, task),
            "cancel": able.why_not(e.FollowUpCancelled, task),
        }
    return {
        "case": row,
        "tasks": tasks,
        "why_not_ask": able.why_not(e.FollowUpAsked),
        "needs": options(FollowUpKind),
        "decline_reasons": options(DeclineReason),
        "cancel_reasons": options(CancelReason),
        "new_key": new_key,
        "focus": focus,
    }


# ---------------------------------------------------------------- the verbs


class Ask(Said):
    """Which care has to be taken over, and whether its taker owns the request from then on."""

    need = term_field(FollowUpKind, N_("Follow-up care"))
    takes_over = forms.BooleanField(required=False, label=N_("The taker owns the request"))


class Offer(Said):
    """Which partner."""

    partner = row_field(N_("Partner"))


class Decline(Said):
    """Why not."""

    reason = term_field(DeclineReason, N_("Reason"))


class Cancel(Said):
    """Why no longer."""

    reason = term_field(CancelReason, N_("Reason"))


@only_for(*CENTRE)
@verb(Ask)
def ask(request: HttpRequest, said: dict, request_key: int) -> HttpResponse:
    """Somebody has to take this over."""
    follow_up_actions.ask(request=request_key, need=said["need"], takes_over=said["takes_over"], **words(request, said))
    return _then(request, said, request_key)


@only_for(*CENTRE)
@verb(Offer)
def offer(request: HttpRequest, said: dict, follow_up: int) -> HttpResponse:
    """Ask a partner."""
    follow_up_actions.offer(follow_up=follow_up, partner=said["partner"], **words(request, said))
    return _then(request, said, _request_of(follow_up))


@only_for(*CENTRE)
@verb(Said)
def accept(request: HttpRequest, said: dict, follow_up: int) -> HttpResponse:
    """The partner said yes, by telephone."""
    follow_up_actions.accept(follow_up=follow_up, on_behalf=True, **words(request, said))
    return _then(request, said, _request_of(follow_up))


@only_for(*CENTRE)
@verb(Decline)
def decline(request: HttpRequest, said: dict, follow_up: int) -> HttpResponse:
    """The partner said no, by telephone, and why."""
    follow_up_actions.decline(follow_up=follow_up, reason=said["reason"], on_behalf=True, **words(request, said))
    return _then(request, said, _request_of(follow_up))


@only_for(*CENTRE)
@verb(Said)
def withdraw(request: HttpRequest, said: dict, follow_up: int) -> HttpResponse:
    """Take the offer back."""
    follow_up_actions.withdraw(follow_up=follow_up, **words(request, said))
    return _then(request, said, _request_of(follow_up))


@only_for(*CENTRE)
@verb(Said)
def finish(request: HttpRequest, said: dict, follow_up: int) -> HttpResponse:
    """The partner has the patient."""
    follow_up_actions.finish(follow_up=follow_up, **words(request, said))
    return _then(request, said, _request_of(follow_up))


@only_for(*CENTRE)
@verb(Cancel)
def cancel(request: HttpRequest, said: dict, follow_up: int) -> HttpResponse:
    """It is no longer needed."""
    follow_up_actions.cancel(follow_up=follow_up, reason=said["reason"], **words(request, said))
    return _then(request, said, _request_of(follow_up))


def _request_of(follow_up: int) -> int:
    return FollowUp.objects.values_list("request", flat=True).get(pk=follow_up)


def _then(request: HttpRequest, said: dict, request_key: int) -> HttpResponse:
    """The part again; or, when the taker owns the request now and the centre no longer sees it, that it is so."""
    seen = is_seen(request.viewer, request_key)  # type: ignore[attr-defined]
    page_of = reverse("desk:follow_ups")

    def part() -> HttpResponse:
        if seen:
            return of_request(request, request_key=request_key)
        return render(request, "desk/follow_ups/gone.html", {"number": request_key})

    return then(request, said, part, f"{page_of}?request={request_key}" if seen else page_of)
