"""How rows are shown to operators under ``/records/``: read-only, or with edits noted."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from django.db.models import BinaryField
from django.http import HttpRequest
from unfold.admin import ModelAdmin

from core.accounts.models import actor_of
from core.accounts.services import record


class Record(ModelAdmin):  # type: ignore[misc]
    """Rows that every operator may read, and those with Django's permission may change.

    Changes go into the audit log as well, by field name and without values.
    """

    list_per_page = 50
    show_full_result_count = False
    compressed_fields = True

    def has_module_permission(self, request: HttpRequest) -> bool:
        """Show the room in the index to every operator."""
        return _is_operator(request)

    def has_view_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        """Let every operator read."""
        return _is_operator(request)

    def log_addition(self, request: HttpRequest, obj: Any, message: Any) -> Any:
        """Note the new row in the audit log too."""
        self._note(request, obj, "added", message)
        return super().log_addition(request, obj, message)

    def log_change(self, request: HttpRequest, obj: Any, message: Any) -> Any:
        """Note the change in the audit log too."""
        self._note(request, obj, "changed", message)
        return super().log_change(request, obj, message)

    def log_deletions(self, request: HttpRequest, queryset: Any) -> Any:
        """Note what goes away in the audit log too."""
        for obj in queryset:
            self._note(request, obj, "deleted", "")
        return super().log_deletions(request, queryset)

    def _note(self, request: HttpRequest, obj: Any, verb: str, message: Any) -> None:
        subject = f"{obj._meta.label_lower}:{obj.pk}"
        record(actor_of(request.user), f"records.{verb}", subject[:160], message=message)


class ReadOnlyRecord(Record):
    """Rows that only the platform writes: history, ledgers, and what services keep in order."""

    def has_add_permission(self, request: HttpRequest, *args: Any) -> bool:
        """Nobody adds by hand."""
        return False

    def has_change_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        """Nobody changes by hand."""
        return False

    def has_delete_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        """Nobody deletes by hand."""
        return False

    def get_readonly_fields(self, request: HttpRequest, obj: Any = None) -> Sequence[str]:
        """Show every field as text, but for sealed bytes."""
        return [f.name for f in self.opts.fields if not isinstance(f, BinaryField)]


def _is_operator(request: HttpRequest) -> bool:
    return bool(request.user.is_active and request.user.is_staff)
