"""A fitted demand as a TOML file: written by `schakel fit`, read by whatever draws patients from it.

    format = "schakel-demand-1"
    source, since, until, time_zone, requests, unknown     what it was fitted from

    [[profile]]                 one kind of care, urgent or not
    care = "als"                a word of the vocabulary
    urgent = true
    requests = 8213             how many it stands on
    hourly = [168 numbers]      requests expected in each hour of the week, from Monday midnight by the wall clock
    dispersion = 1.04           variance of the hourly counts over that of Poisson; told, not used
    [profile.zone]              shares by area, add up to 1
    [profile.urgency]           shares by urgency, add up to 1
    [profile.transported]       share taken along, by urgency
    [profile.lengths.on_scene]  median_min, sigma of a log-normal; n, mean_min, ks, ks_p, ad, ad_p are told, not used

Lengths that a simulator draws are handling, on_scene, on_scene_no_transport, handover and clearing; one that was not
seen is left out of the file and lasts nothing. turn_out, drive and busy are told for capacity.
"""

from __future__ import annotations

import json
import re
import tomllib
from collections.abc import Mapping, Sequence
from datetime import UTC, datetime
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from schakel.domain.durations import HOUR, MINUTE
from schakel.domain.region import Calendar, Duration
from schakel.domain.region.problem import Problem, shown
from schakel.domain.region.sheet import Sheet, hint
from schakel.domain.vocabulary import Care, Urgency
from schakel.planning.demand import Demand, Profile, draw, together
from schakel.planning.fit import BESIDE, DRAWN, Association, Fitted, FittedProfile
from schakel.planning.goodness import Fit
from schakel.planning.hours import WEEK, hours_between
from schakel.planning.table import WrongInput, refuse_if

FORMAT = "schakel-demand-1"

NOTHING = Duration(0, 0.0)


def as_toml(fitted: Fitted) -> str:
    """The file as text."""
    lines = [
        "# Demand as `schakel fit` found it in an event log. Rates, shares and lengths; nothing about any one person.",
        f'format = "{FORMAT}"',
        f"source = {_text(fitted.source)}",
        f"since = {_moment(fitted.since)}",
        f"until = {_moment(fitted.until)}",
        f"time_zone = {_text(fitted.time_zone)}",
        f"requests = {fitted.requests}",
        f"unknown = {fitted.unknown}",
    ]
    for one in fitted.profiles:
        lines += [
            "",
            "[[profile]]",
            f'care = "{one.care.value}"',
            f"urgent = {str(one.urgent).lower()}",
            f"requests = {one.requests}",
            f"dispersion = {one.dispersion:.4g}",
            "hourly = [",
        ]
        for day in range(7):
            lines.append("    " + " ".join(f"{rate:.5g}," for rate in one.hourly[day * 24 : day * 24 + 24].tolist()))
        lines.append("]")
        for name, shares in (
            ("zone", one.zone),
            ("urgency", {urgency.value: share for urgency, share in one.urgency.items()}),
            ("transported", {urgency.value: share for urgency, share in one.transported.items()}),
        ):
            lines.append(f"[profile.{name}]")
            lines += [f"{_key(key)} = {share:.8g}" for key, share in shares.items()]
        for name, found in one.lengths.items():
            if found is not None:
                lines += [
                    f"[profile.lengths.{name}]",
                    f"median_min = {found.duration.median_ms / MINUTE:.5g}",
                    f"sigma = {found.duration.sigma:.5g}",
                    f"n = {found.n}",
                    f"zero = {found.zero}",
                    f"step_ms = {found.step_ms}",
                    f"mean_min = {found.mean_ms / MINUTE:.5g}",
                    f"ks = {found.ks:.5g}",
                    f"ks_p = {found.ks_p:.4g}",
                    f"ad = {found.ad:.5g}",
                    f"ad_p = {found.ad_p:.4g}",
                ]
    return "\n".join(lines) + "\n"


def read_fitted(path: Path) -> Fitted:
    """A fitted demand from its file. A wrong file: `WrongInput`, with everything that is wrong."""
    problems: list[Problem] = []
    try:
        table = tomllib.loads(path.read_text(encoding="utf-8-sig"))
    except OSError as error:
        raise WrongInput(
            [Problem(path.name, "the file", "a file that can be read", f'"{path}" ({error.strerror})')]
        ) from None
    except (UnicodeDecodeError, tomllib.TOMLDecodeError) as error:
        raise WrongInput([Problem(path.name, "the file", "TOML in UTF-8", str(error))]) from None
    top = Sheet(table, path.name, problems)
    if top.text("format") != FORMAT:
        top.wrong("format", f'"{FORMAT}"', table.get("format"))
        refuse_if(problems[-1:])
    fitted = Fitted(
        source=top.text("source"),
        since=_read_moment(top, "since"),
        until=_read_moment(top, "until"),
        time_zone=top.text("time_zone"),
        requests=top.whole("requests"),
        unknown=top.whole("unknown"),
        profiles=tuple(_profile(sheet) for sheet in top.sheets("profile")),
    )
    top.done()
    refuse_if(problems)
    return fitted


