"""Queries that are compiled once: building the SQL costs several times what the answer does."""

from __future__ import annotations

import threading
from collections.abc import Callable, Sequence
from functools import lru_cache
from typing import Any, NamedTuple
from uuid import UUID

from django.db import DEFAULT_DB_ALIAS, connections
from django.db.models import Field, Model, QuerySet

Rows = list[Any]
Value = UUID | str
KEPT = 1024
"""How many different rows of a statement are remembered as what was made of them."""


class _Plan(NamedTuple):
    """SQL with its parameters: constants, or the place of a value in the given lists."""

    database: Any
    sql: str
    parameters: tuple[tuple[int, Any], ...]
    converted: Callable[[Rows], Rows]
    view: Callable[[Sequence[Any]], Any] | None


class Prepared:
    """A query of lists of values, such as ``filter(pk__in=ids).values_list("pk", "name")``.

    ``build`` takes as many lists as there are ``kinds`` (UUID or str), filters by each of them with
    ``__in`` and returns a queryset of plain values; there may be no list at all. Lists are filled
    up to the next power of two, so that few statements are ever compiled; every thread keeps its
    own. ``view`` makes something that nobody changes of a row: rows that come again, which is most
    of them, are given what was made of them before.
    """

    def __init__(
        self,
        build: Callable[..., QuerySet[Any, Any]],
        *kinds: type[UUID] | type[str],
        view: Callable[[Sequence[Any]], Any] | None = None,
    ) -> None:
        self._build = build
        self._kinds = kinds
        self._view = view
        self._local = threading.local()

    def rows(self, *lists: Sequence[Value]) -> Rows:
        """Return the rows for these values, or their views; none when a list is empty. One query.

        A view is made once of equal rows, so it must depend on nothing else.
        """
        if not all(lists):
            return []
        database = connections[DEFAULT_DB_ALIAS]
        plan = self._plan(tuple(1 << (len(values) - 1).bit_length() for values in lists), database)
        as_stored = [
            constant
            if which < 0
            else _as_stored(lists[which][min(constant, len(lists[which]) - 1)], database)
            for which, constant in plan.parameters
        ]
        with database.cursor() as cursor:
            cursor.execute(plan.sql, as_stored)
            found: Rows = cursor.fetchall()
        if plan.view is None:
            return plan.converted(found)
        return [plan.view(row) for row in found]

    def _plan(self, sizes: tuple[int, ...], database: Any) -> _Plan:
        kept: dict[tuple[int, ...], _Plan] = self._local.__dict__.setdefault("plans", {})
        plan = kept.get(sizes)
        if plan is None or plan.database is not database.settings_dict:
            plan = kept[sizes] = self._compiled(sizes, database)
        return plan

    def _compiled(self, sizes: tuple[int, ...], database: Any) -> _Plan:
        places: dict[Any, tuple[int, int]] = {}
        lists: list[list[Value]] = []
        for number, (kind, size) in enumerate(zip(self._kinds, sizes, strict=True)):
            values = [_stand_in(kind, number, place) for place in range(size)]
            places |= {_as_stored(one, database): (number, i) for i, one in enumerate(values)}
            lists.append(values)
        compiler = self._build(*lists).query.get_compiler(connection=database)
        sql, parameters = compiler.as_sql()
        converted = _conversion(compiler)
        view = self._view
        return _Plan(
            database.settings_dict,
            sql,
            tuple(places.get(one, (-1, one)) for one in parameters),
            converted,
            view and lru_cache(KEPT)(lambda row: view(converted([row])[0])),
        )


def _conversion(compiler: Any) -> Callable[[Rows], Rows]:
    """Return what gives the columns of rows their types in Python."""
    converters = compiler.get_converters([column[0] for column in compiler.select])
    if not converters:
        return lambda rows: rows
    return lambda rows: list(compiler.apply_converters(rows, converters))


def insert_all(objects: Sequence[Model]) -> None:
    """Insert new objects of one model by one statement, which is a transaction of its own.

    Every field has its value already: nothing is left to the database, and nothing is read back.
    """
    if not objects:
        return
    database = connections[DEFAULT_DB_ALIAS]
    columns = [_column(field, objects, database) for field in objects[0]._meta.concrete_fields]
    values = [value for row in zip(*columns, strict=True) for value in row]
    with database.cursor() as cursor:
        cursor.execute(_insertion(type(objects[0]), len(objects)), values)
    for one in objects:
        one._state.adding, one._state.db = False, database.alias


def _column(field: Field[Any, Any], objects: Sequence[Model], database: Any) -> list[Any]:
    """Return a field's values as stored; what one row has in common with the next is made once."""
    stored: list[Any] = []
    before: Any = object()
    for one in objects:
        value = getattr(one, field.attname)
        is_known = value == before
        stored.append(stored[-1] if is_known else field.get_db_prep_save(value, database))
        before = value
    return stored


@lru_cache(maxsize=64)
def _insertion(model: type[Model], count: int) -> str:
    columns = [f'"{field.column}"' for field in model._meta.concrete_fields]
    row = f"({', '.join(['%s'] * len(columns))})"
    table = model._meta.db_table
    return f'INSERT INTO "{table}" ({", ".join(columns)}) VALUES {", ".join([row] * count)}'  # noqa: S608


def _stand_in(kind: type[Value], number: int, place: int) -> Value:
    if kind is UUID:
        return UUID(int=(0xF << 124) | (number << 64) | place)
    return f"\x01{number}.{place}"


def _as_stored(value: Value, database: Any) -> Any:
    """Return a value as the database holds it: not every database has a type for a UUID."""
    if isinstance(value, UUID) and not database.features.has_native_uuid_field:
        return value.hex
    return value
