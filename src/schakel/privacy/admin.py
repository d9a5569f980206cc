"""The journal and the timers that fail in the administration: to look at, never to change."""

from __future__ import annotations

from datetime import datetime

from django.contrib import admin
from django.db.models import QuerySet
from django.http import HttpRequest
from django.utils.translation import gettext_lazy as _

from schakel.accounts.admin import LoggedReading, ReadOnly, moment
from schakel.operations import clock
from schakel.operations.models import JournalEntry, Timer


@admin.register(JournalEntry)
class JournalEntryAdmin(LoggedReading, admin.ModelAdmin):
    """Everything that happened, newest first. Pseudonymous, not anonymous: reading it is logged."""

    list_display = ("seq", "kind", "when", "by", "request", "deployment", "follow_up", "unit", "place")
    ordering = ("-seq",)
    list_filter = ("kind",)
    show_full_result_count = False

    @admin.display(description=_("At"), ordering="at")
    def when(self, row: JournalEntry) -> datetime:
        return moment(row.at)


@admin.register(Timer)
class TimerAdmin(ReadOnly, admin.ModelAdmin):
    """What was due and could not be done: an offer that does not expire, an alarm that does not ring."""

    list_display = ("kind", "subject", "key", "due", "failures", "again")
    ordering = ("due_at", "pk")

    def get_queryset(self, request: HttpRequest) -> QuerySet[Timer]:
        return super().get_queryset(request).filter(done_at=None, failures__gt=0)

    @admin.display(description=_("At"), ordering="due_at")
    def due(self, row: Timer) -> datetime:
        return moment(row.due_at)

    @admin.display(description=_("Tried again at"), ordering="again_at")
    def again(self, row: Timer) -> datetime:
        return clock.as_datetime(row.again_at)


admin.site.index_template = "privacy/administration.html"
