"""The items of the main navigation: each door registers its own, each person sees what is theirs.

A door calls `register` in its `AppConfig.ready`. Order of registration is order on the screen.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable
from typing import NamedTuple

from django.urls import NoReverseMatch, reverse


class NavItem(NamedTuple):
    """One screen that can be gone to: `label` is an English msgid, `key` a key or a sequence such as "g q"."""

    name: str
    label: str
    url_name: str
    key: str
    visible: Callable[[object], bool]


class Place(NamedTuple):
    """A navigation item as one person sees it now."""

    name: str
    label: str
    url: str
    key: str
    current: bool


_items: dict[str, NavItem] = {}
_goto: list[str] = []


def register(item: NavItem) -> None:
    """Add an item, once. Two doors with one name or one key are a mistake of ours."""
    taken = {other.key for other in _items.values() if other.name != item.name}
    assert item.key not in taken, f"`{item.key}` is the key of one item only"
    assert _items.get(item.name, item) == item, f"`{item.name}` is registered once"
    _items[item.name] = item


def register_goto(url_name: str) -> None:
    """The view that finds a request by its number (`?q=12`), for the command bar."""
    _goto[:] = [url_name]


def goto_url() -> str:
    """The address to which the command bar adds a number; empty where no door has one."""
    try:
        return f"{reverse(_goto[0])}?q=" if _goto else ""
    except NoReverseMatch:
        return ""


def items() -> Iterable[NavItem]:
    """All items, in the order in which they were registered."""
    return tuple(_items.values())


def places(viewer: object, path: str) -> list[Place]:
    """The items that this viewer may see, and which of them is the page at `path`."""
    seen = []
    for item in _items.values():
        if viewer is None or not item.visible(viewer):
            continue
        try:
            url = reverse(item.url_name)
        except NoReverseMatch:
            continue  # a door that is not connected in this installation
        seen.append((item, url))
    here = max((url for _, url in seen if path == url or (url != "/" and path.startswith(url))), key=len, default=None)
    return [Place(item.name, item.label, url, item.key, url == here) for item, url in seen]
