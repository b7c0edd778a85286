"""Operators' records of accounts: no password, no key, no link is ever shown."""

from __future__ import annotations

from django.contrib import admin
from django.contrib.auth.models import Group
from django.http import HttpRequest
from django.utils.translation import gettext_lazy as _

from core.accounts.models import ApiKey, AuditEntry, User
from core.accounts.records import ReadOnlyRecord, Record


@admin.register(User)
class UserRecord(Record):
    """Who can sign in, and who is an operator."""

    list_display = ("shown_as", "is_staff", "is_active", "joined_at")
    list_filter = ("is_staff", "is_active")
    search_fields = ("=email",)
    fields = (
        "shown_as",
        "language",
        "is_staff",
        "is_active",
        "groups",
        "joined_at",
        "last_login",
    )
    readonly_fields = ("shown_as", "joined_at", "last_login")
    filter_horizontal = ("groups",)

    @admin.display(description=_("e-mail address"), ordering="email")
    def shown_as(self, user: User) -> str:
        """Operators know each other by address; of everybody else it is masked."""
        return user.shown_as

    def has_change_permission(self, request: HttpRequest, obj: object = None) -> bool:
        """Only who may do everything decides who else may do what."""
        return bool(request.user.is_active and request.user.is_superuser)

    def has_add_permission(self, request: HttpRequest) -> bool:
        """People sign up themselves, or are invited with a one-time link."""
        return False

    def has_delete_permission(self, request: HttpRequest, obj: object = None) -> bool:
        """People are switched off, not deleted: the audit log refers to them."""
        return False


admin.site.unregister(Group)


@admin.register(Group)
class GroupRecord(Record):
    """What operators of one kind may change."""

    list_display = ("name",)
    search_fields = ("name",)
    filter_horizontal = ("permissions",)

    def has_change_permission(self, request: HttpRequest, obj: object = None) -> bool:
        """Only who may do everything decides who else may do what."""
        return bool(request.user.is_active and request.user.is_superuser)

    def has_add_permission(self, request: HttpRequest) -> bool:
        """Only who may do everything decides who else may do what."""
        return bool(request.user.is_active and request.user.is_superuser)


@admin.register(ApiKey)
class ApiKeyRecord(ReadOnlyRecord):
    """Which keys exist; only their public prefix is known."""

    list_display = ("prefix", "name", "owner_kind", "owner", "live", "last_used_at", "revoked_at")
    list_filter = ("owner_kind", "live")
    search_fields = ("prefix", "name")
    fields = (
        "prefix",
        "name",
        "owner_kind",
        "owner",
        "live",
        "scopes",
        "created_at",
        "last_used_at",
        "revoked_at",
    )


@admin.register(AuditEntry)
class AuditRecord(ReadOnlyRecord):
    """What was done, newest first."""

    list_display = ("at", "actor", "action", "subject")
    list_filter = ("action",)
    search_fields = ("actor", "action", "subject")
    date_hierarchy = "at"
