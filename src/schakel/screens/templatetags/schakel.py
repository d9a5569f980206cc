"""Tags and filters that turn what a view knows into what a person reads."""

from __future__ import annotations

from datetime import datetime

from django import template
from django.utils.html import format_html, json_script
from django.utils.safestring import SafeString
from django.utils.translation import gettext

from schakel.domain.reasons import Reason
from schakel.domain.vocabulary import AmbulanceUrgency, Urgency
from schakel.screens import wording
from schakel.screens.moments import to_datetime, to_ms

register = template.Library()

URGENCIES = {term.value: term for term in (*Urgency, *AmbulanceUrgency)}

#: The shape before each kind of status; the words beside it say the rest.
MARKS = (
    "new",
    "waiting",
    "offered",
    "reserved",
    "dispatched",
    "under_way",
    "on_scene",
    "done",
    "stopped",
    "paused",
    "alarm",
)


def _now() -> int:
    from schakel.operations import clock

    return clock.now_ms()


@register.inclusion_tag("screens/parts/urgency.html")
def urgency(code: Urgency | AmbulanceUrgency | str | None, size: str = "") -> dict[str, object]:
    """The badge of an urgency: its letter, its own shape, its colour. None is shown as not yet known."""
    term = URGENCIES[str(code)] if code else None
    return {"code": str(term) if term else "", "label": term.label if term else "", "size": size}


@register.inclusion_tag("screens/parts/status.html")
def status(word: object, mark: str = "waiting") -> dict[str, object]:
    """A state as shape and word. `word` is a term, or text that has been translated already."""
    assert mark in MARKS, f"`{mark}` is one of {MARKS}"
    return {"word": wording.name_of(word), "mark": mark}


@register.simple_tag
def since(moment: int | datetime | None) -> SafeString | str:
    """The age of something, counting up by the centre's clock."""
    if moment is None:
        return _unknown()
    ms = to_ms(moment)
    age = wording.duration(max(0, _now() - ms))
    return format_html('<time class="age" datetime="{}" data-since="{}">{}</time>', _iso(ms), ms, age)


@register.simple_tag
def due(moment: int | datetime | None, near: int = 0) -> SafeString | str:
    """The time left until a deadline, or how late it is. `near`: from how many ms before it stands out."""
    if moment is None:
        return _unknown()
    ms = to_ms(moment)
    left = ms - _now()
    text = wording.duration(left) if left >= 0 else f"{gettext('late')} {wording.duration(left)}"
    state = "overdue" if left < 0 else "near" if left < near else ""
    return format_html(
        '<time class="due {}" datetime="{}" data-due="{}" data-near="{}">{}</time>', state, _iso(ms), ms, near, text
    )


@register.simple_tag
def at(moment: int | datetime | None) -> SafeString | str:
    """The time of day in Amsterdam; with its date when it is not today."""
    if moment is None:
        return _unknown()
    ms = to_ms(moment)
    text = wording.wall_time(ms, _now())
    return format_html('<time class="at" datetime="{}" data-at="{}">{}</time>', _iso(ms), ms, text)


@register.inclusion_tag("screens/parts/keyed.html")
def keyed(label: object, key: str = "", *, href: str = "", why_not: Reason | None = None, **more: object) -> dict:
    """A button, or a link when it has an `href`, with its key on it; greyed out with its reason when there is one.

    `kind`: primary, quiet or danger. `command`: its name in the command bar ("" keeps it out of it). `name`, `value`,
    `type`, `id`, `form`: as in HTML. `hx_post`, `hx_get`, `hx_target`, `hx_swap`, `hx_vals`, `hx_include`,
    `hx_confirm`: as in htmx.
    """
    label = wording.name_of(label)
    kind = more.pop("kind", "")
    command = more.pop("command", label)
    ident = more.pop("id", "")
    kind_of_button = more.pop("type", "submit" if "name" in more or "form" in more else "button")
    attributes = [(name.replace("_", "-"), value) for name, value in more.items() if value not in (None, "")]
    return {
        "label": label,
        "key": key,
        "href": href,
        "why_not": wording.say(why_not) if why_not else "",
        "why_not_id": f"why-not-{ident or id(why_not)}" if why_not else "",
        "kind": kind,
        "command": command,
        "id": ident,
        "type": kind_of_button,
        "attributes": attributes,
    }


@register.filter
def term(value: object) -> str:
    """The word on the screen for a term of the vocabulary."""
    return wording.name_of(value)


@register.filter
def reason(value: Reason | None) -> str:
    """The sentence of a reason, in the reader's language; nothing where there is none."""
    return wording.say(value) if value else ""


@register.filter
def duration(ms: int | None) -> str:
    """A length of time; unknown stays unknown."""
    return gettext("unknown") if ms is None else wording.duration(ms)


@register.filter
def ms(moment: int | datetime | None) -> str:
    """Whole milliseconds, for data attributes."""
    return "" if moment is None else str(to_ms(moment))


@register.simple_tag
def words() -> SafeString:
    """The sentences of the page's scripts, in the page's language. Data, not script: a strict CSP lets it pass."""
    return json_script(wording.spoken(), "words")


def _iso(ms: int) -> str:
    return to_datetime(ms).isoformat(timespec="seconds")


def _unknown() -> SafeString:
    return format_html('<span class="unknown">{}</span>', gettext("unknown"))
