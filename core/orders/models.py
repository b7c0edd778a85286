"""Quotes, orders and what became of them, payments, and the ledger."""

from __future__ import annotations

import json
from typing import Any, ClassVar

from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from core.buyers.models import Buyer
from core.kernel.models import Channel
from core.shared.clock import now
from core.shared.columns import money_column
from core.shared.ids import new_id

STATES = (
    ("draft", _("draft")),
    ("placed", _("placed")),
    ("paid", _("paid")),
    ("procuring", _("being procured")),
    ("ready", _("ready")),
    ("declared", _("declared")),
    ("cleared", _("cleared")),
    ("shipped", _("shipped")),
    ("delivered", _("delivered")),
    ("completed", _("completed")),
    ("held", _("held")),
    ("cancelled", _("cancelled")),
    ("refunding", _("being refunded")),
    ("refunded", _("refunded")),
)


class StoredQuote(models.Model):
    """An immutable landed price: canonical JSON ``body`` and its SHA-256.

    Triggers of the database refuse to change or delete a row.
    """

    id = models.UUIDField(primary_key=True, default=new_id, editable=False)
    channel = models.ForeignKey(Channel, on_delete=models.PROTECT, related_name="quotes")
    buyer = models.UUIDField(_("buyer"), null=True, blank=True)
    outcome = models.CharField(_("outcome"), max_length=10)
    code = models.CharField(_("refused because"), max_length=60, blank=True)
    country = models.CharField(_("destination"), max_length=2)
    currency = models.CharField(_("currency"), max_length=3)
    sha256 = models.CharField("SHA-256", max_length=64)
    body = models.BinaryField(editable=False)
    orderable = models.BooleanField(_("can be ordered"), default=True)
    created_at = models.DateTimeField(_("created"), default=now)
    expires_at = models.DateTimeField(_("expires"))

    class Meta:
        verbose_name = _("quote")
        verbose_name_plural = _("quotes")
        ordering = ("-created_at", "-id")
        indexes = (models.Index(fields=["buyer", "-created_at"], name="quote_buyer"),)

    def __str__(self) -> str:
        return f"{self.pk} {self.outcome}"

    @property
    def document(self) -> dict[str, Any]:
        """The stored document, parsed."""
        parsed: dict[str, Any] = json.loads(bytes(self.body))
        return parsed

    @property
    def is_ok(self) -> bool:
        """Whether it is an offer to sell, not a refusal."""
        return self.outcome == "ok"

    @property
    def is_expired(self) -> bool:
        """Whether it can no longer be ordered."""
        return self.expires_at <= now()


class Order(models.Model):
    """A placed quote. ``state`` moves along the flow of the channel's kind, never otherwise.

    ``total`` is what the buyer pays with the order. The address is a sealed copy, bound to this
    row; ``address_shown`` is its masked form.
    """

    id = models.UUIDField(primary_key=True, default=new_id, editable=False)
    number = models.CharField(_("number"), max_length=20, unique=True)
    channel = models.ForeignKey(Channel, on_delete=models.PROTECT, related_name="orders")
    buyer = models.ForeignKey(Buyer, on_delete=models.PROTECT, related_name="orders")
    quote = models.OneToOneField(StoredQuote, on_delete=models.PROTECT, related_name="order")
    state = models.CharField(_("state"), max_length=12, choices=STATES, default="draft")
    idempotency_key = models.CharField(max_length=80)
    address = models.UUIDField(_("address"))
    address_sealed = models.BinaryField(editable=False, default=b"")
    address_shown = models.JSONField(_("address (masked)"), default=dict)
    country = models.CharField(_("destination"), max_length=2)
    regime = models.CharField(_("customs regime"), max_length=60, blank=True)
    incoterm = models.CharField(_("incoterm"), max_length=3, default="DDP")
    total: Any = money_column(_("total"))
    carrier = models.CharField(_("planned carrier"), max_length=40, blank=True)
    warehouse = models.CharField(_("leaves from"), max_length=80, blank=True)
    escrow_released_at = models.DateTimeField(_("money released"), null=True, blank=True)
    delivered_at = models.DateTimeField(_("delivered"), null=True, blank=True)
    placed_at = models.DateTimeField(_("placed"), default=now)
    updated_at = models.DateTimeField(auto_now=True)

    objects: ClassVar[models.Manager[Order]] = models.Manager()

    class Meta:
        verbose_name = _("order")
        verbose_name_plural = _("orders")
        ordering = ("-placed_at", "-id")
        constraints = (
            models.UniqueConstraint(fields=["buyer", "idempotency_key"], name="order_once_per_key"),
            models.CheckConstraint(condition=Q(total__gte=0), name="order_total_not_negative"),
        )
        indexes = (
            models.Index(fields=["buyer", "-placed_at"], name="order_buyer"),
            models.Index(fields=["state", "-placed_at"], name="order_state"),
        )

    def __str__(self) -> str:
        return self.number

    def bound_to(self, field: str) -> str:
        """The place that a sealed field of this row is bound to."""
        return f"orders:order:{self.pk}:{field}"


