"""Addresses: what identifies the recipient is sealed; pages see masks."""

from __future__ import annotations

from dataclasses import replace

import pytest
from django.contrib.auth.models import AnonymousUser
from django.utils.functional import SimpleLazyObject

from core.accounts.models import User
from core.buyers import current, queries, services
from core.buyers.errors import BuyerError
from core.buyers.models import Address, Buyer
from core.buyers.types import AddressCard, AddressInput
from core.shared.crypto import SealBroken

HOME = AddressInput(
    recipient="王小明",
    phone="138 1234 5678",
    country="cn",
    region="上海市",
    city="上海市",
    district="浦东新区",
    street="世纪大道 100 号 23 楼",
    postcode="200120",
)


@pytest.fixture
def buyer(db) -> Buyer:
    return services.ensure_buyer(User.objects.create_user("buyer@example.com"))


def test_an_address_is_masked_for_pages_and_opens_for_a_label(buyer):
    address = services.add_address(buyer, HOME)
    view = queries.address_view(buyer, address.pk)
    assert (view.recipient, view.phone, view.country) == ("王**", "138******78", "CN")
    assert view.line == "浦东新区, 上海市, 上海市, CN"
    card = queries.address_card(buyer, address.pk)
    assert (card.recipient, card.phone) == ("王小明", "+8613812345678")
    assert card.street == "世纪大道 100 号 23 楼"


def test_no_text_of_an_address_shows_who_lives_there(buyer):
    address = services.add_address(buyer, HOME)
    shown = f"{address} {address!r} {address.view} {address.open_card()} {queries.addresses(buyer)}"
    for secret in ("王小明", "13812345678", "世纪大道"):
        assert secret not in shown


def test_a_card_survives_its_json():
    card = AddressCard("王小明", "+8613812345678", "CN", "上海市", "上海市", "", "世纪大道", "")
    assert AddressCard.from_json(card.as_json()) == card


def test_a_sealed_phone_copied_to_another_address_does_not_open(buyer):
    first = services.add_address(buyer, HOME)
    second = services.add_address(buyer, replace(HOME, phone="13912345678"))
    Address.objects.filter(pk=second.pk).update(phone_sealed=first.phone_sealed)
    with pytest.raises(SealBroken):
        queries.address_card(buyer, second.pk)


def test_one_address_is_the_default(buyer):
    first = services.add_address(buyer, HOME)
    second = services.add_address(buyer, replace(HOME, city="北京市"))
    assert [view.is_default for view in queries.addresses(buyer)] == [True, False]
    third = services.add_address(buyer, HOME, make_default=True)
    assert queries.addresses(buyer)[0].id == third.pk
    services.set_default_address(buyer, first.pk)
    assert queries.addresses(buyer)[0].id == first.pk
    services.remove_address(buyer, first.pk)
    assert {view.id for view in queries.addresses(buyer)} == {second.pk, third.pk}


def test_addresses_of_others_are_unknown(buyer):
    address = services.add_address(buyer, HOME)
    stranger = services.ensure_buyer(User.objects.create_user("stranger@example.com"))
    for act in (queries.address_view, queries.address_card, services.remove_address):
        with pytest.raises(BuyerError) as caught:
            act(stranger, address.pk)
        assert caught.value.code == "address_unknown"
    with pytest.raises(BuyerError):
        services.set_default_address(stranger, address.pk)
    assert queries.address_view(buyer, address.pk).is_default


@pytest.mark.parametrize(
    ("field", "value", "code"),
    [
        ("recipient", "王", "name_invalid"),
        ("phone", "12345", "phone_invalid"),
        ("phone", "23812345678", "phone_invalid"),
        ("phone", "138x2345678", "phone_invalid"),
        ("country", "China", "country_invalid"),
        ("country", "", "country_invalid"),
        ("street", " ", "street_missing"),
        ("street", "x" * 201, "address_line_invalid"),
        ("city", "上海\x00", "address_line_invalid"),
        ("region", "x" * 61, "address_line_invalid"),
        ("postcode", "1234567890123", "address_line_invalid"),
    ],
)
def test_wrong_input_names_its_field_and_stores_nothing(buyer, field, value, code):
    with pytest.raises(BuyerError) as caught:
        services.add_address(buyer, replace(HOME, **{field: value}))
    assert (caught.value.code, caught.value.field) == (code, field)
    assert not Address.objects.exists()


@pytest.mark.parametrize(
    ("phone", "country", "stored"),
    [
        ("+86 138-1234-5678", "CN", "+8613812345678"),
        ("8613812345678", "CN", "+8613812345678"),
        ("021-58881234", "CN", "+8602158881234"),
        ("+49 30 123456", "DE", "+4930123456"),
    ],
)
def test_phones_have_one_spelling(buyer, phone, country, stored):
    address = services.add_address(buyer, replace(HOME, phone=phone, country=country))
    assert address.clear("phone") == stored


def test_the_current_buyer_is_who_the_middleware_says(buyer, django_assert_num_queries):
    assert current.current_buyer() is None
    with current.signed_in(AnonymousUser()):
        assert current.current_buyer() is None
    lazy = SimpleLazyObject(lambda: User.objects.get(pk=buyer.user_id))
    with django_assert_num_queries(0), current.signed_in(lazy):
        pass
    with current.signed_in(lazy):
        view = current.current_buyer_verb("some_plugin", None)
    assert view is not None
    assert view.ref == buyer.ref
    assert not view.identity_verified
    assert current.current_buyer() is None


def test_mail_goes_to_active_users_alone(buyer):
    assert queries.mail_address(buyer.ref) == "buyer@example.com"
    User.objects.update(is_active=False)
    assert queries.mail_address(buyer.ref) == ""
