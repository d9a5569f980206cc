"""Measure the promises of the design that can be measured by now, and print one table.

    python benchmarks/run.py [name ...]

Without names all of them: every `bench_*.py` beside this file, one after the other. Only this machine is asked.
"""

from __future__ import annotations

import json
import os
import platform
import subprocess
import sys
import time
from pathlib import Path

from result import MARK
from rich.console import Console
from rich.table import Table

HERE = Path(__file__).resolve().parent


def main(names: list[str]) -> int:
    files = sorted(HERE.glob("bench_*.py"))
    if unknown := [name for name in names if not (HERE / f"bench_{name}.py").exists()]:
        known = ", ".join(file.stem.removeprefix("bench_") for file in files)
        print(f"There is no benchmark {', '.join(unknown)}. Known: {known}.", file=sys.stderr)
        return 1
    results, failed = [], []
    for file in files:
        name = file.stem.removeprefix("bench_")
        if names and name not in names:
            continue
        began = time.monotonic()
        print(f"\n== {name}", flush=True)
        with subprocess.Popen([sys.executable, str(file)], stdout=subprocess.PIPE, text=True, cwd=HERE) as process:
            assert process.stdout is not None, "the output is read here"
            for line in process.stdout:
                if line.startswith(MARK):
                    results.append(json.loads(line.removeprefix(MARK)))
                else:
                    print("   " + line, end="", flush=True)
        if process.returncode:
            failed.append(name)
        print(f"   {time.monotonic() - began:.0f} s", flush=True)
    _table(results)
    for name in failed:
        print(f"{name} ended with an error.", file=sys.stderr)
    return 1 if failed or not all(one["kept"] for one in results) else 0


def _table(results: list[dict]) -> None:
    columns = ("promise", "promised", "measured", "median", "p95", "p99", "n", "kept")
    table = Table(title=f"The promises on {_machine()}", title_justify="left", show_edge=False)
    for column in columns:
        table.add_column(column, justify="left" if column in ("promise", "kept") else "right")
    for one in results:
        table.add_row(*(("yes" if one[c] else "NO") if c == "kept" else str(one[c]) for c in columns))
    print()
    Console(width=max(120, Console().width)).print(table)


def _machine() -> str:
    memory = os.sysconf("SC_PAGE_SIZE") * os.sysconf("SC_PHYS_PAGES") / 2**30
    load = ", ".join(f"{one:.1f}" for one in os.getloadavg())
    python = platform.python_version()
    return f"{os.cpu_count()} cores {platform.machine()}, {memory:.0f} GiB, Python {python} (load {load})"


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
