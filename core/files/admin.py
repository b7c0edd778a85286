"""Operators' records of stored files: names and sizes, never contents."""

from __future__ import annotations

from django.contrib import admin

from core.accounts.records import ReadOnlyRecord
from core.files.models import StoredFile


@admin.register(StoredFile)
class StoredFileRecord(ReadOnlyRecord):
    """What was stored, and whose it is."""

    list_display = ("name", "owner", "content_type", "size", "created_at")
    list_filter = ("content_type",)
    search_fields = ("name", "owner", "sha256")
