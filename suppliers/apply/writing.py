"""Bulk upsert of staged offers, over Django's own connection."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Any

import msgspec
from django.db import connection, models

from suppliers.models import StagedOffer

KEY = ("supplier_id", "scope", "sku")
KEPT = {"id", "created_at", *KEY}
INCOMING = "haitao_offers_in"

Row = dict[str, Any]


def upsert(rows: Sequence[Row]) -> None:
    """Insert or update offers, given by column name, in the caller's transaction.

    PostgreSQL takes one COPY into a temporary table and one INSERT … ON CONFLICT; SQLite takes
    one prepared upsert for all rows.
    """
    if not rows:
        return
    if connection.vendor == "postgresql":
        _copy(rows)
    else:
        _prepared(rows)


def _columns() -> list[models.Field[Any, Any]]:
    return list(StagedOffer._meta.concrete_fields)


def _names() -> list[str]:
    return [str(field.column) for field in _columns()]


def _conflict() -> str:
    changed = [name for name in _names() if name not in KEPT]
    assignments = ", ".join(f'"{name}" = excluded."{name}"' for name in changed)
    return f"ON CONFLICT ({', '.join(KEY)}) DO UPDATE SET {assignments}"


def _copy(rows: Sequence[Row]) -> None:
    table = StagedOffer._meta.db_table
    names = ", ".join(f'"{name}"' for name in _names())
    adapters = _adapters(postgres=True)
    with connection.cursor() as cursor:
        cursor.execute(
            f"CREATE TEMPORARY TABLE IF NOT EXISTS {INCOMING} (LIKE {table}) ON COMMIT DELETE ROWS"
        )
        cursor.execute(f"TRUNCATE {INCOMING}")
        with cursor.cursor.copy(f"COPY {INCOMING} ({names}) FROM STDIN") as copy:
            for row in rows:
                copy.write_row([adapt(row[name]) for name, adapt in adapters])
        cursor.execute(
            f"INSERT INTO {table} ({names}) SELECT {names} FROM {INCOMING} {_conflict()}"  # noqa: S608
        )


def _prepared(rows: Sequence[Row]) -> None:
    table = StagedOffer._meta.db_table
    names = _names()
    quoted = ", ".join(f'"{name}"' for name in names)
    marks = ", ".join(["%s"] * len(names))
    adapters = _adapters(postgres=False)
    statement = f"INSERT INTO {table} ({quoted}) VALUES ({marks}) {_conflict()}"  # noqa: S608
    with connection.cursor() as cursor:
        cursor.executemany(
            statement, [[adapt(row[name]) for name, adapt in adapters] for row in rows]
        )


def _adapters(*, postgres: bool) -> list[tuple[str, Callable[[Any], Any]]]:
    return [(str(field.column), _adapter(field, postgres)) for field in _columns()]


def _adapter(field: models.Field[Any, Any], postgres: bool) -> Callable[[Any], Any]:
    kind = field.get_internal_type()
    if kind == "JSONField":
        return _as_json
    if postgres:
        return _as_is
    if kind in ("UUIDField", "ForeignKey"):
        return _as_hex
    if kind == "DecimalField" or "Money" in kind:
        return _as_decimal_text
    if kind == "DateTimeField":
        return connection.ops.adapt_datetimefield_value
    return _as_is


def _as_is(value: Any) -> Any:
    return value


def _as_json(value: Any) -> str:
    return msgspec.json.encode(value).decode()


def _as_hex(value: Any) -> str | None:
    return None if value is None else str(value.hex)


def _as_decimal_text(value: Any) -> str | None:
    return None if value is None else format(value, "f")
