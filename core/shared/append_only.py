"""Tables that only grow: triggers of the database that refuse to change or delete a row.

SQLite loses triggers when a migration rebuilds their table: repeat the operation after one that
alters the table.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING, Any

from django.db.migrations import RunPython

if TYPE_CHECKING:
    from django.db.backends.base.schema import BaseDatabaseSchemaEditor

SQLITE = (
    "CREATE TRIGGER {name} BEFORE {event} ON {table} {when} BEGIN SELECT RAISE(ABORT, '{why}'); END"
)
POSTGRES = (
    "CREATE TRIGGER {name} BEFORE {event} ON {table} FOR EACH ROW {when} "
    "EXECUTE FUNCTION {table}_append_only()"
)
FUNCTION = (
    "CREATE OR REPLACE FUNCTION {table}_append_only() RETURNS trigger LANGUAGE plpgsql AS "
    "$$ BEGIN RAISE EXCEPTION '{why}' USING ERRCODE = '23000'; END $$"
)


def append_only(
    table: str, *, frozen: Sequence[str] = (), may_change: str | None = None
) -> RunPython:
    """Return the migration operation that makes ``table`` append-only.

    Without ``may_change`` no column of a row ever changes. With it, a condition over ``OLD`` and
    ``NEW`` in SQL that both databases read, the ``frozen`` columns never change and the others
    only when it holds. A refused statement raises IntegrityError.
    """
    events = {"delete": ("DELETE", "")}
    if may_change is None:
        events["update"] = ("UPDATE", "")
    else:
        events["frozen"] = (f"UPDATE OF {', '.join(frozen)}", "")
        events["update"] = ("UPDATE", f"WHEN (NOT ({may_change}))")
    why = f"{table} is append-only"

    def install(_apps: Any, editor: BaseDatabaseSchemaEditor) -> None:
        remove(_apps, editor)
        statement = SQLITE
        if editor.connection.vendor == "postgresql":
            statement = POSTGRES
            editor.execute(FUNCTION.format(table=table, why=why))
        for kind, (event, when) in events.items():
            name = f"{table}_no_{kind}"
            editor.execute(
                statement.format(name=name, event=event, table=table, when=when, why=why)
            )

    def remove(_apps: Any, editor: BaseDatabaseSchemaEditor) -> None:
        postgres = editor.connection.vendor == "postgresql"
        for kind in events:
            on = f" ON {table}" if postgres else ""
            editor.execute(f"DROP TRIGGER IF EXISTS {table}_no_{kind}{on}")
        if postgres:
            editor.execute(f"DROP FUNCTION IF EXISTS {table}_append_only()")

    return RunPython(install, remove)
