"""Stands between plug-ins and the database.

Every query of a plug-in passes here: the first one inside a transaction opens a savepoint, and a
change to a table that is not the plug-in's own is refused. The platform's own queries pass by.
"""

from __future__ import annotations

import re
from collections.abc import Callable
from typing import Any

from django.db import DEFAULT_DB_ALIAS, connection, connections
from django.db.backends.signals import connection_created

from core.kernel import pluginapps
from core.kernel.calls import CALLS, Call, suspended
from core.kernel.errors import ForbiddenWrite, TamperedState

READS = ("SELECT", "EXPLAIN", "BEGIN", "SAVEPOINT", "RELEASE", "ROLLBACK TO", "SHOW")
WRITE = re.compile(
    r"(?:INSERT(?:\s+OR\s+\w+)?\s+INTO|REPLACE\s+INTO|UPDATE(?:\s+ONLY)?|DELETE\s+FROM(?:\s+ONLY)?)"
    r'\s+(?:"?\w+"?\.)?["`\[]?(?P<table>\w+)',
    re.IGNORECASE,
)
HIDDEN_WRITE = re.compile(r"\b(?:INSERT|UPDATE|DELETE|DROP|ALTER|TRUNCATE)\b(?!\s+OF\b)", re.I)


def guard(execute: Callable[..., Any], sql: str, params: Any, many: bool, context: Any) -> Any:
    """Run one query; a Django execute wrapper."""
    call = CALLS.call
    if call.plugin is None:
        return execute(sql, params, many, context)
    refusal = objection(str(sql), call)
    if refusal:
        raise ForbiddenWrite(refusal)
    if not call.touched:
        call.touched = call.alarm = True
        database = context["connection"]
        if database.in_atomic_block and not call.covered:
            with suspended():
                call.savepoint = database.savepoint()
    return execute(sql, params, many, context)


def objection(sql: str, call: Call) -> str:
    """Return why the running plug-in may not send ``sql``, or ""."""
    text = sql.lstrip(" \t\r\n(")
    if text[:11].upper().startswith(READS) and ";" not in text.rstrip("; \n"):
        return ""
    written = WRITE.match(text)
    if written is None:
        if text[:4].upper() == "WITH" and not HIDDEN_WRITE.search(text):
            return ""
        return f"sent SQL that plug-ins may not send: {text.split(None, 1)[0][:20]}"
    table = written.group("table")
    label = pluginapps.label_of(call.plugin or "")
    if not label or not table.startswith(f"{label}_"):
        return f"tried to change the table {table}, which is not its own"
    if not call.writes:
        return f"tried to change {table} while a page waits; only jobs and own pages may"
    return ""


def after(call: Call, *, failed: bool) -> None:
    """End what the first query of a call began. Raises TamperedState for a broken transaction."""
    savepoint, call.savepoint, call.touched = call.savepoint, None, False
    database = connections[DEFAULT_DB_ALIAS]
    broken = database.in_atomic_block and database.needs_rollback
    if savepoint is not None:
        with suspended():
            if failed or broken:
                database.needs_rollback = False
                database.savepoint_rollback(savepoint)
            database.savepoint_commit(savepoint)
    if broken and not failed:
        raise TamperedState("broke the transaction and kept silent about it")


def install() -> None:
    """Guard every connection that is opened from now on, and the one that is open."""
    connection_created.connect(_on_connect, dispatch_uid="kernel.database")
    if connection.connection is not None:
        _wrap(connection)


def _on_connect(connection: Any, **_: object) -> None:
    _wrap(connection)


def _wrap(database: Any) -> None:
    if guard not in database.execute_wrappers:
        database.execute_wrappers.append(guard)
