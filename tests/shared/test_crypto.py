"""Sealed fields open where they were sealed, and nowhere else."""

from __future__ import annotations

import pytest

from core.shared.crypto import (
    KeysUnusable,
    SealBroken,
    blind_index,
    is_current,
    open_bytes,
    open_sealed,
    seal,
)

OLD = "o" * 43
NEW = "n" * 43
PLACE = "buyers:identity:1:number"


@pytest.fixture(autouse=True)
def one_key(settings):
    settings.HAITAO_FIELD_KEYS = OLD


@pytest.mark.parametrize("text", ["", "11010519491231002X", "张三", "x" * 100_000])
def test_a_sealed_text_opens_in_its_place(text):
    assert open_sealed(seal(text, bound_to=PLACE), bound_to=PLACE) == text


def test_bytes_survive_and_memoryviews_open():
    blob = seal(b"\x00\xff", bound_to=PLACE)
    assert open_bytes(memoryview(blob), bound_to=PLACE) == b"\x00\xff"
    with pytest.raises(SealBroken):
        open_sealed(blob, bound_to=PLACE)


@pytest.mark.parametrize(
    "place", ["buyers:identity:2:number", "buyers:identity:1:name", "other:identity:1:number", ""]
)
def test_a_value_moved_to_another_row_or_field_is_rejected(place):
    with pytest.raises(SealBroken):
        open_sealed(seal("11010519491231002X", bound_to=PLACE), bound_to=place)


def test_every_changed_byte_is_noticed():
    blob = seal("11010519491231002X", bound_to=PLACE)
    for position in range(len(blob)):
        changed = bytearray(blob)
        changed[position] ^= 1
        with pytest.raises(SealBroken):
            open_sealed(changed, bound_to=PLACE)


@pytest.mark.parametrize("blob", [b"", b"k1", b"k1:", b"k1:short", b"\xff\xfe:" + b"0" * 40])
def test_rubbish_is_refused_with_one_error(blob):
    with pytest.raises(SealBroken):
        open_sealed(blob, bound_to=PLACE)


def test_equal_texts_are_sealed_differently_and_hide_the_text():
    first, second = seal("secret-text", bound_to=PLACE), seal("secret-text", bound_to=PLACE)
    assert first != second
    assert first.startswith(b"k1:")
    assert b"secret-text" not in first


def test_rotation_opens_old_values_and_seals_with_the_first_key(settings):
    old = seal("text", bound_to=PLACE)
    settings.HAITAO_FIELD_KEYS = f"k2:{NEW},k1:{OLD}"
    assert open_sealed(old, bound_to=PLACE) == "text"
    assert not is_current(old)
    new = seal("text", bound_to=PLACE)
    assert new.startswith(b"k2:")
    assert is_current(new)
    settings.HAITAO_FIELD_KEYS = f"k2:{NEW}"
    assert open_sealed(new, bound_to=PLACE) == "text"
    with pytest.raises(SealBroken):
        open_sealed(old, bound_to=PLACE)


def test_the_blind_index_survives_rotation_and_differs_by_purpose(settings):
    before = blind_index("11010519491231002X", purpose="identity")
    assert len(before) == 32
    assert before != blind_index("11010519491231002X", purpose="quota")
    assert before != blind_index("110105194912310021", purpose="identity")
    settings.HAITAO_FIELD_KEYS = f"k2:{NEW},k1:{OLD}"
    assert blind_index("11010519491231002X", purpose="identity") == before
    settings.HAITAO_FIELD_KEYS = f"k2:{NEW},index:{OLD}"
    assert blind_index("11010519491231002X", purpose="identity") == before
    settings.HAITAO_FIELD_KEYS = f"k2:{NEW}"
    assert blind_index("11010519491231002X", purpose="identity") != before


@pytest.mark.parametrize(
    "keys", ["", ",", "short", f"index:{OLD}", f"A B:{OLD}", f"k1:{OLD},k1:{NEW}", "k1:short"]
)
def test_unusable_keys_are_named_without_being_shown(settings, keys):
    settings.HAITAO_FIELD_KEYS = keys
    with pytest.raises(KeysUnusable) as caught:
        seal("text", bound_to=PLACE)
    assert OLD not in str(caught.value)
    assert "short" not in str(caught.value).replace("shorter", "")
