"""Values of payments, messages and page fragments."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date, datetime
from enum import Enum
from typing import TYPE_CHECKING

from core.pluginapi.types.values import BuyerRef, OrderRef, Subject
from core.shared.money import Money
from core.shared.text import Text

if TYPE_CHECKING:
    from collections.abc import Callable

    from core.pluginapi.context import Context


class PayState(Enum):
    """How a payment or a refund stands."""

    PENDING = "pending"
    PAID = "paid"
    FAILED = "failed"
    REFUNDED = "refunded"


@dataclass(frozen=True, slots=True)
class PaymentIntent:
    """What is to be paid; ``key`` makes every call about it idempotent."""

    key: str
    order: OrderRef
    order_number: str
    amount: Money
    return_url: str


@dataclass(frozen=True, slots=True)
class PaymentStart:
    """How the buyer goes on: to a redirect, with a QR code's content, or with a message."""

    reference: str
    redirect: str = ""
    qr_content: str = ""
    message: Text | None = None


@dataclass(frozen=True, slots=True)
class PaymentStatus:
    """What the provider says of a payment."""

    reference: str
    state: PayState
    amount: Money
    at: datetime


@dataclass(frozen=True, slots=True)
class RefundStatus:
    """What the provider says of a refund."""

    reference: str
    state: PayState
    amount: Money


@dataclass(frozen=True, slots=True)
class PaymentEvent:
    """A provider's notice, after its signature was checked."""

    id: str
    reference: str
    state: PayState
    amount: Money
    at: datetime


@dataclass(frozen=True, slots=True)
class StatementLine:
    """One line of a provider's daily statement."""

    reference: str
    amount: Money
    fee: Money
    day: date


@dataclass(frozen=True, slots=True)
class Message:
    """A message to a buyer: ``key`` makes sending idempotent; the platform knows the address.

    ``language`` is the buyer's; empty where it is not known.
    """

    key: str
    buyer: BuyerRef
    subject: Text
    body: Text
    address: str
    language: str = ""


@dataclass(frozen=True, slots=True)
class Delivery:
    """What became of a message."""

    delivered: bool
    reference: str = ""
    reason: str = ""


@dataclass(frozen=True, slots=True)
class Fragment:
    """A piece of a page: a template of the plug-in and its context. Autoescaped, never raw HTML.

    ``template`` lies under ``<plug-in key>/`` in the folder ``templates`` beside the plug-in's
    module. Context values are text, numbers and Text.
    """

    template: str
    context: Mapping[str, object] = field(default_factory=dict)
    order: int = 100


@dataclass(frozen=True, slots=True)
class PageRequest:
    """A request to a plug-in's page: data only, no session, no user object."""

    method: str
    path: str
    query: Mapping[str, str]
    form: Mapping[str, str]
    language: str
    buyer: BuyerRef | None = None


@dataclass(frozen=True, slots=True)
class PageAnswer:
    """What a plug-in's page answers: a fragment in the platform's frame, or a redirect."""

    fragment: Fragment | None = None
    title: Text | None = None
    redirect: str = ""
    status: int = 200


@dataclass(frozen=True, slots=True)
class Page:
    """A page of a plug-in: at ``/p/<plug-in>/<path>``, in the buyer's or the operator's frame."""

    path: str
    title: Text
    frame: str
    view: Callable[[Context, PageRequest], PageAnswer]


@dataclass(frozen=True, slots=True)
class ApiAnswer:
    """What a plug-in's API route answers, as JSON."""

    status: int
    body: Mapping[str, object]


@dataclass(frozen=True, slots=True)
class ApiRoute:
    """A route of a plug-in: ``method`` at ``/api/v1/p/<plug-in>/<path>``."""

    method: str
    path: str
    summary: str
    view: Callable[[Context, PageRequest], ApiAnswer]


@dataclass(frozen=True, slots=True)
class Place:
    """Where on which page a slot is."""

    page: str
    name: str
    language: str
    subject: Subject
