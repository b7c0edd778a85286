"""What if: any shipment by the rules of any day, with every regime that was considered."""

from __future__ import annotations

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render

from core.web.calculator import calculation, shown
from core.web.calculator_forms import OperatorForm
from core.web.operator.access import operator_page


@operator_page()
def calculator(request: HttpRequest) -> HttpResponse:
    """Show the calculator with a day, a regime and facts beside."""
    made = calculation(request, OperatorForm, initial={"to": "CN", "currency": "CNY"})
    context = shown(request, made)
    status = 200 if made.is_valid else 400
    return render(request, "operator/calculator.html", context, status=status)
