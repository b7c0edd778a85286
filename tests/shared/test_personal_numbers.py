"""Personal numbers are told from tracking numbers, and masked wherever they are written."""

from __future__ import annotations

import logging

import pytest

from core.shared.masking import PersonalDataFilter, mask_identity, mask_name, mask_phone, redact
from core.shared.numbers import MAX_INPUT, fold, is_identity, personal_kind, s10_check_digit

NUMBER = "11010519491231002X"


@pytest.mark.parametrize(
    ("given", "folded"),
    [
        (" rr 123-456 785 cn\t", "RR123456785CN"),
        ("ＲＲ１２３４５６７８５ＣＮ", "RR123456785CN"),
        ("RR\u200b123\u202e456785CN\n", "RR123456785CN"),
        ("", ""),
        ("RR１２３\x00", "RR123"),
    ],
)
def test_folding_removes_what_people_paste_around_a_number(given, folded):
    assert fold(given) == folded


def test_look_alike_letters_are_not_taken_for_latin():
    assert not fold("RR123456785СN").isascii()  # a Cyrillic letter


def test_very_long_input_is_cut():
    assert len(fold("9" * 10_000)) == MAX_INPUT


@pytest.mark.parametrize(
    "text",
    [
        "13812345678",
        "+86 138-1234-5678",
        "8613812345678",
        "008613812345678",
        "１３８１２３４５６７８",
    ],
)
def test_mobiles_are_known_in_every_writing(text):
    assert personal_kind(fold(text)) == "phone"


@pytest.mark.parametrize(
    "text", [NUMBER, "110105 19491231 002x", "110105194912310021", "110105491231002"]
)
def test_identity_numbers_are_known_by_their_date_whatever_their_check_digit(text):
    assert personal_kind(fold(text)) == "identity_number"


@pytest.mark.parametrize(
    "text", ["12812345678", "110105194902300021", "110105299912310021", "RR123456785CN"]
)
def test_other_numbers_are_not_personal(text):
    assert personal_kind(fold(text)) is None


def test_a_chosen_carrier_settles_fifteen_digits_without_a_province():
    assert personal_kind("301234900101123") == "identity_number"
    assert personal_kind("301234900101123", chosen=True) is None
    assert not is_identity("301234900101123", known_region=True)
    assert personal_kind("110105491231002", chosen=True) == "identity_number"


@pytest.mark.parametrize(("serial", "digit"), [("47312482", 9), ("12345678", 5), ("00000000", 5)])
def test_s10_check_digits(serial, digit):
    assert s10_check_digit(serial) == digit


@pytest.mark.parametrize("serial", ["1234567", "1234567a", "１２３４５６７８"])
def test_s10_serials_are_eight_ascii_digits(serial):
    with pytest.raises(ValueError, match="eight digits"):
        s10_check_digit(serial)


def test_masks_show_little():
    assert mask_identity(NUMBER) == "1101**********002X"
    assert mask_phone("13812345678") == "138******78"
    assert mask_phone("1234567") == "******"
    assert mask_name("欧阳小明") == "欧**"
    assert mask_name("") == ""


@pytest.mark.parametrize(
    ("text", "masked"),
    [
        (f"id={NUMBER};", "id=1101**********002X;"),
        ("110105 19491231 002X", "1101**********002X"),
        ("１１０１０５１９４９１２３１００２Ｘ", "1101**********002X"),
        ("电话13812345678，请", "电话138******78，请"),
        ("+86 138 1234 5678", "138******78"),
        ("110105491231002", "1101********002"),
        ("order 20261122-0001 of 1234", "order 20261122-0001 of 1234"),
        ("RR123456785CN", "RR123456785CN"),
    ],
)
def test_texts_are_redacted(text, masked):
    assert redact(text) == masked


def test_the_log_filter_masks_messages_arguments_and_tracebacks():
    lines: list[str] = []

    class Sink(logging.Handler):
        def emit(self, record):
            lines.append(self.format(record))

    sink = Sink()
    sink.addFilter(PersonalDataFilter())
    logger = logging.getLogger("haitao.test.personal")
    logger.propagate = False
    logger.addHandler(sink)
    try:
        logger.warning("user-agent %s", NUMBER)
        logger.warning("broken %d", "arguments")
        try:
            raise ValueError(NUMBER)
        except ValueError:
            logger.exception("phone 13812345678")
    finally:
        logger.removeHandler(sink)
    written = "\n".join(lines)
    assert NUMBER not in written
    assert "13812345678" not in written
    assert "1101**********002X" in written
    assert "ValueError" in written
