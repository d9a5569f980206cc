"""Where what Numba compiles is kept: apart for every state of the vocabulary and the engines.

Numba compiles a function again when its own file changes. The engines write the codes of events, and these follow
from files elsewhere: with one event more, what was kept wrote yesterday's codes without a word. So the place where
it is kept is named after all sources on which a compiled function can lean. Importing this sets it, once.
"""

from __future__ import annotations

import os
import shutil
from hashlib import sha256
from pathlib import Path

import numba

_HOUSE = Path(__file__).resolve().parents[1]


def fingerprint(folders: tuple[Path, ...]) -> str:
    """What stands in the sources of these folders, in sixteen characters."""
    told = sha256()
    for folder in folders:
        for path in sorted(folder.rglob("*.py")):
            told.update(str(path.relative_to(folder)).encode() + b"\0" + path.read_bytes() + b"\0")
    return told.hexdigest()[:16]


def keep() -> None:
    """Keep what is compiled beside the sources where that can be written, else with the person's own files."""
    beside = Path(__file__).parent
    home = beside if os.access(beside, os.W_OK) else Path.home() / ".cache" / "schakel"
    place = home / "__pycache__" / f"compiled-{fingerprint((_HOUSE / 'domain', _HOUSE / 'indicators', beside))}"
    for old in place.parent.glob("compiled-*"):
        if old != place:
            shutil.rmtree(old, ignore_errors=True)
    numba.config.CACHE_DIR = str(place)  # type: ignore[attr-defined]


if not os.environ.get("NUMBA_CACHE_DIR"):
    keep()
