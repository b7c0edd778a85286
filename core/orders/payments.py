"""Payments: begun once for each key, captured once however often the provider says so."""

from __future__ import annotations

from contextlib import suppress

from django.conf import settings
from django.db import IntegrityError, transaction

from core.jobs import enqueue
from core.kernel import providers
from core.kernel.errors import ProviderFailed
from core.orders import ledger
from core.orders.errors import PaymentRefused, StepRefused
from core.orders.flow import transition
from core.orders.models import Order, Payment, PaymentNotice
from core.orders.quota import check_room, reserve_quota
from core.pluginapi import (
    Money,
    OrderRef,
    PaymentEvent,
    PaymentIntent,
    PaymentMethod,
    PaymentStart,
    PaymentStatus,
    PayState,
    Text,
)
from core.shared.clock import now
from customs.quota.errors import QuotaRefused

REFUND = "orders.refund"
CANCELLED = Text(
    "The order was cancelled; what was paid for it goes back.",
    "订单已取消，已付款项将原路退回。",
    "訂單已取消，已付款項將原路退回。",
)


def methods_for(order: Order) -> dict[str, Text]:
    """Return the ways to pay an order by key; a sandbox only in demonstration channels."""
    return {
        provided.key: provided.object.title
        for provided in providers.payment_methods(order.channel.ref)
        if _usable(provided.object, order)
    }


def start_payment(order: Order, method: str) -> tuple[Payment, PaymentStart]:
    """Begin to pay an order; a payment of the method that is pending goes on.

    Raises PaymentRefused (method_unavailable, not_payable, provider_failed, or why the buyer's
    year has no room for the order).
    """
    if order.state != "placed":
        raise _refused(
            "not_payable",
            Text(
                "This order does not wait for a payment.",
                "此订单无需付款。",
                "此訂單無需付款。",
            ),
        )
    if method not in methods_for(order):
        raise _refused(
            "method_unavailable",
            Text(
                "This way to pay is not available here.",
                "此处不支持该支付方式。",
                "此處不支援該支付方式。",
            ),
            path="$.method",
        )
    _check_room(order)
    payment = _pending(order, method)
    amount = Money.of(payment.amount).rounded()
    intent = PaymentIntent(
        key=payment.key,
        order=OrderRef(order.pk),
        order_number=order.number,
        amount=amount,
        return_url=f"{settings.HAITAO_PUBLIC_URL}/orders/{order.number}/",
    )
    try:
        start = providers.payment_start(order.channel.ref, method, intent=intent)
    except ProviderFailed as problem:
        raise _failed(problem) from None
    Payment.objects.filter(pk=payment.pk).update(reference=start.reference[:200])
    payment.reference = start.reference[:200]
    return payment, start


def confirm_payment(order: Order) -> Payment:
    """Ask the provider how the order's newest payment stands, and book it when it was paid.

    Raises PaymentRefused when there is none, the provider does not answer, what it says does not
    fit the intent, or the order was cancelled and the money goes back.
    """
    payment = order.payments.exclude(reference="").order_by("-created_at", "-id").first()
    if payment is None:
        raise _refused(
            "payment_unknown",
            Text("No payment was begun.", "尚未发起付款。", "尚未發起付款。"),
        )
    try:
        status = providers.payment_query(
            order.channel.ref, payment.method, reference=payment.reference
        )
    except ProviderFailed as problem:
        raise _failed(problem) from None
    payment = payment_received(payment, status)
    if payment.state != Payment.State.PENDING:
        _check_not_cancelled(order)
    return payment


def payment_received(payment: Payment, status: PaymentStatus | PaymentEvent) -> Payment:
    """Take note of what a provider says of a payment: one capture, however often it is said.

    Reference, amount and currency must be the intent's. A notice counts as heard only together
    with what it changed. A payment of an order that no longer waits for it is booked and given
    back by a job. Raises PaymentRefused.
    """
    _check_fits(payment, status)
    with transaction.atomic():
        if not isinstance(status, PaymentEvent) or _first_heard(payment, status):
            _book(payment, status.state)
    payment.refresh_from_db()
    return payment


def find_payment(method: str, reference: str) -> Payment | None:
    """Return the payment that a notice speaks of, or None."""
    if not reference:
        return None
    found = Payment.objects.select_related("order__channel", "order__quote")
    return found.filter(method=method, reference=reference).first()


def refund(order: Order, *, actor: str = "") -> bool:
    """Give every captured payment of an order back; returns whether nothing is left to give.

    Idempotent by the payment's key. Raises PaymentRefused when the provider does not answer.
    """
    for payment in order.payments.filter(state=Payment.State.PAID):
        if not refund_payment(payment):
            return False
    with transaction.atomic():
        order.refresh_from_db()
        if order.state == "refunding":
            transition(order, "refunded", by="system", reason="money given back", actor=actor)
    return True


