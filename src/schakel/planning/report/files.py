"""A report as a folder: the page, the figures as tables, and all that is needed to play the same again.

    report.html             the page
    figures.csv, .parquet   every figure of every replication, shares as two counts
    comparisons.csv, .parquet
    run.json                seeds, versions, check sums, when
    inputs/                 the scenario, its region and its log, as they were read
    logs/                   the log of the first replication of each variant, if it was asked for

The folder is written beside its place and put there when it is whole. Who stops halfway has what was there before.
"""

from __future__ import annotations

import hashlib
import json
import os
import platform
import shutil
import tempfile
import tomllib
from collections.abc import Iterator, Mapping
from datetime import UTC, datetime
from importlib.metadata import PackageNotFoundError, version
from pathlib import Path

from schakel.indicators import EventLog
from schakel.planning.experiment import Results
from schakel.planning.log_file import write_log
from schakel.planning.report.page import page
from schakel.planning.report.words import Language
from schakel.planning.scenario import Scenario

#: Packages on which figures or charts depend.
PACKAGES = ("schakel", "numpy", "numba", "scipy", "polars", "altair", "vl-convert-python")

#: Keys of a region's file that name a file beside it.
FILES_OF_REGION = ("zones", "outlines", "travel_matrix")

ENGLISH = Language()


class NotOurs(ValueError):
    """The folder holds something that is no report; nothing in it is touched."""


def write(
    results: Results,
    folder: Path,
    language: Language = ENGLISH,
    *,
    at: datetime | None = None,
    logs: Mapping[str, EventLog] | None = None,
) -> Path:
    """Write the report into this folder; what it held of an earlier report is replaced. Gives the page.

    logs: what happened in a run, by name, to be kept beside the figures in `logs/`.
    A folder that holds anything else is refused: `NotOurs`.
    """
    why_not(folder)
    folder.parent.mkdir(parents=True, exist_ok=True)
    made = Path(tempfile.mkdtemp(prefix=f".{folder.name}-", dir=folder.parent))
    try:
        about = facts(results, at or datetime.now(UTC))
        (made / "run.json").write_text(json.dumps(about, indent=2, ensure_ascii=False) + "\n", encoding="utf-8")
        (made / "report.html").write_text(page(results, about, language), encoding="utf-8")
        for name, table in (("figures", results.figures()), ("comparisons", results.compared())):
            table.write_csv(made / f"{name}.csv")
            table.write_parquet(made / f"{name}.parquet")
        _inputs(results.scenario, made / "inputs")
        for name, log in (logs or {}).items():
            (made / "logs").mkdir(exist_ok=True)
            write_log(log, made / "logs" / f"{name}.parquet")
        made.chmod(0o755)
        _put(made, folder)
    except BaseException:
        shutil.rmtree(made, ignore_errors=True)
        raise
    return folder / "report.html"


def why_not(folder: Path) -> None:
    """Refuse a folder that holds something else than a report, before anything is played."""
    if folder.exists() and not folder.is_dir():
        raise NotOurs(f"{folder} is a file. Name a folder for the report.")
    if folder.is_dir() and any(folder.iterdir()) and not (folder / "run.json").is_file():
        raise NotOurs(f"{folder} holds something that is no report. Name another folder, or an empty one.")


def facts(results: Results, at: datetime) -> dict[str, str]:
    """What is needed to play the same again, and to know that it is the same."""
    scenario = results.scenario
    told = {
        "played at": at.astimezone(UTC).isoformat(timespec="seconds"),
        "seed": str(scenario.runs.seed),
        "method": scenario.runs.method.value,
        "blocks": ", ".join(f"{name}: {len(blocks)}" for name, blocks in results.blocks.items()),
        "seconds": f"{results.seconds:.1f}",
        "python": f"{platform.python_version()} ({platform.machine()})",
    }
    for package in PACKAGES:
        try:
            told[package] = version(package)
        except PackageNotFoundError:
            told[package] = "not installed as a package"
    for name, path in _files(scenario):
        told[f"sha256 of {name}"] = hashlib.sha256(path.read_bytes()).hexdigest()
    return told


def _files(scenario: Scenario) -> Iterator[tuple[str, Path]]:
    """Every file that was read, and where it belongs among the inputs."""
    yield scenario.path.name, scenario.path
    region = scenario.region_path
    yield f"regions/{region.name}", region
    told = tomllib.loads(region.read_text(encoding="utf-8-sig"))
    for key in FILES_OF_REGION:
        if key in told:
            yield f"regions/{told[key]}", region.parent / told[key]
    if scenario.log_path is not None:
        yield str(scenario.log_path.relative_to(scenario.path.parent)), scenario.log_path


def _inputs(scenario: Scenario, folder: Path) -> None:
    for name, path in _files(scenario):
        target = folder / name
        target.parent.mkdir(parents=True, exist_ok=True)
        shutil.copyfile(path, target)


def _put(made: Path, folder: Path) -> None:
    """Put a whole folder in its place. An earlier report makes way, and comes back if that fails."""
    if not folder.exists():
        os.replace(made, folder)
        return
    away = Path(tempfile.mkdtemp(prefix=f".{folder.name}-", dir=folder.parent))
    os.replace(folder, away)
    try:
        os.replace(made, folder)
    except BaseException:
        os.replace(away, folder)
        raise
    shutil.rmtree(away, ignore_errors=True)
