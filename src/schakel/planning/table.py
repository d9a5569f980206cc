"""A table that a person made, read column by column, noting everything that is wrong with it.

CSV and Parquet are read alike. Lines are counted from 1, the line of the column names; a Parquet file has no lines,
and is counted as if it had been written as one.
"""

from __future__ import annotations

from collections.abc import Collection, Sequence
from pathlib import Path
from typing import Any

import numpy as np
import polars as pl
from numpy.typing import NDArray

from schakel.domain.region.problem import Problem, shown
from schakel.domain.region.sheet import hint

#: So many problems of one file are told; the rest is counted.
TOLD = 20


class WrongInput(ValueError):
    """What was given is refused; `problems` lists what is wrong with it."""

    def __init__(self, problems: Sequence[Problem]) -> None:
        more = len(problems) - TOLD
        rest = [f"And {more} problems more."] if more > 0 else []
        super().__init__("\n".join([*map(str, problems[:TOLD]), *rest]))
        self.problems = tuple(problems)


def refuse_if(problems: Sequence[Problem]) -> None:
    """Raise `WrongInput` where there are problems."""
    if problems:
        raise WrongInput(problems)


class Table:
    """One table, and the place where its problems are noted. A column that is wrong answers with a stand-in."""

    def __init__(self, path: Path, problems: list[Problem], known: Collection[str] = ()) -> None:
        """known: the columns that may be there; with none given, any may."""
        self.path = path
        self.problems = problems
        self.frame = self._read()
        for name in self.frame.columns if known else ():
            if name not in known:
                self.note("line 1", f"a column that is known here{hint(name, known)}", f'"{name}"')

    def __len__(self) -> int:
        return self.frame.height

    def has(self, name: str) -> bool:
        """Whether the table has this column."""
        return name in self.frame.columns

    def texts(self, name: str, *, once: bool = False) -> list[str]:
        """A column of texts that are not empty; once: each is used once."""
        column = self._column(name)
        if column is None:
            return [""] * len(self)
        words = column.cast(pl.String).fill_null("")
        blank = words.str.strip_chars() == ""
        for row in blank.arg_true().to_list()[: TOLD + 1]:
            self.note(self._at(row, name), "a text", "nothing")
        if once and words.n_unique() < len(words):
            again = (~words.is_first_distinct()) & ~blank
            for row in again.arg_true().to_list()[: TOLD + 1]:
                came = f"{shown(words[row])} for the second time"
                self.note(self._at(row, name), "a name that is used once", came)
        return words.to_list()

    def numbers(self, name: str, least: float | None = 0, most: float | None = None) -> NDArray[np.float64]:
        """A column of numbers, between bounds where they are given."""
        column = self._column(name)
        if column is None:
            return np.zeros(len(self))
        read = column.cast(pl.Float64, strict=False).to_numpy().astype(np.float64)
        wrong = ~np.isfinite(read)
        wrong |= read < (-np.inf if least is None else least)
        wrong |= read > (np.inf if most is None else most)
        bounds = "" if least is None else f" of at least {least:g}" if most is None else f" from {least:g} to {most:g}"
        self._wrong(name, column, wrong, f"a number{bounds}")
        return np.where(wrong, least or 0.0, read)

    def whole(self, name: str, least: int | None = 0) -> NDArray[np.int64]:
        """A column of whole numbers; -1 where a cell is empty, which is *not known*."""
        column = self._column(name)
        if column is None:
            return np.zeros(len(self), dtype=np.int64)
        if column.dtype == pl.String:
            column = column.replace("", None)
        read = column.cast(pl.Float64, strict=False)
        empty = column.is_null().to_numpy()
        whole = column.cast(pl.Int64, strict=False).fill_null(-1).to_numpy().astype(np.int64)
        values = read.fill_null(float("nan")).to_numpy()
        with np.errstate(invalid="ignore"):
            wrong = ~empty & ((values != np.floor(values)) | ~np.isfinite(values))
            if least is not None:
                wrong |= ~empty & (values < least)
        least_said = "" if least is None else f" of at least {least}"
        self._wrong(name, column, wrong, f"a whole number{least_said}")
        return np.where(wrong | empty, -1, whole)

    def yes_or_no(self, name: str) -> NDArray[np.bool_]:
        """A column of yes and no."""
        words = {"yes": True, "no": False, "true": True, "false": False, "1": True, "0": False}
        column = self._column(name)
        if column is None:
            return np.zeros(len(self), dtype=bool)
        found = [words.get(str(one).strip().lower()) for one in column.to_list()]
        self._wrong(name, column, np.array([one is None for one in found], dtype=bool), "yes or no")
        return np.array([bool(one) for one in found], dtype=bool)

    def note(self, key: str, expected: str, came: str) -> None:
        """Note a problem."""
        self.problems.append(Problem(self.path.name, key, expected, came))

    def _read(self) -> pl.DataFrame:
        try:
            if self.path.suffix == ".parquet":
                frame = pl.read_parquet(self.path)
            else:
                frame = pl.read_csv(self.path, infer_schema=False, encoding="utf8")
        except OSError as error:
            came = f'"{self.path}" ({error.strerror or "there is no such file"})'
            self.problems.append(Problem(self.path.name, "the file", "a file that can be read", came))
            return pl.DataFrame()
        except pl.exceptions.NoDataError:
            self.problems.append(Problem(self.path.name, "the file", "a line with column names and rows", "nothing"))
            return pl.DataFrame()
        except pl.exceptions.PolarsError as error:
            what = str(error).splitlines()[0]
            self.problems.append(Problem(self.path.name, "the file", "a table in UTF-8 (CSV or Parquet)", what))
            return pl.DataFrame()
        frame = frame.rename({name: name.strip().lstrip("\ufeff") for name in frame.columns})
        if not frame.height:
            self.problems.append(Problem(self.path.name, "the file", "at least one row", "column names alone"))
        return frame

    def _column(self, name: str) -> pl.Series | None:
        if name in self.frame.columns:
            return self.frame[name]
        if self.frame.columns:
            self.note("line 1", f'a column "{name}"', ", ".join(self.frame.columns[:12]))
        return None

    def _wrong(self, name: str, column: pl.Series, wrong: NDArray[np.bool_], expected: str) -> None:
        for row in np.flatnonzero(wrong)[: TOLD + 1].tolist():
            value: Any = column[row]
            self.note(self._at(row, name), expected, "nothing" if value in (None, "") else shown(value))

    @staticmethod
    def _at(row: int, name: str) -> str:
        return f"line {row + 2}.{name}"
