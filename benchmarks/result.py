"""How a benchmark tells what it measured: a line that a person reads, and the same for the table of `run.py`."""

from __future__ import annotations

import json
import math
from collections.abc import Sequence

MARK = "result: "


def tell(promise: str, promised: str, measured: str, *, n: int, kept: bool, quantiles: Sequence[str] = ()) -> None:
    """Print one result."""
    median, p95, p99 = (*quantiles, "", "", "")[:3]
    line = {
        "promise": promise,
        "promised": promised,
        "measured": measured,
        "median": median,
        "p95": p95,
        "p99": p99,
        "n": n,
        "kept": kept,
    }
    print(MARK + json.dumps(line, ensure_ascii=False), flush=True)


def quantile(values: Sequence[float], share: float) -> float:
    """The smallest value that this share of the values does not exceed."""
    ordered = sorted(values)
    return ordered[max(0, math.ceil(share * len(ordered)) - 1)]


def in_ms(values: Sequence[float]) -> tuple[str, str, str]:
    """Median, p95 and p99 of seconds, as milliseconds."""
    median, p95, p99 = (f"{1000 * quantile(values, share):.0f} ms" for share in (0.5, 0.95, 0.99))
    return median, p95, p99
