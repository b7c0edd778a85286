"""What would this cost me? A landed cost without an account, an order or a trace."""

from __future__ import annotations

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.views.decorators.http import require_safe

from core.web.buyer.market import market_of
from core.web.calculator import ESTIMATES_A_MINUTE, calculation, shown
from core.web.calculator_forms import ShipmentForm
from core.web.errors import FAULTS, fault_response
from core.web.rate_limit import spend


@require_safe
def calculator(request: HttpRequest) -> HttpResponse:
    """Show the calculator, and the answer to what its address asks."""
    if request.GET and not spend(request, "estimates", limit=ESTIMATES_A_MINUTE, seconds=60):
        return fault_response(request, FAULTS[429])
    market = market_of(request)
    initial = {"to": market.country, "currency": market.currency}
    made = calculation(request, ShipmentForm, initial=initial)
    context = {"section": "calculator", **shown(request, made)}
    return render(request, "buyer/calculator.html", context, status=200 if made.is_valid else 400)
