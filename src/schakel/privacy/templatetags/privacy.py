"""What the front page of the administration asks."""

from __future__ import annotations

from django import template

from schakel.operations import timers

register = template.Library()


@register.simple_tag
def failing_timers() -> int:
    """How many timers were due and could not be done."""
    return timers.failing()
