"""The basket, in the visitor's session: item ids and quantities, nothing else."""

from __future__ import annotations

import unicodedata
import uuid
from dataclasses import dataclass
from uuid import UUID

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST

from core.catalog.models import Item
from core.orders.quoting.types import WantedLine
from core.web.redirects import next_page

KEY = "basket"
MAX_LINES = 50
MAX_QUANTITY = 999
MAX_TYPED = 40


@dataclass(frozen=True, slots=True)
class BasketLine:
    """One line as it is shown."""

    item: Item
    quantity: int


def read(request: HttpRequest) -> dict[str, int]:
    """Return the basket: item id to quantity. Anything else in the session is ignored."""
    stored = request.session.get(KEY, {})
    if not isinstance(stored, dict):
        return {}
    return {
        str(item): quantity
        for item, quantity in stored.items()
        if isinstance(quantity, int) and 1 <= quantity <= MAX_QUANTITY
    }


def lines(request: HttpRequest) -> list[BasketLine]:
    """Return the basket's lines whose item still exists, in the order in which they were added."""
    basket = read(request)
    items = Item.objects.select_related("product").in_bulk([uuid.UUID(key) for key in basket])
    return [
        BasketLine(items[UUID(key)], quantity)
        for key, quantity in basket.items()
        if UUID(key) in items
    ]


def wanted(basket: list[BasketLine]) -> tuple[WantedLine, ...]:
    """Return the lines as a quote asks for them."""
    return tuple(WantedLine(str(line.item.pk), line.quantity) for line in basket)


def take_out(request: HttpRequest, items: list[str]) -> None:
    """Remove what was ordered; the rest stays."""
    kept = {item: quantity for item, quantity in read(request).items() if item not in items}
    request.session[KEY] = kept


def is_quantity(text: str) -> bool:
    """Whether ``text`` is a whole number from 1; digits of a Chinese keyboard (２) count."""
    digits = _digits(text)
    return digits.isascii() and digits.isdigit() and bool(digits.strip("0"))


def quantity_of(text: str, default: int = 1) -> int:
    """Return a quantity from a form, at most 999; ``default`` for what is none."""
    return min(int(_digits(text)), MAX_QUANTITY) if is_quantity(text) else default


def _digits(text: str) -> str:
    return unicodedata.normalize("NFKC", text[:MAX_TYPED]).strip()


@require_POST
def change(request: HttpRequest) -> HttpResponse:
    """Add an item, set its quantity, remove it, or empty the basket."""
    action = request.POST.get("action", "")
    basket = read(request)
    if action == "clear":
        basket = {}
    else:
        _apply(request, basket, action)
    request.session[KEY] = basket
    return redirect(next_page(request, "/compare/"))


def _apply(request: HttpRequest, basket: dict[str, int], action: str) -> None:
    try:
        key = str(UUID(request.POST.get("item", "")))
    except ValueError:
        return
    typed = request.POST.get("quantity", "1")
    quantity = quantity_of(typed)
    if action == "remove":
        basket.pop(key, None)
    elif not is_quantity(typed):
        messages.error(request, _("A quantity is a whole number from 1 to 999."))
    elif action == "set" and key in basket:
        basket[key] = quantity
    elif action == "add":
        if len(basket) >= MAX_LINES and key not in basket:
            messages.error(request, _("The basket is full. Order what is in it first."))
        elif Item.objects.filter(pk=key).exists():
            basket[key] = min(basket.get(key, 0) + quantity, MAX_QUANTITY)
            messages.success(request, _("Added to the basket."))