class OrderLine(models.Model):
    """One line of an order. ``stock`` is ``reserved``, then ``taken`` or ``released``."""

    id = models.UUIDField(primary_key=True, default=new_id, editable=False)
    order = models.ForeignKey(Order, on_delete=models.CASCADE, related_name="lines")
    position = models.PositiveSmallIntegerField()
    item = models.UUIDField(_("item"))
    offer = models.UUIDField(_("offer"))
    supplier = models.UUIDField(_("supplier"))
    sku = models.CharField(_("SKU"), max_length=80)
    title = models.JSONField(_("name"), default=dict)
    quantity = models.PositiveIntegerField(_("quantity"))
    unit_price: Any = money_column(_("price"))
    stock = models.CharField(
        _("stock"),
        max_length=10,
        default="reserved",
        choices=[
            ("reserved", _("reserved")),
            ("taken", _("taken from stock")),
            ("released", _("released again")),
        ],
    )

    objects: ClassVar[models.Manager[OrderLine]] = models.Manager()

    class Meta:
        verbose_name = _("order line")
        verbose_name_plural = _("order lines")
        ordering = ("order", "position")
        constraints = (
            models.UniqueConstraint(fields=["order", "position"], name="order_line_position"),
            models.CheckConstraint(condition=Q(quantity__gte=1), name="order_line_quantity"),
        )

    def __str__(self) -> str:
        return f"{self.quantity} × {self.sku}"


class OrderTransition(models.Model):
    """A step that an order took: from where to where, by whom and why. Rows are only added."""

    id = models.UUIDField(primary_key=True, default=new_id, editable=False)
    order = models.ForeignKey(Order, on_delete=models.PROTECT, related_name="transitions")
    source = models.CharField(_("from"), max_length=12, choices=STATES)
    target = models.CharField(_("to"), max_length=12, choices=STATES)
    by = models.CharField(_("by"), max_length=20)
    actor = models.CharField(_("who"), max_length=120, blank=True)
    reason = models.CharField(_("reason"), max_length=300, blank=True)
    at = models.DateTimeField(_("when"), default=now)

    class Meta:
        verbose_name = _("order step")
        verbose_name_plural = _("order steps")
        ordering = ("order", "at", "id")

    def __str__(self) -> str:
        return f"{self.source} → {self.target}"


class OrderDocument(models.Model):
    """A paper that a step needs: what kind, and its number or the stored file."""

    id = models.UUIDField(primary_key=True, default=new_id, editable=False)
    order = models.ForeignKey(Order, on_delete=models.CASCADE, related_name="documents")
    kind = models.CharField(_("kind"), max_length=40)
    reference = models.CharField(_("reference"), max_length=160)
    by = models.CharField(_("by"), max_length=120, blank=True)
    at = models.DateTimeField(_("when"), default=now)

    class Meta:
        verbose_name = _("order document")
        verbose_name_plural = _("order documents")
        ordering = ("order", "kind")
        constraints = (
            models.UniqueConstraint(fields=["order", "kind"], name="order_document_kind"),
        )

    def __str__(self) -> str:
        return f"{self.kind}: {self.reference}"


