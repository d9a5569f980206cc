"""The journal in the administration: to look at, never to change."""

from __future__ import annotations

from datetime import datetime

from django.contrib import admin
from django.utils.translation import gettext_lazy as _

from schakel.accounts.admin import LoggedReading, moment
from schakel.operations.models import JournalEntry


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
