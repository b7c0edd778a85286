"""What anybody may ask of the landed cost at once."""

from __future__ import annotations

import json
from typing import Any

import pytest
from django.test import Client

from core.web.api.customs import MOST_LINES

pytestmark = pytest.mark.django_db


def asked(lines: int) -> tuple[int, dict[str, Any]]:
    line = {"unit_price": "1", "quantity": 1, "rates": {"duty": "5", "vat": "13"}}
    shipment = {
        "destination": {"country": "CN"}, "currency": "CNY", "channel": "freight",
        "lines": [line] * lines,
    }  # fmt: skip
    body = json.dumps({"on": "2026-11-22", "shipment": shipment})
    answer = Client().post("/api/v1/landed-costs", body, content_type="application/json")
    return answer.status_code, json.loads(answer.content)


def test_a_question_of_many_lines_is_answered_for_each() -> None:
    status, answer = asked(MOST_LINES)
    assert status == 200
    assert len(answer["lines"]) == MOST_LINES


def test_one_line_more_is_refused_by_name() -> None:
    status, problem = asked(MOST_LINES + 1)
    assert (status, problem["code"]) == (422, "too_many_lines")
    assert problem["errors"][0]["path"] == "$.shipment.lines"


def test_a_line_of_an_absurd_number_is_none() -> None:
    address = f"/calculator/?to=CN&currency=CNY&0-price=9&0-quantity=1&{'1' * 4400}-price=1"
    assert Client().get(address).status_code == 200
