"""Who looked at what, and why: the access log, the reviews of broken glass, what stands out.

Reading the log is itself a line in the log; when that cannot be written, nothing is shown.
"""

from __future__ import annotations

import csv
from datetime import datetime
from urllib.parse import urlencode
from uuid import uuid4

from django import forms
from django.db import transaction
from django.db.models import Count, OuterRef, QuerySet, Subquery
from django.db.models.functions import Coalesce
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.timezone import localtime
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods, require_safe

from schakel.accounts import access_log
from schakel.accounts.gate import only_for
from schakel.accounts.models import AccessEntry, BrokenGlass, Deed, Organisation, Person
from schakel.domain.access import Category, Relation
from schakel.domain.reasons import Reason, Refused
from schakel.domain.vocabulary import Role
from schakel.operations import clock
from schakel.operations.actions import glass as glass_actions
from schakel.privacy import chain
from schakel.privacy import patterns as stands_out
from schakel.screens.refusal import CONFLICT
from schakel.screens.wording import name_of, say

#: Lines on one page. Pages go by line number, so that a line that comes in between moves nothing.
PAGE = 100
LARGEST = 2**53

officer_only = only_for(Role.PRIVACY_OFFICER)


# ----------------------------------------------------------------------- the log


class Filter(forms.Form):
    """Which lines: between two moments, of one request, person or organisation, or only emergencies."""

    since = forms.DateTimeField(label=gettext_lazy("From"), required=False)
    until = forms.DateTimeField(label=gettext_lazy("Until"), required=False)
    request = forms.IntegerField(label=gettext_lazy("Request"), required=False, min_value=1, max_value=LARGEST)
    person = forms.ModelChoiceField(
        Person.objects.order_by("last_name", "first_name", "username"), label=gettext_lazy("Person"), required=False
    )
    organisation = forms.ModelChoiceField(
        Organisation.objects.all(), label=gettext_lazy("Organisation"), required=False
    )
    emergency = forms.BooleanField(label=gettext_lazy("Only emergencies"), required=False)
    before = forms.IntegerField(required=False, min_value=1, max_value=LARGEST, widget=forms.HiddenInput)

    def __init__(self, *args, **kwargs) -> None:
        super().__init__(*args, **kwargs)
        for name in ("since", "until"):
            self.fields[name].widget = forms.DateTimeInput(attrs={"type": "datetime-local"}, format="%Y-%m-%dT%H:%M")
            self.fields[name].error_messages["invalid"] = _("Expected a date and a time, as in 2026-05-01T14:30.")
        self.fields["request"].widget.attrs["data-key"] = "r"

    def clean(self) -> dict:
        asked = super().clean()
        if asked.get("since") and asked.get("until") and asked["since"] >= asked["until"]:
            self.add_error("until", _("The end lies before the beginning. Give a later end."))
        return asked

    def lines(self) -> QuerySet[AccessEntry]:
        """The lines that were asked for, newest first."""
        asked = self.cleaned_data
        lines = AccessEntry.objects.select_related("person", "organisation").order_by("-number")
        if asked["since"]:
            lines = lines.filter(at__gte=_ms(asked["since"]))
        if asked["until"]:
            lines = lines.filter(at__lt=_ms(asked["until"]))
        for name in ("request", "person", "organisation"):
            if asked[name] is not None:
                lines = lines.filter(**{name: asked[name]})
        if asked["emergency"]:
            lines = lines.filter(emergency=True)
        if asked["before"]:
            lines = lines.filter(number__lt=asked["before"])
        return lines

    @property
    def ground(self) -> str:
        """What was asked, in keys: what the line about this reading says."""
        asked = self.cleaned_data
        told = {
            "since": _ms(asked["since"]) if asked["since"] else None,
            "until": _ms(asked["until"]) if asked["until"] else None,
            "person": asked["person"].pk if asked["person"] else None,
            "organisation": asked["organisation"].pk if asked["organisation"] else None,
            "emergency": asked["emergency"] or None,
            "before": asked["before"],
        }
        return "access log " + " ".join(f"{name}={value}" for name, value in told.items() if value is not None)


