"""A log as text that people can read: one line per event, its time first.

    09:00     received  1  zone=zeist
    09:01     triaged   1  urgency=U1
    09:03     accepted  1  unit=7
    1d 00:12  arrived   1

A line is a time, what happened, the number of whom or what it happened to, and what became known. Days count from 0
and the first is not written. A deployment or follow-up has the number of its request until a line says
`request=...`; after that it is remembered, as are its unit and place. What nobody wrote is not known.

A fact may stand with an event that does not establish it when only one other event of the same subject does:
`received 1 zone=zeist` is `received 1` and `located 1 zone=zeist` at the same moment.
"""

from __future__ import annotations

import re
import typing
from collections.abc import Iterator
from difflib import get_close_matches
from typing import Any

import numpy as np

from schakel.domain.durations import DAY, HOUR, MINUTE, SECOND
from schakel.domain.events import BY_KIND, EVENTS, FACTS, SUBJECTS, Event
from schakel.domain.vocabulary import Term
from schakel.indicators.log import CODE, NONE, EventLog, decoded, dtype, encoded, hints


def _word(kind: type[Event]) -> str:
    return re.sub(r"(?<=[a-z])(?=[A-Z])", "_", kind.__name__).lower()


#: The events by the word that stands for them.
WORDS: dict[str, type[Event]] = {_word(kind): kind for kind in EVENTS}

_TIME = re.compile(r"(?:(\d+)d )?(\d{1,2}):(\d\d)(?::(\d\d)(?:\.(\d{3}))?)?")


def read_timeline(text: str, *, since: str | None = None, until: str | None = None) -> EventLog:
    """The log that a text tells. The period begins at midnight and ends after the last line, unless it is said.

    A line that cannot be read raises `ValueError` with its number, what was expected and what came.
    """
    rows: list[dict[str, Any]] = []
    zones: dict[str, int] = {}
    remembered: dict[tuple[str, int], dict[str, int]] = {}
    for number, line in enumerate(text.splitlines(), 1):
        if line.strip():
            try:
                rows += _read_line(line.strip(), zones, remembered)
            except ValueError as error:
                raise ValueError(f"Line {number}, `{line.strip()}`: {error}") from None
    columns = {
        name: np.array([row.get(name, encoded(name, None, {})) for row in rows], dtype=dtype(name))
        for name in ("kind", "at", *SUBJECTS, *FACTS)
    }
    end = read_time(until) if until else max((row["at"] for row in rows), default=-1) + 1
    return EventLog(columns, since=read_time(since) if since else 0, until=end, zones=tuple(zones))


def write_timeline(log: EventLog) -> str:
    """A log as text, in order of time. Reading it again gives the same log."""
    lines = []
    for row in log._order().tolist():
        kind = EVENTS[log.column("kind")[row]]
        own = kind.home.value
        facts = []
        for name, hint in hints(kind).items():
            value = decoded(name, hint, log.column(name)[row], log.zones)
            if value is not None and name not in ("at", own):
                shown = int(value) if isinstance(value, bool) else value
                facts.append(f"{name}={shown}")
        time = write_time(int(log.column("at")[row]))
        lines.append(f"{time:<12}  {_word(kind):<20}  {log.column(own)[row]:>4}  {' '.join(facts)}".rstrip())
    return "\n".join(lines) + "\n"


def read_time(text: str) -> int:
    """Milliseconds since midnight of day 0."""
    found = _TIME.fullmatch(text.strip())
    if not found:
        raise ValueError(f"a time is written 09:05, 09:05:30.250 or 1d 09:05, and not {text.strip()!r}")
    days, hours, minutes, seconds, ms = (int(part or 0) for part in found.groups())
    return days * DAY + hours * HOUR + minutes * MINUTE + seconds * SECOND + ms


def write_time(at: int) -> str:
    """A moment as the timeline writes it, as short as is exact."""
    days, rest = divmod(at, DAY)
    hours, rest = divmod(rest, HOUR)
    minutes, rest = divmod(rest, MINUTE)
    seconds, ms = divmod(rest, SECOND)
    text = f"{hours:02}:{minutes:02}"
    if seconds or ms:
        text += f":{seconds:02}"
    if ms:
        text += f".{ms:03}"
    return f"{days}d {text}" if days else text


def _read_line(
    line: str, zones: dict[str, int], remembered: dict[tuple[str, int], dict[str, int]]
) -> Iterator[dict[str, Any]]:
    time = _TIME.match(line)
    if not time:
        raise ValueError("a line begins with a time, such as 09:05")
    at = read_time(time.group())
    word, *rest = line[time.end() :].split() or [""]
    if word not in WORDS:
        near = get_close_matches(word, WORDS, 1)
        raise ValueError(f"{word!r} is not an event" + (f"; did you mean {near[0]!r}?" if near else ""))
    kind = WORDS[word]
    home = kind.home.value
    if not rest or not rest[0].isdigit():
        raise ValueError(f"after {word!r} comes the number of the {home}")
    key = int(rest[0])
    own: dict[str, Any] = {"kind": CODE[kind], "at": at, home: key}
    beside: list[dict[str, Any]] = []
    for part in rest[1:]:
        name, equals, value = part.partition("=")
        if not equals:
            raise ValueError(f"what became known is written name=value, and not {part!r}")
        if name in hints(kind) and name != home:
            own[name] = _read_value(name, value, kind, zones)
            continue
        others = [other for other in EVENTS if other.home is kind.home and name in hints(other)]
        if len(others) != 1 or name in SUBJECTS:
            known = ", ".join(one for one in hints(kind) if one not in ("at", home)) or "nothing more"
            raise ValueError(f"{word!r} does not say {name!r}; it says {known}")
        beside.append({"kind": CODE[others[0]], "at": at, home: key, name: _read_value(name, value, others[0], zones)})
    if "request" in hints(kind) and home != "request":
        known_before = remembered.setdefault((home, key), {"request": key})
        known_before |= {name: own[name] for name in ("request", "unit", "place") if name in own}
        own |= {name: value for name, value in known_before.items() if name in hints(kind)}
    yield own
    yield from beside


def _read_value(name: str, text: str, kind: type[Event], zones: dict[str, int]) -> int | float:
    hint = hints(kind)[name]
    [wanted] = [one for one in typing.get_args(hint) or (hint,) if one is not type(None)]
    if issubclass(wanted, Term):
        codes = [str(term) for term in wanted]
        if text not in codes:
            raise ValueError(f"{name} is one of {', '.join(codes)}, and not {text!r}")
        return codes.index(text)
    if name == "zone":
        return zones.setdefault(text, len(zones))
    if name == "report":
        if text not in BY_KIND:
            raise ValueError(f"report names an event such as Arrived, and not {text!r}")
        return CODE[BY_KIND[text]]
    try:
        value = float(text) if wanted is float else int(text)
    except ValueError:
        raise ValueError(f"{name} is a number, and not {text!r}") from None
    if wanted is not float and value <= NONE:
        raise ValueError(f"{name} is not negative, and {text!r} is")
    return value
