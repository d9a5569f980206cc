"""What was compiled for another vocabulary is never used."""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path

import pytest

pytest.importorskip("numba")


def test_a_change_in_any_source_is_another_place(tmp_path):
    from schakel.planning.compiling import fingerprint

    (tmp_path / "events.py").write_text("CODES = (1, 2)\n")
    before = fingerprint((tmp_path,))
    assert fingerprint((tmp_path,)) == before
    (tmp_path / "events.py").write_text("CODES = (1, 3)\n")
    after = fingerprint((tmp_path,))
    assert after != before
    (tmp_path / "more.py").write_text("")
    assert fingerprint((tmp_path,)) not in (before, after)


def test_the_engines_keep_what_they_compile_in_the_place_of_these_sources():
    told = "import schakel.planning.kernel, numba; print(numba.config.CACHE_DIR)"
    environment = {name: value for name, value in os.environ.items() if name != "NUMBA_CACHE_DIR"}
    place = subprocess.run([sys.executable, "-c", told], capture_output=True, text=True, check=True, env=environment)
    from schakel.planning import compiling

    house = Path(compiling.__file__).resolve().parents[1]
    sources = (house / "domain", house / "indicators", house / "planning")
    assert Path(place.stdout.strip()).name == f"compiled-{compiling.fingerprint(sources)}"
