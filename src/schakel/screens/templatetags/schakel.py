"""Tags and filters that turn what a view knows into what a person reads."""

from __future__ import annotations

import re
from collections.abc import Iterable
from datetime import datetime
from functools import cache, lru_cache

from django import template
from django.templatetags.static import static
from django.utils.html import format_html, format_html_join, json_script
from django.utils.safestring import SafeString, mark_safe
from django.utils.translation import get_language, gettext

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


@register.simple_tag
def icon(name: str, extra: str = "") -> SafeString:
    """A shape of the house, beside a word that says the same. `extra`: more classes."""
    return _icon(name, extra)


@cache
def _icon(name: str, extra: str) -> SafeString:
    return format_html(
        '<svg class="icon {}" aria-hidden="true" focusable="false"><use href="{}#{}"></use></svg>',
        extra,
        static("screens/shapes.svg"),
        name,
    )


@register.simple_tag
def urgency(code: Urgency | AmbulanceUrgency | str | None, size: str = "") -> SafeString:
    """The badge of an urgency: its letter, its own shape, its colour. None is shown as not yet known."""
    return _badge(str(code) if code else "", size, get_language() or "")


@cache
def _badge(code: str, size: str, language: str) -> SafeString:
    more = f" {size}" if size else ""
    if not code:
        label = gettext("Urgency not yet known")
        return format_html(
            '<span class="urgency none{}" title="{}">{}<b>?</b><span class="unseen">{}</span></span>',
            more,
            label,
            _icon("unknown", "shape"),
            label,
        )
    return format_html(
        '<span class="urgency {}{}" title="{}">{}<b>{}</b></span>',
        code.lower(),
        more,
        gettext(URGENCIES[code].label),
        _icon(code.lower(), "shape"),
        code,
    )


@register.simple_tag
def status(word: object, mark: str = "waiting") -> SafeString:
    """A state as shape and word. `word` is a term, or text that has been translated already."""
    assert mark in MARKS, f"`{mark}` is one of {MARKS}"
    return format_html('<span class="status {}">{}{}</span>', mark, _icon(mark, "shape"), wording.name_of(word))


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
    state, text = _left(ms - _now(), near)
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


@register.simple_tag
def keyed(label: object, key: str = "", *, href: str = "", why_not: Reason | None = None, **more: object) -> SafeString:
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
    said = format_html('{}<kbd aria-hidden="true">{}</kbd>', label, key) if key else label
    named = {"id": ident, "data-key": key, "data-command": command}
    if why_not:
        reason_id = f"why-not-{ident or id(why_not)}"
        refused = {"id": ident, "aria-disabled": "true", "aria-describedby": reason_id} | named
        return format_html(
            '<span class="why-not"><button type="button" class="button {}"{}>{}</button>'
            ' <span class="reason" id="{}">{}</span></span>',
            kind,
            _attributes(refused),
            said,
            reason_id,
            wording.say(why_not),
        )
    named |= {name.replace("_", "-"): value for name, value in more.items()}
    if href:
        return format_html('<a class="button {}" href="{}"{}>{}</a>', kind, href, _attributes(named), said)
    return format_html(
        '<button type="{}" class="button {}"{}>{}</button>', kind_of_button, kind, _attributes(named), said
    )


@register.simple_tag
def options(pairs: Iterable[tuple[object, str]], chosen: object = None) -> SafeString:
    """The options of a select or a datalist: a code and a word each. `chosen`: the code of the one that is selected."""
    told = "" if chosen is None else str(chosen)
    return _options(tuple((str(code), word) for code, word in pairs), told)


@lru_cache(maxsize=512)
def _options(pairs: tuple[tuple[str, str], ...], chosen: str) -> SafeString:
    return format_html_join(
        "",
        '<option value="{}"{}>{}</option>',
        ((code, mark_safe(" selected") if code == chosen else "", word) for code, word in pairs),
    )


def _attributes(named: dict[str, object]) -> SafeString:
    """What is said of an element, as HTML; what has no value is left out."""
    return format_html_join("", ' {}="{}"', ((name, value) for name, value in named.items() if value not in (None, "")))


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


_SINCE = re.compile(r'(data-since="(\d+)">)[^<]*')
_DUE = re.compile(r'class="due [a-z]*"( datetime="[^"]*" data-due="(\d+)" data-near="(\d+)">)[^<]*')
_AT = re.compile(r'(data-at="(\d+)">)[^<]*')


def freshened(html: str, now: int) -> str:
    """HTML that was drawn before, with what `since`, `due` and `at` say at this moment (ms)."""
    html = _SINCE.sub(lambda found: f"{found[1]}{wording.duration(max(0, now - int(found[2])))}", html)
    html = _AT.sub(lambda found: f"{found[1]}{wording.wall_time(int(found[2]), now)}", html)
    return _DUE.sub(lambda found: _due_again(found, now), html)


def _due_again(found: re.Match[str], now: int) -> str:
    state, text = _left(int(found[2]) - now, int(found[3]))
    return f'class="due {state}"{found[1]}{text}'


def _left(left: int, near: int) -> tuple[str, str]:
    """How a deadline stands with so much time left (ms), and the words for it."""
    if left < 0:
        return "overdue", f"{gettext('late')} {wording.duration(left)}"
    return "near" if left < near else "", wording.duration(left)


def _iso(ms: int) -> str:
    return to_datetime(ms).isoformat(timespec="seconds")


def _unknown() -> SafeString:
    return format_html('<span class="unknown">{}</span>', gettext("unknown"))
