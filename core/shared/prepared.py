"""Queries that are compiled once: building the SQL costs several times what the answer does."""

from __future__ import annotations

import threading
from collections.abc import Callable, Sequence
from functools import lru_cache
from typing import Any, NamedTuple
from uuid import UUID

from django.db import connection
from django.db.models import Model, QuerySet, UUIDField

Rows = list[Sequence[Any]]
Value = UUID | str


class _Plan(NamedTuple):
    """SQL with its parameters: constants, or the place of a value in the given lists."""

    database: Any
    sql: str
    parameters: tuple[tuple[int, Any], ...]
    compiler: Any
    converters: Any


class Prepared:
    """A query of lists of values, such as ``filter(pk__in=ids).values_list("pk", "name")``.

    ``build`` takes as many lists as there are ``kinds`` (UUID or str), filters by each of them with
    ``__in`` and returns a queryset of plain values; there may be no list at all. Lists are filled
    up to the next power of two, so that few statements are ever compiled; every thread keeps its
    own.
    """

    def __init__(
        self, build: Callable[..., QuerySet[Any, Any]], *kinds: type[UUID] | type[str]
    ) -> None:
        self._build = build
        self._kinds = kinds
        self._local = threading.local()

    def rows(self, *lists: Sequence[Value]) -> Rows:
        """Return the rows for these values; none when a list is empty. One query."""
        if not all(lists):
            return []
        plan = self._plan(tuple(1 << (len(values) - 1).bit_length() for values in lists))
        given = [
            constant if which < 0 else lists[which][min(constant, len(lists[which]) - 1)]
            for which, constant in plan.parameters
        ]
        as_stored = [_as_stored(one) if isinstance(one, UUID) else one for one in given]
        with connection.cursor() as cursor:
            cursor.execute(plan.sql, as_stored)
            found: Rows = cursor.fetchall()
        if plan.converters:
            return list(plan.compiler.apply_converters(found, plan.converters))
        return found

    def _plan(self, sizes: tuple[int, ...]) -> _Plan:
        kept: dict[tuple[int, ...], _Plan] = self._local.__dict__.setdefault("plans", {})
        plan = kept.get(sizes)
        database = connection.settings_dict
        if plan is None or plan.database is not database:
            plan = kept[sizes] = self._compiled(sizes, database)
        return plan

    def _compiled(self, sizes: tuple[int, ...], database: Any) -> _Plan:
        places: dict[Any, tuple[int, int]] = {}
        lists: list[list[Value]] = []
        for number, (kind, size) in enumerate(zip(self._kinds, sizes, strict=True)):
            values = [_stand_in(kind, number, place) for place in range(size)]
            places |= {_as_stored(one): (number, place) for place, one in enumerate(values)}
            lists.append(values)
        compiler = self._build(*lists).query.get_compiler(connection=connection)
        sql, parameters = compiler.as_sql()
        return _Plan(
            database,
            sql,
            tuple(places.get(one, (-1, one)) for one in parameters),
            compiler,
            compiler.get_converters([column[0] for column in compiler.select]),
        )


def insert_all(objects: Sequence[Model]) -> None:
    """Insert new objects of one model by one statement, which is a transaction of its own.

    Every field has its value already: nothing is left to the database, and nothing is read back.
    """
    if not objects:
        return
    fields = objects[0]._meta.concrete_fields
    values = [
        field.get_db_prep_save(getattr(one, field.attname), connection)
        for one in objects
        for field in fields
    ]
    with connection.cursor() as cursor:
        cursor.execute(_insertion(type(objects[0]), len(objects)), values)
    for one in objects:
        one._state.adding, one._state.db = False, connection.alias


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


def _as_stored(value: Value) -> Any:
    return _UUID.get_db_prep_value(value, connection) if isinstance(value, UUID) else value


_UUID: Any = UUIDField()
