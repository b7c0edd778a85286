"""Suppliers, what they pushed, and the offers that came of it."""

from __future__ import annotations

from suppliers.models.feeds import (
    Feed,
    FeedIssue,
    FeedScope,
    PushAnswer,
    RejectedRow,
)
from suppliers.models.offers import StagedOffer
from suppliers.models.parties import Supplier, SupplierMember, Supply

__all__ = [
    "Feed",
    "FeedIssue",
    "FeedScope",
    "PushAnswer",
    "RejectedRow",
    "StagedOffer",
    "Supplier",
    "SupplierMember",
    "Supply",
]
