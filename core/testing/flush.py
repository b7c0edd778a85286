"""Lets SQLite's tests empty tables that only grow, as TRUNCATE does on PostgreSQL."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import Any
from unittest import mock

import pytest


@pytest.fixture(autouse=True, scope="session")
def growing_tables_can_be_emptied() -> Iterator[None]:
    """Take the triggers away while a transactional test empties the database, and put them back."""
    from django.db.backends.sqlite3.base import DatabaseWrapper

    operations: Any = DatabaseWrapper.ops_class
    empty = operations.execute_sql_flush

    def execute_sql_flush(self: Any, sql_list: Sequence[str]) -> None:
        with self.connection.cursor() as cursor:
            cursor.execute("SELECT name, sql FROM sqlite_master WHERE type = 'trigger'")
            triggers = cursor.fetchall()
        drops = [f'DROP TRIGGER "{name}"' for name, _ in triggers]
        empty(self, [*drops, *sql_list, *(sql for _, sql in triggers)])

    with mock.patch.object(operations, "execute_sql_flush", execute_sql_flush):
        yield
