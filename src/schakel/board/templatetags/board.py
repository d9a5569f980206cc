"""The rows of one live list out of those of the page."""

from __future__ import annotations

from django import template

from schakel.screens.lists import Shown

register = template.Library()


@register.filter
def named(lists: dict[str, list[Shown]], name: str) -> list[Shown]:
    """The rows of the list with this name; its name has a hyphen, which a template cannot follow."""
    return lists[name]
