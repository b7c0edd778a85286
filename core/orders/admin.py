"""Operators' records of quotes, orders, payments and the ledger: read-only, addresses masked."""

from __future__ import annotations

from typing import Any

from django.contrib import admin
from django.utils.translation import gettext_lazy as _

from core.accounts.records import ReadOnlyRecord
from core.orders.models import (
    LedgerEntry,
    Order,
    OrderDocument,
    OrderLine,
    OrderTransition,
    Payment,
    StoredQuote,
)


@admin.register(StoredQuote)
class QuoteRecord(ReadOnlyRecord):
    """Every quote that was ever given, as given."""

    list_display = ("id", "channel", "outcome", "code", "country", "currency", "created_at")
    list_filter = ("outcome", "channel", "country")
    list_select_related = ("channel",)
    search_fields = ("id", "sha256")
    fields = (
        "id",
        "channel",
        "outcome",
        "code",
        "country",
        "currency",
        "sha256",
        "created_at",
        "expires_at",
        "as_text",
    )

    def get_readonly_fields(self, request: Any, obj: Any = None) -> list[str]:
        """Show the document beside the columns."""
        return [*super().get_readonly_fields(request, obj), "as_text"]

    @admin.display(description=_("document"))
    def as_text(self, quote: StoredQuote) -> str:
        """The stored bytes as they are."""
        return bytes(quote.body).decode()


@admin.register(Order)
class OrderRecord(ReadOnlyRecord):
    """Orders; the console moves them."""

    list_display = ("number", "channel", "state", "country", "regime", "total", "placed_at")
    list_filter = ("state", "channel", "country")
    list_select_related = ("channel",)
    search_fields = ("number",)
    fields = (
        "number",
        "channel",
        "state",
        "quote",
        "country",
        "regime",
        "incoterm",
        "total",
        "carrier",
        "warehouse",
        "address_shown",
        "escrow_released_at",
        "delivered_at",
        "placed_at",
        "updated_at",
    )


@admin.register(OrderLine)
class LineRecord(ReadOnlyRecord):
    """What was ordered."""

    list_display = ("order", "position", "sku", "quantity", "unit_price", "stock")
    list_select_related = ("order",)
    search_fields = ("sku", "order__number")


@admin.register(OrderTransition)
class StepRecord(ReadOnlyRecord):
    """The steps that orders took."""

    list_display = ("at", "order", "source", "target", "by", "reason")
    list_filter = ("target", "by")
    list_select_related = ("order",)
    search_fields = ("order__number",)
    ordering = ("-at", "-id")


@admin.register(OrderDocument)
class DocumentRecord(ReadOnlyRecord):
    """Papers of orders."""

    list_display = ("order", "kind", "reference", "at")
    list_filter = ("kind",)
    list_select_related = ("order",)
    search_fields = ("order__number", "reference")


@admin.register(Payment)
class PaymentRecord(ReadOnlyRecord):
    """Attempts to pay."""

    list_display = ("created_at", "order", "method", "amount", "state", "paid_at", "problem")
    list_filter = ("state", "method")
    list_select_related = ("order",)
    search_fields = ("order__number", "reference")


@admin.register(LedgerEntry)
class LedgerRecord(ReadOnlyRecord):
    """The ledger: entries are only added, and sum to zero in each posting and currency."""

    list_display = ("at", "posting", "account", "party", "amount", "order", "memo")
    list_filter = ("account",)
    list_select_related = ("order",)
    search_fields = ("posting", "order__number", "memo")
    ordering = ("-at", "posting", "position")
