"""What generated tests on the database share: each example is undone, and must leave no broken reference."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

from django.db import connection, transaction
from hypothesis import HealthCheck, settings


@contextmanager
def undone() -> Iterator[None]:
    """One example: everything that it writes is checked for references to nothing, and then taken back."""
    with transaction.atomic():
        yield
        check_references()
        transaction.set_rollback(True)


def check_references() -> None:
    """What a commit would check at this point."""
    connection.check_constraints()


def examples(number: int, **more: Any) -> settings:
    """So many examples, with the database of the test shared by all of them."""
    return settings(
        max_examples=number,
        deadline=None,
        suppress_health_check=[
            HealthCheck.function_scoped_fixture,
            HealthCheck.too_slow,
            HealthCheck.data_too_large,
            HealthCheck.large_base_example,
        ],
        **more,
    )
