"""The table of who says no and why, as the desk and a partner's own page both show it."""

from __future__ import annotations

from collections.abc import Collection
from typing import Any

from django.http import HttpRequest

from schakel.operations import clock
from schakel.operations.answers import DAYS, answers, days_ago


def table(request: HttpRequest, partners: Collection[int] | None = None) -> dict[str, Any]:
    """What `screens/parts/answers.html` shows: of these partners alone where given. `?days=28` counts longer."""
    asked = request.GET.get("days", "")
    days = next((one for one in DAYS if str(one) == asked), DAYS[0])
    return {"spans": DAYS, "days": days, "answers": answers(days_ago(clock.now_ms(), days), partners)}
