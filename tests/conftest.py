"""What all tests share: the centre's clock stands still, and a small region is there when asked for."""

from __future__ import annotations

import os
import sys
import tempfile
from pathlib import Path

import pytest

os.environ.setdefault("SCHAKEL_DATA", tempfile.mkdtemp(prefix="schakel-test-"))

SHARED = Path(os.environ.get("SCHAKEL_SHARED", Path(__file__).resolve().parents[2] / "shared"))


@pytest.fixture(scope="session")
def shared() -> Path:
    """The folder with the shared test data, or a plain skip when it is not on this machine."""
    if not (SHARED / "data").is_dir():
        pytest.skip(f"The shared test data are not at {SHARED}; set SCHAKEL_SHARED to where they are.")
    return SHARED


@pytest.fixture
def centre(db):
    """A care coordination centre with its region loaded and one person in every seat."""
    import world

    return world.Centre()


@pytest.fixture(autouse=True)
def nothing_kept():
    """A test that is rolled back leaves another database behind than the rows that were kept of it."""
    yield
    if (lists := sys.modules.get("schakel.screens.lists")) is not None:
        lists.wall.forget()