def demand_of_fitted(
    fitted: Fitted,
    zones: Sequence[str],
    calendar: Calendar,
    since: int,
    until: int,
    *,
    seed: int,
    replication: int = 0,
    growth: float = 1.0,
) -> Demand:
    """Patients drawn from a fitted demand between two moments. zones: the names of the world's zones, in its order.

    A zone of the file that the world does not have is refused: `WrongInput`.
    """
    if strange := sorted(set(fitted.zones) - set(zones)):
        near = hint(strange[0], zones)
        raise WrongInput([Problem(fitted.source, "zone", f"zones that the region has{near}", shown(strange[0]))])
    hours = hours_between(calendar, since - since % HOUR, until)
    return together(
        *(
            draw(
                _as_profile(one, zones, one.hourly[hours.of_week] * growth),
                1,
                seed,
                replication,
                start=int(hours.starts[0]),
                stream=stream,
            )
            for stream, one in enumerate(fitted.profiles)
        )
    )


def _as_profile(one: FittedProfile, zones: Sequence[str], hourly: NDArray[np.float64]) -> Profile:
    lengths = {name: fit.duration if (fit := one.lengths.get(name)) else NOTHING for name in DRAWN}
    return Profile(
        hourly=hourly,
        zone=np.array([one.zone.get(name, 0.0) for name in zones]),
        mix={(urgency, one.care): share for urgency, share in one.urgency.items()},
        transported=one.transported,
        handling=lengths["handling"],
        on_scene=lengths["on_scene"],
        on_scene_no_transport=lengths["on_scene_no_transport"],
        handover=lengths["handover"],
        clearing=lengths["clearing"],
    )


def _profile(sheet: Sheet) -> FittedProfile:
    profile = FittedProfile(
        care=sheet.code("care", Care),
        urgent=sheet.yes_or_no("urgent"),
        requests=sheet.whole("requests"),
        hourly=_hourly(sheet),
        zone=_shares(sheet, "zone"),
        urgency=_by_urgency(sheet, "urgency", adds_up=True),
        transported=_by_urgency(sheet, "transported", adds_up=False),
        lengths=_lengths(sheet),
        dispersion=sheet.number("dispersion") if sheet.has("dispersion") else 1.0,
        associations=dict[str, Association | None](),
    )
    return profile


def _hourly(sheet: Sheet) -> NDArray[np.float64]:
    sheet.has("hourly")
    found = sheet.table.get("hourly")
    if not isinstance(found, list) or len(found) != WEEK:
        sheet.wrong("hourly", f"{WEEK} numbers, one for each hour of the week", found)
        return np.ones(WEEK)
    for hour, value in enumerate(found):
        if isinstance(value, bool) or not isinstance(value, (int, float)) or not 0 <= value < 1e9:
            sheet.note("hourly", f"a number of at least 0 for each hour (hour {hour})", shown(value))
            return np.ones(WEEK)
    return np.array(found, dtype=np.float64)


def _shares(sheet: Sheet, name: str) -> Mapping[str, float]:
    part = sheet.sheet(name)
    found = {key: part.number(key, 0, 1) for key in part.table}
    if part.is_clean() and abs(sum(found.values()) - 1) > 0.001:
        sheet.note(name, "shares that add up to 1", f"{sum(found.values()):g}")
    return found


def _by_urgency(sheet: Sheet, name: str, *, adds_up: bool) -> Mapping[Urgency, float]:
    part = sheet.sheet(name)
    codes = {urgency.value: urgency for urgency in Urgency}
    found = {codes[key]: part.number(key, 0, 1) for key in part.table if key in codes}
    for key in part.table:
        if key not in codes:
            part.note(key, f"one of {', '.join(codes)}", shown(key))
    if adds_up and part.is_clean() and abs(sum(found.values()) - 1) > 0.001:
        sheet.note(name, "shares that add up to 1", f"{sum(found.values()):g}")
    return found


def _lengths(sheet: Sheet) -> Mapping[str, Fit | None]:
    if not sheet.has("lengths"):
        return {}
    part = sheet.sheet("lengths")
    found: dict[str, Fit | None] = {}
    for name in part.table:
        if name not in (*DRAWN, *BESIDE):
            part.note(name, f"one of {', '.join((*DRAWN, *BESIDE))}{hint(name, (*DRAWN, *BESIDE))}", shown(name))
            continue
        one = part.sheet(name)
        duration = Duration(one.minutes("median_min"), one.number("sigma", 0, 5))
        told = {key: one.number(key) if one.has(key) else 0.0 for key in ("mean_min", "ks", "ks_p", "ad", "ad_p")}
        counts = {key: one.whole(key) if one.has(key) else 0 for key in ("n", "zero", "step_ms")}
        one.done()
        mean_ms = told["mean_min"] * MINUTE or duration.median_ms * float(np.exp(duration.sigma**2 / 2))
        found[name] = Fit(
            duration=duration,
            n=counts["n"],
            zero=counts["zero"],
            step_ms=counts["step_ms"],
            mean_ms=mean_ms,
            ks=told["ks"],
            ks_p=told["ks_p"],
            ad=told["ad"],
            ad_p=told["ad_p"],
        )
    return found


def _read_moment(top: Sheet, name: str) -> int:
    top.has(name)
    value = top.table.get(name)
    if not isinstance(value, datetime) or value.tzinfo is None:
        top.wrong(name, "a moment such as 2026-03-02T00:00:00Z, without quotes", value)
        return 0
    return round(value.timestamp() * 1000)


def _moment(ms: int) -> str:
    return datetime.fromtimestamp(ms / 1000, UTC).isoformat(timespec="milliseconds").replace("+00:00", "Z")


def _key(name: str) -> str:
    return name if re.fullmatch(r"[A-Za-z0-9_-]+", name) else _text(name)


def _text(value: str) -> str:
    return json.dumps(value)  # a basic string of TOML is written as JSON writes one
