"""The trigger that keeps the days of one key apart."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from django.db.migrations import RunPython

if TYPE_CHECKING:
    from django.db.backends.base.schema import BaseDatabaseSchemaEditor

MEETS = """SELECT 1 FROM {table} AS other
    WHERE other.plugin = NEW.plugin AND other.key = NEW.key AND other.superseded_at IS NULL
    AND (other.valid_to IS NULL OR other.valid_to >= NEW.valid_from)
    AND (NEW.valid_to IS NULL OR other.valid_from <= NEW.valid_to)"""
SQLITE = """CREATE TRIGGER {table}_no_overlap BEFORE INSERT ON {table}
    WHEN NEW.superseded_at IS NULL AND EXISTS ({meets})
    BEGIN SELECT RAISE(ABORT, '{table}: two rows of one key overlap in time'); END"""
# The lock makes the second of two concurrent inserts see the first. It is one for all rows of a
# plug-in: a lock for each key would fill the server's lock table with a tariff of 30,000 lines.
FUNCTION = """CREATE OR REPLACE FUNCTION {table}_no_overlap() RETURNS trigger LANGUAGE plpgsql AS $$
    BEGIN
        PERFORM pg_advisory_xact_lock(hashtext('{table}:' || NEW.plugin));
        IF NEW.superseded_at IS NULL AND EXISTS ({meets}) THEN
            RAISE EXCEPTION '{table}: two rows of one key overlap in time' USING ERRCODE = '23000';
        END IF;
        RETURN NEW;
    END $$"""
POSTGRES = (
    "CREATE TRIGGER {table}_no_overlap BEFORE INSERT ON {table} "
    "FOR EACH ROW EXECUTE FUNCTION {table}_no_overlap()"
)


def no_overlap(table: str) -> RunPython:
    """Return the operation after which rows of one (plug-in, key) cannot overlap in time."""
    meets = MEETS.format(table=table)

    def install(_apps: Any, editor: BaseDatabaseSchemaEditor) -> None:
        remove(_apps, editor)
        if editor.connection.vendor == "postgresql":
            editor.execute(FUNCTION.format(table=table, meets=meets))
            editor.execute(POSTGRES.format(table=table))
            return
        editor.execute(SQLITE.format(table=table, meets=meets))

    def remove(_apps: Any, editor: BaseDatabaseSchemaEditor) -> None:
        if editor.connection.vendor == "postgresql":
            editor.execute(f"DROP TRIGGER IF EXISTS {table}_no_overlap ON {table}")
            editor.execute(f"DROP FUNCTION IF EXISTS {table}_no_overlap()")
            return
        editor.execute(f"DROP TRIGGER IF EXISTS {table}_no_overlap")

    return RunPython(install, remove)
