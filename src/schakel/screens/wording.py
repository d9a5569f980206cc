"""From what the domain says to what a person reads: terms, reasons, lengths of time."""

from __future__ import annotations

from collections.abc import Iterable

from django.utils.formats import date_format
from django.utils.timezone import localtime
from django.utils.translation import get_language, gettext

from schakel.domain.durations import DAY, HOUR, MINUTE, SECOND
from schakel.domain.reasons import Reason, RegionText, Word
from schakel.domain.vocabulary import Term
from schakel.screens.moments import to_datetime


def say(reason: Reason | str) -> str:
    """A reason as a sentence in the language of the reader; a plain string is taken as its msgid."""
    if not isinstance(reason, Reason):
        text = str(reason)
        return gettext(text) if text else ""
    return gettext(reason.text).format(**{name: _filled(value) for name, value in reason.values.items()})


def name_of(value: object) -> str:
    """The word on the screen for a term, a marked word, or anything that has a name."""
    if value is None:
        return ""
    if isinstance(value, Term):
        return gettext(value.label)
    if isinstance(value, Word):
        return gettext(str(value)) if value else ""
    return str(getattr(value, "name", value))


def _filled(value: object) -> object:
    if isinstance(value, RegionText):
        return value.english if (get_language() or "nl").startswith("en") else str(value)
    if isinstance(value, Word | Term):
        return name_of(value)
    if isinstance(value, list | tuple | set | frozenset):
        return listed(_filled(item) for item in value)
    return value


def listed(words: Iterable[object]) -> str:
    """Words in a row: "a, b and c"."""
    *most, last = [str(word) for word in words] or [""]
    if not most:
        return last
    return gettext("{first} and {last}").format(first=", ".join(most), last=last)


def duration(ms: int) -> str:
    """A length of time as the timers show it: 4:12 up to an hour, then 1 h 04, then 2 d 3 h.

    `static/screens/timers.js` says the same in the browser; a browser test compares them.
    """
    ms = abs(int(ms))
    if ms < HOUR:
        return f"{ms // MINUTE}:{ms % MINUTE // SECOND:02d}"
    if ms < DAY:
        return gettext("{hours} h {minutes}").format(hours=ms // HOUR, minutes=f"{ms % HOUR // MINUTE:02d}")
    return gettext("{days} d {hours} h").format(days=ms // DAY, hours=ms % DAY // HOUR)


def wall_time(at: int, now: int) -> str:
    """The time of day in Amsterdam, with the date in front when it is another day than now."""
    moment, today = localtime(to_datetime(at)), localtime(to_datetime(now)).date()
    clock = moment.strftime("%H:%M")
    return clock if moment.date() == today else f"{date_format(moment, 'j M')} {clock}"


#: The sentences that the scripts of a page say, by the name under which they ask for them.
#: Places such as {n} are filled in the browser.
def spoken() -> dict[str, str]:
    return {
        "connecting": gettext("Connecting"),
        "live": gettext("Live"),
        "resyncing": gettext("Fetching what was missed"),
        "stale": gettext("No word for {n} s"),
        "disconnected": gettext("Disconnected, retry in {n} s"),
        "offline": gettext("This computer is off line"),
        "revoked": gettext("You no longer have access to this screen."),
        "ended": gettext("Your session has ended. What you typed is kept."),
        "login": gettext("Log in"),
        "new_one": gettext("1 new in {list}"),
        "new_many": gettext("{n} new in {list}"),
        "late": gettext("late"),
        "hours_minutes": gettext("{hours} h {minutes}"),
        "days_hours": gettext("{days} d {hours} h"),
        "dismiss": gettext("Dismiss"),
        "no_connection": gettext("No connection. Nothing was sent; what you typed is still here."),
        "timed_out": gettext("The centre did not answer in time. Check whether it was done before you try again."),
        "refused": gettext("This was refused. What you typed is still here."),
        "failed": gettext("Something went wrong at the centre. What you typed is still here; try again."),
        "not_found": gettext("This no longer exists. What you typed is still here."),
        "draft_restored": gettext("What you typed earlier is back."),
        "draft_discard": gettext("Throw away"),
        "keys_on": gettext("Single keys: on"),
        "keys_off": gettext("Single keys: off"),
        "goto": gettext("Go to request {n}"),
        "nothing_found": gettext("No command fits. Type another word, or the number of a request."),
        "options": gettext("{n} commands"),
        "key_then": gettext("{key}, then …"),
        "map_age": gettext("{label}, position {age} old"),
        "zoom_in": gettext("Zoom in"),
        "zoom_out": gettext("Zoom out"),
    }
