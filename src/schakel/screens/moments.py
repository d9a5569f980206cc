"""Moments at the doors: whole milliseconds since 1970 inside, aware datetimes outside."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

_START = datetime(1970, 1, 1, tzinfo=UTC)


def to_ms(moment: int | datetime) -> int:
    """Whole milliseconds since 1970. A naive datetime does not say when it is, and is our mistake."""
    if isinstance(moment, datetime):
        assert moment.tzinfo is not None, "a moment has a time zone"
        return (moment - _START) // timedelta(milliseconds=1)
    return int(moment)


def to_datetime(moment: int | datetime) -> datetime:
    """The aware datetime of a moment."""
    return moment if isinstance(moment, datetime) else _START + timedelta(milliseconds=moment)