@officer_only
@require_safe
@never_cache
def log(request: HttpRequest) -> HttpResponse:
    """Who looked at what, and why: the newest lines first."""
    form = Filter(request.GET)
    if not form.is_valid():
        return render(request, "privacy/log.html", {"form": form, "title": _title(), "chain": None}, status=400)
    with transaction.atomic():
        _log_reading(request, form.ground, of=form.cleaned_data["request"])
        lines = list(form.lines()[: PAGE + 1])
    more = {key: value for key, value in request.GET.items() if value and key != "before"}
    older = f"?{urlencode({**more, 'before': lines[PAGE - 1].number})}" if len(lines) > PAGE else ""
    newest = f"?{urlencode(more)}" if form.cleaned_data["before"] else ""
    return render(
        request,
        "privacy/log.html",
        {
            "title": _title(),
            "form": form,
            "filtered": bool(more),
            "lines": _told(lines[:PAGE]),
            "older": older,
            "newest": newest,
            "chain": chain.look(),
            "of_request": form.cleaned_data["request"],
            "waiting": BrokenGlass.objects.filter(reviewed_at=None).count(),
        },
    )


@officer_only
@require_safe
@never_cache
def request_csv(request: HttpRequest, request_number: int) -> HttpResponse:
    """The log of one request as a file, oldest first. Making a copy is a line of its own."""
    if request_number > LARGEST:
        raise Http404
    with transaction.atomic():
        access_log.add(
            Deed.PRINT, viewer=request.viewer, at=clock.now_ms(), request=request_number, ground="access log"
        )
        lines = list(
            AccessEntry.objects.filter(request=request_number)
            .select_related("person", "organisation")
            .order_by("number")
        )
    response = HttpResponse(content_type="text/csv; charset=utf-8")
    response["Content-Disposition"] = f'attachment; filename="access-log-{request_number}.csv"'
    response.write("\ufeff")  # so that a spreadsheet reads it as UTF-8
    out = csv.writer(response, delimiter=";")
    out.writerow(
        [_("Line"), _("When"), _("Who"), _("Organisation"), _("Role"), _("Deed"), _("Data"), _("Ground"),
         _("Emergency"), _("Hash")]
    )  # fmt: skip
    for line in _told(lines):
        out.writerow(
            [
                line.number,
                localtime(clock.as_datetime(line.at)).isoformat(timespec="seconds"),
                _inert(str(line.person or _("the centre's clock"))),
                _inert(str(line.organisation or "")),
                name_of(line.role),
                name_of(line.deed),
                ", ".join(line.data),
                line.why,
                _("yes") if line.emergency else _("no"),
                line.hash,
            ]
        )
    return response


def _told(lines: list[AccessEntry]) -> list[AccessEntry]:
    """The lines, with their codes as words: `data` and `why`."""
    words = {category.value: category for category in Category}
    relations = {relation.value: relation for relation in Relation}
    for line in lines:
        line.data = [name_of(words[code]) if code in words else code for code in line.categories.split()]
        known = [relations.get(code) for code in line.ground.split()]
        line.why = ", ".join(name_of(one) for one in known) if known and all(known) else line.ground
        if line.emergency and line.ground.startswith("glass: "):
            line.why = name_of(_glass_reason(line.ground.removeprefix("glass: ")))
    return lines


def _glass_reason(code: str) -> object:
    terms = BrokenGlass._meta.get_field("reason").terms  # type: ignore[union-attr]
    return next((term for term in terms if term.value == code), code)


def _inert(text: str) -> str:
    """A text that a spreadsheet does not take for a formula."""
    return f"'{text}" if text[:1] in ("=", "+", "-", "@", "\t", "\r") else text


# ------------------------------------------------------------------ broken glass


class Review(forms.Form):
    """The verdict of the privacy officer, and why."""

    justified = forms.TypedChoiceField(
        label=gettext_lazy("Was it right?"),
        choices=[("yes", gettext_lazy("Yes, it was right")), ("no", gettext_lazy("No, it was not right"))],
        coerce=lambda value: value == "yes",
        widget=forms.RadioSelect,
    )
    verdict = forms.CharField(
        label=gettext_lazy("Why"),
        help_text=gettext_lazy("In a few words, for who reads this later. No details of the patient."),
        min_length=glass_actions.LEAST,
        max_length=500,
        widget=forms.Textarea(attrs={"rows": 4}),
    )
    key = forms.CharField(required=False, max_length=64, widget=forms.HiddenInput)


