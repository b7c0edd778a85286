"""Operators' records of buyers: masked forms only, nothing is opened here."""

from __future__ import annotations

from django.contrib import admin

from core.accounts.records import ReadOnlyRecord
from core.buyers.models import Address, Buyer, Identity


@admin.register(Buyer)
class BuyerRecord(ReadOnlyRecord):
    """Buyers by reference; who they are stays with them."""

    list_display = ("id", "country", "language", "created_at")
    list_filter = ("country", "language")
    search_fields = ("id",)
    fields = ("id", "country", "language", "created_at")


@admin.register(Address)
class AddressRecord(ReadOnlyRecord):
    """Where parcels go, without name, phone and street."""

    list_display = ("buyer", "recipient_masked", "country", "region", "city", "is_default")
    list_filter = ("country",)
    fields = (
        "buyer",
        "recipient_masked",
        "phone_masked",
        "country",
        "region",
        "city",
        "is_default",
        "created_at",
    )


@admin.register(Identity)
class IdentityRecord(ReadOnlyRecord):
    """That an identity exists, and on what evidence it was verified."""

    list_display = ("buyer", "name_masked", "number_masked", "verified_at", "verified_by")
    fields = (
        "buyer",
        "name_masked",
        "number_masked",
        "verified_at",
        "verified_by",
        "created_at",
    )