def refund_payment(payment: Payment) -> bool:
    """Give one captured payment back; returns False while the provider has not. See refund."""
    order = payment.order
    try:
        answer = providers.payment_refund(
            order.channel.ref,
            payment.method,
            reference=payment.reference,
            amount=Money.of(payment.amount).rounded(),
            key=f"refund-{payment.key}",
        )
    except ProviderFailed as problem:
        raise _failed(problem) from None
    if answer.state is not PayState.REFUNDED:
        return False
    with transaction.atomic():
        paid = Payment.objects.filter(pk=payment.pk, state=Payment.State.PAID)
        if paid.update(state=Payment.State.REFUNDED, refunded_at=now()):
            ledger.post_refund(payment)
    return True


def _usable(method: PaymentMethod, order: Order) -> bool:
    return order.channel.demonstration or not method.demonstration_only


def _pending(order: Order, method: str) -> Payment:
    known = order.payments.filter(method=method, state=Payment.State.PENDING).first()
    if known:
        return known
    number = order.payments.filter(method=method).count() + 1
    try:
        with transaction.atomic():
            return Payment.objects.create(
                order=order,
                method=method,
                key=f"{order.pk}-{method}-{number}"[:80],
                amount=order.total,
            )
    except IntegrityError:
        return Payment.objects.get(key=f"{order.pk}-{method}-{number}"[:80])


def _check_fits(payment: Payment, status: PaymentStatus | PaymentEvent) -> None:
    wanted = Money.of(payment.amount)
    same = status.reference == payment.reference and status.amount.currency == wanted.currency
    if same and status.amount.amount == wanted.amount:
        return
    Payment.objects.filter(pk=payment.pk).update(
        problem=f"the provider says {status.amount}, the order is {wanted}"[:300]
    )
    raise _refused(
        "payment_mismatch",
        Text(
            f"The payment is of {status.amount}, the order of {wanted}: nothing was booked.",
            f"付款为 {status.amount}，订单为 {wanted}：未入账。",
            f"付款為 {status.amount}，訂單為 {wanted}：未入帳。",
        ),
        path="$.amount",
    )


def _first_heard(payment: Payment, event: PaymentEvent) -> bool:
    try:
        with transaction.atomic():
            PaymentNotice.objects.create(
                method=payment.method,
                notice=event.id[:160],
                payment=payment,
                state=event.state.value,
            )
    except IntegrityError:
        return False
    return True


def _book(payment: Payment, state: PayState) -> None:
    if state is PayState.PAID:
        _capture(payment)
    elif state is PayState.FAILED:
        Payment.objects.filter(pk=payment.pk, state=Payment.State.PENDING).update(
            state=Payment.State.FAILED, problem="the provider says that it failed"
        )


def _capture(payment: Payment) -> None:
    """Book a payment once: the conditional UPDATE lets exactly one caller through."""
    with transaction.atomic():
        open_ones = Payment.objects.filter(
            pk=payment.pk, state__in=(Payment.State.PENDING, Payment.State.FAILED)
        )
        if not open_ones.update(state=Payment.State.PAID, paid_at=now(), problem=""):
            return
        ledger.post_payment(payment)
        order = Order.objects.select_related("channel").get(pk=payment.order_id)
        if order.state != "placed":
            # Cancelled meanwhile, or paid twice: this payment alone goes back.
            _send_back(payment, order)
            return
        try:
            reserve_quota(order)
        except QuotaRefused as problem:
            _cancel_without_room(payment, order, problem)
            return
        transition(order, "paid", by="system", reason=f"paid by {payment.method}")


def _send_back(payment: Payment, order: Order) -> None:
    payload = {"payment": str(payment.pk)}
    enqueue(REFUND, payload, key=str(payment.pk), channel=order.channel.key)


def _cancel_without_room(payment: Payment, order: Order, problem: QuotaRefused) -> None:
    """Give back what was paid for an order that the buyer's year has no room for."""
    Payment.objects.filter(pk=payment.pk).update(problem=f"{problem.code}: {problem}"[:300])
    _send_back(payment, order)
    # A kind whose flow does not let the system cancel leaves the order waiting, and unpaid.
    with suppress(StepRefused):
        transition(order, "cancelled", by="system", reason=str(problem))


def _check_room(order: Order) -> None:
    try:
        check_room(order)
    except QuotaRefused as problem:
        raise _refused(problem.code, problem.text) from None


def _check_not_cancelled(order: Order) -> None:
    """Tell who pays an order that was cancelled meanwhile why, and that the money goes back."""
    order.refresh_from_db()
    if order.state != "cancelled":
        return
    try:
        check_room(order)
    except QuotaRefused as problem:
        parts = zip(problem.text.as_dict().values(), CANCELLED.as_dict().values(), strict=True)
        raise _refused(problem.code, Text(*(" ".join(pair) for pair in parts))) from None
    raise _refused("order_cancelled", CANCELLED)


def _failed(problem: ProviderFailed) -> PaymentRefused:
    return _refused(
        "provider_failed",
        Text(
            f"The payment provider did not answer: {str(problem)[:160]}",
            "支付服务暂时不可用，请稍后重试。",
            "支付服務暫時無法使用，請稍後再試。",
        ),
    )


def _refused(code: str, text: Text, *, path: str = "$") -> PaymentRefused:
    return PaymentRefused(code, text, path=path)