@officer_only
@require_safe
@never_cache
def glass(request: HttpRequest) -> HttpResponse:
    """Every time the glass was broken: what waits for a review, longest first, and what was reviewed lately."""
    with transaction.atomic():
        _log_reading(request, "broken glass")
        waiting = list(_glasses().filter(reviewed_at=None).order_by("at")[: 2 * PAGE])
        reviewed = list(_glasses().filter(reviewed_at__isnull=False).order_by("-reviewed_at")[:PAGE])
    return render(
        request,
        "privacy/glass.html",
        {"title": _("Who broke the glass, and was it right?"), "waiting": waiting, "reviewed": reviewed},
    )


@officer_only
@require_http_methods(["GET", "HEAD", "POST"])
@never_cache
def review(request: HttpRequest, pk: int) -> HttpResponse:
    """One time the glass was broken: why, what was looked at, and the verdict."""
    if pk > LARGEST:
        raise Http404
    form = Review(request.POST or None, initial={"key": uuid4().hex})
    sentence, status = "", 200
    if request.method == "POST":
        status = 422
        if form.is_valid():
            said = form.cleaned_data
            try:
                glass_actions.review(
                    glass=pk,
                    justified=said["justified"],
                    verdict=said["verdict"],
                    at=clock.now_ms(),
                    by=request.viewer,
                    key=said["key"] or None,
                )
            except Refused as refused:
                sentence, status = say(refused.reason), CONFLICT
            else:
                return redirect("privacy:glass")
    with transaction.atomic():
        row = get_object_or_404(_glasses(), pk=pk)
        _log_reading(request, f"broken glass {row.pk}", of=row.request)
        reads = AccessEntry.objects.filter(
            person=row.person_id, request=row.request, emergency=True, at__gte=row.at, at__lte=row.until
        ).order_by("number")
        lines = _told(list(reads.select_related("person", "organisation")[:PAGE]))
    return render(
        request,
        "privacy/review.html",
        {
            "title": _("Was it right to break the glass?"),
            "row": row,
            "lines": lines,
            "form": form,
            "sentence": sentence,
            "why_not": why_not_review(row, request.viewer.person),
        },
        status=status,
    )


def why_not_review(row: BrokenGlass, person: int) -> Reason | None:
    """Say why this officer cannot review it, or None: the same reasons as the action's."""
    if row.person_id == person:
        return Reason(glass_actions.OWN_GLASS)
    if row.reviewed_at is not None:
        return Reason(glass_actions.REVIEWED)
    return None


def _glasses() -> QuerySet[BrokenGlass]:
    """Broken glass with how often the dossier was looked at through it."""
    reads = (
        AccessEntry.objects.filter(
            person=OuterRef("person"),
            request=OuterRef("request"),
            emergency=True,
            deed__in=stands_out.LOOKING,
            at__gte=OuterRef("at"),
            at__lte=OuterRef("until"),
        )
        .order_by()
        .values("request")
        .annotate(n=Count("pk"))
        .values("n")
    )
    return BrokenGlass.objects.select_related("person", "reviewed_by").annotate(reads=Coalesce(Subquery(reads), 0))


# ---------------------------------------------------------------- what stands out


@officer_only
@require_safe
@never_cache
def patterns(request: HttpRequest) -> HttpResponse:
    """Plain counts over the last month: who looked at many requests in an hour, who looked by broken glass."""
    now = clock.now_ms()
    with transaction.atomic():
        _log_reading(request, "patterns")
        found = {
            "hours": stands_out.busiest_hours(now),
            "people": stands_out.outside_by_person(now),
            "organisations": stands_out.outside_by_organisation(now),
        }
    return render(
        request, "privacy/patterns.html", {"title": _("What stands out in who looked?"), "hour": 3_600_000, **found}
    )


def _title() -> str:
    return _("Who looked at what, and why?")


def _log_reading(request: HttpRequest, ground: str, of: int | None = None) -> None:
    access_log.add(Deed.READ_LOG, viewer=request.viewer, at=clock.now_ms(), request=of, ground=ground)


def _ms(moment: datetime) -> int:
    return int(moment.timestamp() * 1000)
