"""A clock that stands in for `schakel.operations.clock`, and that a test can set."""

import time

#: Five minutes before summer time begins in Amsterdam, on a day that is not today.
START_MS = 1_774_745_700_000
_from = time.monotonic()
_base = START_MS
_speed = 1.0


def now_ms() -> int:
    return int(_base + (time.monotonic() - _from) * 1000 * _speed)


def speed() -> float:
    return _speed


def set_to(now: int, rate: float = 1.0) -> None:
    global _base, _from, _speed
    _base, _from, _speed = now, time.monotonic(), rate
