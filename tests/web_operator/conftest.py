"""People who knock at the console."""

from __future__ import annotations

import pytest
from django.test import Client
from django.utils import translation

from core.accounts.models import User


@pytest.fixture(autouse=True)
def _english() -> object:
    """Tests read the English words."""
    with translation.override("en"):
        yield


@pytest.fixture
def operator(db: None) -> User:
    """An operator with every permission."""
    return User.objects.create_superuser("operator@example.com", name="Op", language="en")


@pytest.fixture
def console(operator: User) -> Client:
    """A browser in which the operator is signed in, speaking English."""
    return signed_in(operator)


@pytest.fixture
def buyer_user(db: None) -> User:
    """Somebody who only buys."""
    return User.objects.create_user("buyer@example.com", "a long pass phrase 7")


def signed_in(user: User | None) -> Client:
    """A browser of ``user``; nobody is signed in for None. Errors of views become answers."""
    client = Client(raise_request_exception=True, headers={"accept-language": "en"})
    if user:
        client.force_login(user)
    return client
