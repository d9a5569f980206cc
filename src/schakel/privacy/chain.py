"""Whether the access log is unbroken, as far as a page can look: the whole of a short log, the end of a long one."""

from __future__ import annotations

from itertools import islice
from typing import NamedTuple

from django.core.cache import cache

from schakel.accounts import access_log
from schakel.accounts.access_log import Break
from schakel.accounts.models import AccessEntry, AccessHead

#: How many lines a page looks at, at most: some tenths of a second. `schakel access verify` walks all of a longer log.
MOST = 5_000
#: How many breaks are named.
NAMED = 10
#: How long an outcome is kept for the same head (seconds): a line that is changed shows at the latest after this.
KEPT = 60


class Chain(NamedTuple):
    """What was found: the lines that were looked at, and where the chain does not hold."""

    first: int
    last: int
    breaks: tuple[Break, ...]

    @property
    def whole(self) -> bool:
        """Whether every line was looked at."""
        return self.first <= 1


def look(most: int = MOST) -> Chain:
    """The state of the chain up to its head, kept per head."""
    head = AccessHead.objects.filter(pk=1).first() or AccessHead(number=0, hash="")
    name = f"access-chain-{head.number}-{head.hash}-{most}"
    found = cache.get(name)
    if found is None:
        found = _look(head, most)
        cache.set(name, found, KEPT)
    return found


def _look(head: AccessHead, most: int) -> Chain:
    if head.number <= most:
        return Chain(1, head.number, tuple(islice(access_log.breaks(), NAMED)))
    first = head.number - most + 1
    return Chain(first, head.number, tuple(islice(_breaks_from(first, head), NAMED)))


def _breaks_from(first: int, head: AccessHead):
    """As `access_log.breaks`, from a line on whose own predecessor is taken on trust."""
    before, number = None, first - 1
    for entry in AccessEntry.objects.filter(number__gte=first).order_by("number").iterator():
        number += 1
        if entry.number != number:
            yield Break(number, f"expected line {number}, came line {entry.number}")
            number = entry.number
        if before is not None and entry.before != before:
            yield Break(entry.number, "the hash of the line before does not fit")
        if access_log.digest(entry) != entry.hash:
            yield Break(entry.number, "the line was changed after it was written")
        before = entry.hash
    if (head.number, head.hash) != (number, before):
        yield Break(head.number, f"the log ends at line {number}, its head says {head.number}")
