"""Statements that are the same for every action, written out: PostgreSQL plans each once per connection.

An action asks five or six things of the database. To have each of them parsed and planned anew cost
more than to do it, so these few go past the ORM, as prepared statements. Everywhere else the ORM is
at home.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from django.db import connection
from psycopg import Cursor
from psycopg.types.numeric import Int8Dumper


def run(statement: str, values: Sequence[Any]) -> tuple[list[tuple[Any, ...]], int]:
    """Do it on the connection of Django, in its transaction. Gives the rows that came, and how many were touched."""
    if connection.vendor != "postgresql":
        with connection.cursor() as cursor:
            cursor.execute(statement, values)
            return (cursor.fetchall() if cursor.description else []), cursor.rowcount
    connection.ensure_connection()
    with connection.wrap_database_errors, Cursor(connection.connection) as cursor:
        # One type for every whole number: the plan of a statement is found again whatever the size of its values.
        cursor.adapters.register_dumper(int, Int8Dumper)
        cursor.execute(statement, values, prepare=True)
        return (cursor.fetchall() if cursor.description else []), cursor.rowcount