class Payment(models.Model):
    """One attempt to pay an order. ``key`` makes every call to the provider idempotent."""

    class State(models.TextChoices):
        """How a payment stands."""

        PENDING = "pending", _("pending")
        PAID = "paid", _("paid")
        FAILED = "failed", _("failed")
        REFUNDED = "refunded", _("refunded")

    id = models.UUIDField(primary_key=True, default=new_id, editable=False)
    order = models.ForeignKey(Order, on_delete=models.PROTECT, related_name="payments")
    method = models.CharField(_("method"), max_length=40)
    key = models.CharField(max_length=80, unique=True)
    reference = models.CharField(_("reference"), max_length=200, blank=True)
    amount: Any = money_column(_("amount"))
    state = models.CharField(
        _("state"), max_length=10, choices=State.choices, default=State.PENDING
    )
    problem = models.CharField(_("problem"), max_length=300, blank=True)
    created_at = models.DateTimeField(_("begun"), default=now)
    paid_at = models.DateTimeField(_("paid"), null=True, blank=True)
    refunded_at = models.DateTimeField(_("refunded"), null=True, blank=True)

    objects: ClassVar[models.Manager[Payment]] = models.Manager()

    class Meta:
        verbose_name = _("payment")
        verbose_name_plural = _("payments")
        ordering = ("-created_at", "-id")
        constraints = (
            models.UniqueConstraint(
                fields=["method", "reference"],
                condition=~Q(reference=""),
                name="payment_reference_once",
            ),
            models.CheckConstraint(condition=Q(amount__gte=0), name="payment_not_negative"),
        )

    def __str__(self) -> str:
        return f"{self.method} {self.reference} {self.state}"


class PaymentNotice(models.Model):
    """A provider's notice that was heard, once for each id."""

    id = models.UUIDField(primary_key=True, default=new_id, editable=False)
    method = models.CharField(max_length=40)
    notice = models.CharField(max_length=160)
    payment = models.ForeignKey(Payment, on_delete=models.PROTECT, related_name="notices")
    state = models.CharField(max_length=10)
    at = models.DateTimeField(default=now)

    class Meta:
        verbose_name = _("payment notice")
        verbose_name_plural = _("payment notices")
        constraints = (
            models.UniqueConstraint(fields=["method", "notice"], name="payment_notice_once"),
        )

    def __str__(self) -> str:
        return f"{self.method} {self.notice}"


class LedgerEntry(models.Model):
    """One line of a posting; the lines of a ``posting`` sum to zero in each currency.

    ``party`` is a supplier's id where the account is one of many, else "". Triggers of the
    database refuse to change or delete a row.
    """

    id = models.UUIDField(primary_key=True, default=new_id, editable=False)
    posting = models.CharField(_("posting"), max_length=100)
    position = models.PositiveSmallIntegerField()
    order = models.ForeignKey(Order, on_delete=models.PROTECT, related_name="entries")
    account = models.CharField(_("account"), max_length=20)
    party = models.CharField(_("party"), max_length=36, blank=True)
    amount: Any = money_column(_("amount"))
    memo = models.CharField(_("memo"), max_length=120, blank=True)
    at = models.DateTimeField(_("when"), default=now)

    objects: ClassVar[models.Manager[LedgerEntry]] = models.Manager()

    class Meta:
        verbose_name = _("ledger entry")
        verbose_name_plural = _("ledger")
        ordering = ("at", "posting", "position")
        constraints = (
            models.UniqueConstraint(fields=["posting", "position"], name="ledger_posting_once"),
        )
        indexes = (models.Index(fields=["account", "party"], name="ledger_account"),)

    def __str__(self) -> str:
        return f"{self.account} {self.amount}"
