"""A spec is a timeline, a question and an answer."""

from __future__ import annotations

import pytest

from schakel.indicators import read_timeline


@pytest.fixture
def spec():
    """Ask an indicator about a timeline, and compare the answer."""

    def ask(*, log, indicator, expect, since=None, until=None):
        assert indicator(read_timeline(log, since=since, until=until)) == expect

    return ask
