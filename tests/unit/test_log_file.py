"""A log as a file is the same log, and what is no log is refused."""

from __future__ import annotations

import polars as pl
import pytest
from hypothesis import HealthCheck, given, settings

from schakel.domain.durations import DAY
from schakel.indicators import EventLog, read_timeline, write_timeline
from schakel.planning import play
from schakel.planning.log_file import WrongLog, read_log, write_log
from worlds import runs

TEXT = """
09:00  received   1  zone=zeist
09:01  triaged    1  urgency=U1
09:02  care_chosen 1 care=als
09:03  accepted   1  unit=7
09:12  arrived    1
10:00  cancelled  1  reason=no_patient
1d 00:12  closed  1  reason=care_given
"""


@settings(max_examples=30, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(runs())
def test_a_log_that_was_written_is_read_as_it_was(tmp_path, run):
    world, demand, policy = run
    log = play(world, demand, policy)
    write_log(log, tmp_path / "log.parquet")
    again = read_log(tmp_path / "log.parquet")
    assert write_timeline(again) == write_timeline(log)
    assert (again.since, again.until) == (log.since, log.until)


def test_reasons_of_different_lists_keep_their_words(tmp_path):
    write_log(read_timeline(TEXT), tmp_path / "log.parquet")
    assert write_timeline(read_log(tmp_path / "log.parquet")) == write_timeline(read_timeline(TEXT))
    told = pl.read_parquet(tmp_path / "log.parquet")["reason"].drop_nulls().to_list()
    assert told == ["no_patient", "care_given"]


def test_a_log_without_events_is_a_log(tmp_path):
    write_log(EventLog.of([]), tmp_path / "log.parquet")
    assert len(read_log(tmp_path / "log.parquet")) == 0


def test_day_nought_of_a_timeline_is_the_day_that_is_asked(tmp_path):
    (tmp_path / "log.txt").write_text(TEXT)
    plain, moved = read_log(tmp_path / "log.txt"), read_log(tmp_path / "log.txt", begins=3 * DAY)
    assert (moved.column("at") - plain.column("at") == 3 * DAY).all()
    assert moved.since == plain.since + 3 * DAY


@pytest.mark.parametrize(
    ("name", "content", "told"),
    [
        ("none.parquet", None, "a log as Parquet that can be read"),
        ("odd.parquet", b"PAR1 but no more", "a log as Parquet that can be read"),
        ("none.txt", None, "a log that can be read"),
        ("odd.txt", b"\xff\xfe\x00", "a log that can be read"),
        ("wrong.txt", b"09:00 recieved 1", "did you mean 'received'"),
    ],
)
def test_what_is_no_log_is_refused(tmp_path, name, content, told):
    if content is not None:
        (tmp_path / name).write_bytes(content)
    with pytest.raises(WrongLog, match=told):
        read_log(tmp_path / name)


def test_another_table_as_parquet_is_refused(tmp_path):
    pl.DataFrame({"kind": ["Received"], "at": [1]}).write_parquet(tmp_path / "other.parquet")
    with pytest.raises(WrongLog, match="something else"):
        read_log(tmp_path / "other.parquet")


@pytest.mark.parametrize(
    ("column", "value", "told"),
    [("kind", "Recieved", "a word that `kind` has"), ("care", "taxi", "a word that `care` has")],
)
def test_a_word_that_we_do_not_have_is_refused(tmp_path, column, value, told):
    path = tmp_path / "log.parquet"
    write_log(read_timeline(TEXT), path)
    metadata = pl.read_parquet_metadata(path)
    frame = pl.read_parquet(path)
    frame = frame.with_columns(pl.when(pl.col(column).is_not_null()).then(pl.lit(value)).alias(column))
    frame.write_parquet(path, metadata={name: metadata[name] for name in ("schakel", "since", "until")})
    with pytest.raises(WrongLog, match=told):
        read_log(path)
