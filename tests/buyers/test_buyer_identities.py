"""Real-name identities: checked, sealed to their row, counted by a blind index, never shown."""

from __future__ import annotations

import pytest
from django.db import connection
from stdnum.cn import ric

from core.accounts.models import User
from core.buyers import queries, services
from core.buyers.errors import BuyerError
from core.buyers.models import Buyer, Identity
from core.shared.crypto import SealBroken

NUMBER = "11010519491231002X"
OTHER = "360426199101010071"  # python-stdnum's example


@pytest.fixture
def buyer(db) -> Buyer:
    return services.ensure_buyer(User.objects.create_user("buyer@example.com", language="en"))


def test_ensuring_a_buyer_twice_gives_the_same(buyer):
    assert services.ensure_buyer(buyer.user) == buyer
    assert buyer.language == "en"


def test_an_identity_is_stored_sealed_and_opens_for_a_declaration(buyer):
    identity = services.add_identity(buyer, name="  张　三 ", number=NUMBER)
    real = queries.real_name(buyer)
    assert real is not None
    assert (real.name, real.number) == ("张 三", NUMBER)
    assert real.index == services.number_index(NUMBER)
    assert identity.verified_by == services.BY_CHECKSUM
    assert queries.buyer_view(buyer.ref).identity_verified


@pytest.mark.parametrize(
    "spelling",
    [
        "11010519491231002x",
        "１１０１０５１９４９１２３１００２Ｘ",
        "110105 19491231 002X",
        "110105-19491231-002X",
    ],
)
def test_every_spelling_of_a_number_is_one_number(buyer, spelling):
    first = services.add_identity(buyer, name="张三", number=NUMBER)
    again = services.add_identity(buyer, name="张三丰", number=spelling)
    assert first.pk == again.pk
    assert Identity.objects.count() == 1
    assert queries.real_name(buyer).name == "张三丰"


def test_one_person_in_two_accounts_has_one_index(buyer):
    other = services.ensure_buyer(User.objects.create_user("other@example.com"))
    services.add_identity(buyer, name="张三", number=NUMBER)
    services.add_identity(other, name="张三", number=NUMBER)
    assert queries.quota_index(buyer) == queries.quota_index(other)


@pytest.mark.parametrize(
    ("number", "code"),
    [
        ("110105194912310021", "identity_checksum"),
        ("000000000000000000", "identity_format"),
        ("11010520991231002X", "identity_checksum"),
        ("110105194902300021", "identity_checksum"),
        ("1101051949123100", "identity_length"),
        ("", "identity_length"),
        ("11010519491231002Х", "identity_format"),  # a Cyrillic letter at the end
        ("A1010519491231002X", "identity_format"),
        ("9" * 5000, "identity_length"),
    ],
)
def test_wrong_numbers_are_refused_with_a_code_and_never_repeated(buyer, number, code):
    with pytest.raises(BuyerError) as caught:
        services.add_identity(buyer, name="张三", number=number)
    assert caught.value.code == code
    assert caught.value.field == "number"
    assert not number or number not in str(caught.value)
    assert caught.value.__cause__ is None
    assert Identity.objects.count() == 0


@pytest.mark.parametrize(
    ("stem", "code"),
    [
        ("11010520991231002", "identity_birth_date"),
        ("11010518991231002", "identity_birth_date"),
        ("11010519490230002", "identity_birth_date"),
        ("99010519491231002", "identity_region"),
    ],
)
def test_a_right_check_digit_does_not_save_an_impossible_number(buyer, stem, code):
    with pytest.raises(BuyerError) as caught:
        services.add_identity(buyer, name="张三", number=stem + ric.calc_check_digit(stem + "0"))
    assert caught.value.code == code


@pytest.mark.parametrize("stem", ["31011519500101001", "50010119500101001", "81000019800101001"])
def test_people_older_than_their_county_are_taken(buyer, stem):
    number = stem + ric.calc_check_digit(stem + "0")
    assert services.add_identity(buyer, name="张三", number=number).verified_at


@pytest.mark.parametrize(
    "name", ["", "张", "Zhang 3", "<b>张三</b>", "x" * 61, "张三\x00", "=HYPERLINK"]
)
def test_names_that_cannot_be_names_are_refused(buyer, name):
    with pytest.raises(BuyerError) as caught:
        services.add_identity(buyer, name=name, number=NUMBER)
    assert (caught.value.code, caught.value.field) == ("name_invalid", "name")


@pytest.mark.parametrize(
    "name", ["张三", "欧阳小明", "阿卜杜拉·买买提", "Anne-Marie O’Neil", "José Ñandú"]
)
def test_real_names_are_taken(buyer, name):
    assert services.add_identity(buyer, name=name, number=NUMBER)


def test_a_sealed_number_copied_to_another_row_does_not_open(buyer):
    first = services.add_identity(buyer, name="张三", number=NUMBER)
    second = services.add_identity(buyer, name="李四", number=OTHER)
    Identity.objects.filter(pk=second.pk).update(number_sealed=first.number_sealed)
    with pytest.raises(SealBroken):
        queries.real_name(buyer, second.pk)
    Identity.objects.filter(pk=second.pk).update(number_sealed=second.name_sealed)
    with pytest.raises(SealBroken):
        queries.real_name(buyer, second.pk)


def test_no_text_of_an_identity_shows_name_or_number(buyer):
    identity = services.add_identity(buyer, name="张三丰", number=NUMBER)
    real = identity.open_real_name()
    shown = " ".join(map(repr, (identity, identity.view, real, buyer, queries.identities(buyer))))
    shown += f"{identity} {real}"
    assert NUMBER not in shown
    assert "张三丰" not in shown
    assert identity.number_masked == "1101**********002X"
    assert identity.name_masked == "张**"


def test_the_database_holds_neither_name_nor_number_in_clear(buyer):
    services.add_identity(buyer, name="张三丰", number=NUMBER)
    with connection.cursor() as cursor:
        cursor.execute("select * from buyers_identity")
        stored = repr(
            [[bytes(v) if isinstance(v, memoryview) else v for v in row] for row in cursor]
        )
    assert NUMBER not in stored
    assert "张三丰" not in stored
    assert repr("张三丰".encode())[2:-1] not in stored


def test_the_first_identity_is_the_default_and_removing_it_moves_the_default(buyer):
    first = services.add_identity(buyer, name="张三", number=NUMBER)
    second = services.add_identity(buyer, name="李四", number=OTHER)
    assert [view.id for view in queries.identities(buyer)] == [first.pk, second.pk]
    services.remove_identity(buyer, first.pk)
    assert [(view.id, view.is_default) for view in queries.identities(buyer)] == [(second.pk, True)]


def test_nobody_removes_the_identity_of_another_buyer(buyer):
    identity = services.add_identity(buyer, name="张三", number=NUMBER)
    stranger = services.ensure_buyer(User.objects.create_user("stranger@example.com"))
    with pytest.raises(BuyerError):
        services.remove_identity(stranger, identity.pk)
    assert queries.real_name(stranger, identity.pk) is None


def test_a_confirmation_names_who_gave_it(buyer):
    identity = services.add_identity(buyer, name="张三", number=NUMBER)
    services.verify_identity(identity, by="operator:1")
    identity.refresh_from_db()
    assert identity.verified_by == "operator:1"
