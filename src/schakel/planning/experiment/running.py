"""Playing a scenario: as often as was asked, on as many processors as there are, the same whatever their number.

The work is cut by replication, and every replication has its own streams of chance, so that it does not matter who
plays what when. Decisions to go on, to stop or to leave a variant out are taken after whole rounds, whose size depends
on the scenario alone.

Processes are started afresh (spawn): the columns library keeps threads, which a fork would leave halfway. They ignore
Ctrl-C; the one that was asked stops them, and nothing that is half is returned.
"""

from __future__ import annotations

import multiprocessing
import os
import signal
import time
from collections.abc import Callable, Iterator, Sequence
from concurrent.futures import Future, ProcessPoolExecutor, as_completed
from contextlib import contextmanager
from typing import Any

from schakel.planning.experiment.blocks import Player
from schakel.planning.experiment.counting import Counted
from schakel.planning.experiment.results import Results
from schakel.planning.scenario import Best, Method, Precision, Scenario
from schakel.planning.statistics import Selection, enough

#: Told how many runs of a variant are done, and how many are now thought to be needed.
Told = Callable[[int, int], None]

#: After the first runs, a selection runs so many more before it leaves variants out again.
ROUND = 5

#: What a process of its own plays.
_player: Player | None = None


def run(scenario: Scenario, *, processes: int = 1, told: Told | None = None) -> Results:
    """Play a scenario as its file says. processes: 1 plays here; more start that many beside."""
    began = time.monotonic()
    with _at_work(scenario, processes) as play:
        going = _Going(scenario, play, told or (lambda done, planned: None))
        choice = going.to_the_end()
    return Results(scenario, going.blocks, choice, time.monotonic() - began)


class _Going:
    """A run while it goes on."""

    def __init__(self, scenario: Scenario, play: _Play, told: Told) -> None:
        self.scenario = scenario
        self.play = play
        self.told = told
        self.names = [variant.id for variant in scenario.variants]
        self.blocks: dict[str, list[Counted]] = {name: [] for name in self.names}
        self.done = 0

    def to_the_end(self) -> Selection | None:
        runs = self.scenario.runs
        if runs.method is Method.BATCHES:
            self._play([([name], 0) for name in self.names], len(self.names))
            return None
        match runs.stop:
            case None:
                self._replications(self.names, 0, runs.number)
            case Precision():
                self._until_known(runs.stop)
            case Best():
                return self._until_chosen(runs.stop)
        return None

    def _until_known(self, stop: Precision) -> None:
        """Runs until every difference with the base is known as well as was asked."""
        n, wanted = 0, self.scenario.runs.number
        while n < wanted:
            self._replications(self.names, n, wanted)
            n = wanted
            results = Results(self.scenario, self.blocks, None, 0.0)
            found = [results.difference(name, stop.goal.indicator, stop.goal.group) for name in self.names[1:]]
            known = [one for one in found if one is not None]
            wanted = enough([one.scaled for one in known], stop.half_width, stop.most) if known else n

    def _until_chosen(self, stop: Best) -> Selection:
        """Runs of those that may still be the best."""
        runs = self.scenario.runs
        selection = Selection(len(self.names), stop.indifference, runs.confidence, min(runs.number, stop.most))
        sign = 1 if stop.goal.indicator.more_is_better else -1
        n, wanted = 0, selection.first
        while len(selection.left) > 1 and n < wanted:
            left = [self.names[i] for i in selection.left]
            self._replications(left, n, wanted)
            results = Results(self.scenario, self.blocks, None, 0.0)
            for i in range(n, wanted):
                values = [
                    results.value(name, i, stop.goal.indicator, stop.goal.group) if name in left else None
                    for name in self.names
                ]
                if any(value is None and name in left for name, value in zip(self.names, values, strict=True)):
                    return selection  # nothing was counted for them: nobody can be chosen
                selection.add([None if value is None else sign * value for value in values])
            n, wanted = wanted, min(stop.most, wanted + ROUND)
        return selection

    def _replications(self, names: Sequence[str], first: int, last: int) -> None:
        self._play([(list(names), number) for number in range(first, last)], (last - first) * len(names))

    def _play(self, pieces: list[tuple[list[str], int]], more: int) -> None:
        planned = self.done + more
        self.told(self.done, planned)
        found: list[dict[str, list[Counted]] | None] = [None] * len(pieces)
        for place, blocks in self.play(pieces):
            found[place] = blocks
            self.done += len(blocks)
            self.told(self.done, planned)
        for piece in found:
            assert piece is not None, "every piece of work came back"
            for name, counted in piece.items():
                self.blocks[name] += counted


_Play = Callable[[list[tuple[list[str], int]]], Iterator[tuple[int, dict[str, list[Counted]]]]]


@contextmanager
def _at_work(scenario: Scenario, processes: int) -> Iterator[_Play]:
    if processes <= 1:
        player = Player(scenario)
        yield lambda pieces: ((place, player.blocks(*piece)) for place, piece in enumerate(pieces))
        return
    pool = ProcessPoolExecutor(
        processes, mp_context=multiprocessing.get_context("spawn"), initializer=_begin, initargs=(scenario,)
    )

    def play(pieces: list[tuple[list[str], int]]) -> Iterator[tuple[int, dict[str, list[Counted]]]]:
        with _deaf():  # processes start as work comes in
            waiting: dict[Future[Any], int] = {pool.submit(_work, *piece): i for i, piece in enumerate(pieces)}
        for future in as_completed(waiting):
            yield waiting[future], future.result()

    try:
        yield play
    except BaseException:
        stopped = list((pool._processes or {}).values())
        for process in stopped:
            process.terminate()
        for process in stopped:
            process.join()
        pool.shutdown(wait=False, cancel_futures=True)
        raise
    pool.shutdown()


@contextmanager
def _deaf() -> Iterator[None]:
    """Start processes to which Ctrl-C does not come through: what is blocked here stays blocked there.

    Here it waits until they are started, and is not lost.
    """
    if not hasattr(signal, "pthread_sigmask"):
        yield
        return
    before = signal.pthread_sigmask(signal.SIG_BLOCK, {signal.SIGINT})
    try:
        yield
    finally:
        signal.pthread_sigmask(signal.SIG_SETMASK, before)


def _begin(scenario: Scenario) -> None:
    global _player
    signal.signal(signal.SIGINT, signal.SIG_IGN)
    _player = Player(scenario)


def _work(names: list[str], replication: int) -> dict[str, list[Counted]]:
    assert _player is not None, "a process begins with a scenario"
    return _player.blocks(names, replication)


def processors() -> int:
    """How many processors this process may use."""
    return len(os.sched_getaffinity(0)) if hasattr(os, "sched_getaffinity") else os.cpu_count() or 1
