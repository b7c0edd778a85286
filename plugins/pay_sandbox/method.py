"""The sandbox's behaviour. It keeps no state: a reference holds what was asked to be paid."""

from __future__ import annotations

import hashlib
import hmac
import json
from collections.abc import Iterator
from datetime import date, datetime

from core.pluginapi import (
    Context,
    InvalidInput,
    Money,
    MoneyError,
    PaymentEvent,
    PaymentIntent,
    PaymentStart,
    PaymentStatus,
    PayState,
    RefundStatus,
    StatementLine,
    Text,
    WebhookCall,
)
from core.shared.money import checked_decimal

PREFIX = "SBX"
SIGNATURE = "sandbox-signature"
STATES = {"paid": PayState.PAID, "pending": PayState.PENDING, "failed": PayState.FAILED}


class Sandbox:
    """``demonstration_only``: the platform offers it in demonstration channels alone."""

    key = "sandbox"
    title = Text("Sandbox (no money moves)", "沙盒支付(不涉及真实资金)", "沙盒支付(不涉及真實資金)")
    demonstration_only = True

    def start(self, ctx: Context, intent: PaymentIntent) -> PaymentStart:
        """Return the reference of a payment; the same key gives the same one.

        Raises InvalidInput outside demonstration channels.
        """
        if ctx.channel is None or not ctx.channel.demonstration:
            raise InvalidInput(
                "the sandbox works in demonstration channels only", code="demonstration_only"
            )
        digest = hashlib.sha256(intent.key.encode()).hexdigest()[:20]
        return PaymentStart(
            reference=f"{PREFIX}-{intent.amount.amount}-{intent.amount.currency}-{digest}",
            message=Text(
                "Sandbox: press “Pay now”. No money moves.",
                "沙盒支付：请点击「立即支付」，不涉及真实资金。",
                "沙盒支付：請點擊「立即支付」，不涉及真實資金。",
            ),
        )

    def query(self, ctx: Context, reference: str) -> PaymentStatus:
        """Say how a payment stands: as the settings wish. Raises InvalidInput."""
        return PaymentStatus(reference, STATES[ctx.settings.outcome], _amount(reference), ctx.now)

    def refund(self, ctx: Context, reference: str, amount: Money, key: str) -> RefundStatus:
        """Give back at most what the reference paid. Raises InvalidInput."""
        paid = _amount(reference)
        if paid.currency != amount.currency or paid < amount:
            raise InvalidInput("more than was paid", code="refund_too_large")
        return RefundStatus(f"{reference}-R-{key[:40]}", PayState.REFUNDED, amount)

    def verify_webhook(self, ctx: Context, call: WebhookCall) -> bool:
        """Say whether a notice bears our signature: HMAC-SHA256 of the body, in hexadecimal."""
        key = ctx.settings.notice_key.get_secret_value().encode()
        expected = hmac.new(key, call.body, hashlib.sha256).hexdigest()
        given = call.headers.get(SIGNATURE, "")
        return given.isascii() and hmac.compare_digest(expected, given)

    def parse_webhook(self, ctx: Context, call: WebhookCall) -> Iterator[PaymentEvent]:
        """Yield the notice ``{"id", "reference", "state", "at"}``. Raises InvalidInput."""
        try:
            notice = json.loads(call.body)
            state = STATES[notice["state"]]
            at = datetime.fromisoformat(notice["at"])
            identifier, reference = str(notice["id"]), str(notice["reference"])
        except (ValueError, KeyError, TypeError, RecursionError):
            raise InvalidInput("not a sandbox notice", code="notice_unreadable") from None
        yield PaymentEvent(identifier, reference, state, _amount(reference), at)

    def statement(self, ctx: Context, day: date) -> Iterator[StatementLine]:
        """Yield nothing: the sandbox settles nothing."""
        return iter(())


def _amount(reference: str) -> Money:
    parts = reference.split("-")
    if len(parts) < 4 or parts[0] != PREFIX:
        raise InvalidInput("not a reference of the sandbox", code="reference_unknown")
    try:
        return Money(checked_decimal(parts[1]), parts[2])
    except MoneyError as problem:
        raise InvalidInput(str(problem), code="reference_unknown") from None
