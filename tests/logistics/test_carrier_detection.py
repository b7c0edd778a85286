"""Which carrier? Ranked candidates with reasons; personal numbers are refused unseen."""

from __future__ import annotations

import io
import json
import random
from decimal import Decimal

import pytest
from django.core.management import CommandError, call_command

from core.kernel import activation
from core.logistics.detect import detector, format_guesses, identify, ranked
from core.logistics.models import Leg
from core.pluginapi import (
    CarrierGuess,
    CarrierHint,
    Context,
    NumberFormat,
    RawEvent,
    Text,
    TrackingEvent,
    hookimpl,
)
from core.shared.numbers import s10_check_digit
from core.testing.plugins import manifest


class Spy:
    """A plug-in that remembers every number that it was shown."""

    MANIFEST = manifest("number_spy")

    def __init__(self):
        self.seen = []

    @hookimpl
    def add_carrier_guesses(self, ctx: Context, number: str, hint: CarrierHint):
        self.seen.append(number)
        return [CarrierGuess("spy", "any", Decimal("0.10"), Text("Anything"))]


class Shaped:
    key = "shaped"
    title = Text("Shaped")
    hub = False
    formats = (
        NumberFormat("plain", r"[A-Z]{2}\d{9}[A-Z]{2}", "AB123456789CD", has_check_digit=False),
        NumberFormat(
            "never", r"[A-Z]{2}\d{9}[A-Z]{2}", "", has_check_digit=True, check=lambda n: False
        ),
    )

    def normalise(self, raw: RawEvent) -> TrackingEvent:
        raise AssertionError


def test_an_s10_number_is_found_by_its_check_digit(channel):
    answer = identify(" rr 123 456 785 jp ", channel=channel.ref)
    assert answer.refused is None
    assert [one.carrier for one in answer.candidates] == ["s10"]
    best = answer.candidates[0]
    assert best.confidence == Decimal("0.97")
    assert "Registered letter" in best.reason.en
    assert best.reason.zh_hans
    assert best.reason.zh_hant


def test_the_origin_makes_a_guess_surer(channel):
    hinted = identify("RR123456785JP", CarrierHint(origin="JP"), channel.ref)
    assert hinted.candidates[0].confidence == Decimal("0.99")


def test_every_service_and_country_is_found_and_every_wrong_check_digit_is_not(s10, channel):
    rng = random.Random(7)
    finder = detector(channel.ref)
    for indicator in ("EE", "RR", "LX", "CP", "UA", "VV", "HB", "AB", "ZZ"):
        for country in ("CN", "JP", "KR", "DE", "US", "AU", "FR", "HK"):
            serial = f"{rng.randrange(10**8):08}"
            right = s10(indicator, serial, country)
            assert finder.identify(right).candidates[0].carrier == "s10"
            for digit in "0123456789":
                if digit != str(s10_check_digit(serial)):
                    wrong = f"{indicator}{serial}{digit}{country}"
                    assert finder.identify(wrong).candidates == ()


@pytest.mark.parametrize("country", ["XX", "YP", "ZZ"])
def test_countries_without_a_post_are_not_s10(s10, channel, country):
    assert identify(s10("RR", "12345678", country), channel=channel.ref).candidates == ()


@pytest.mark.parametrize(
    ("text", "refused", "shown"),
    [
        ("13812345678", "phone", "138******78"),
        ("+86 138-1234-5678", "phone", None),
        ("008613812345678", "phone", None),
        ("１３８１２３４５６７８", "phone", "138******78"),
        ("11010519491231002X", "identity_number", "1101**********002X"),
        ("110105 19491231 0021", "identity_number", "1101**********0021"),
        ("110105491231002", "identity_number", "1101*******1002"),
    ],
)
def test_personal_numbers_are_refused_masked_and_never_shown_to_plugins(
    channel, plugin_registry, text, refused, shown
):
    spy = Spy()
    with plugin_registry(spy):
        answer = identify(text, channel=channel.ref)
    assert (answer.refused, answer.candidates) == (refused, ())
    assert text not in repr(answer)
    assert shown is None or answer.number == shown
    assert spy.seen == []
    assert not Leg.objects.exists()


@pytest.mark.parametrize(
    "text",
    [
        "", " ", "A", "1234", "9" * 51, "9" * 500, "ABCDEFGH", "RR123456785СN", "RR12345678🙂JP",
        "http://example.com/RR123456785JP", "RR123456785JP,RR473124829JP", "'; drop table--1",
        "<script>alert(1)</script>", "{{7*7}}12345", "\x00\x01", "RR123456785JP\nX" * 40,
    ],
)  # fmt: skip
def test_what_is_no_number_is_refused(channel, text):
    answer = identify(text, channel=channel.ref)
    assert (answer.refused, answer.candidates) == ("not_a_number", ())


@pytest.mark.parametrize(
    "text",
    ["rr123456785jp", "RR 123-456-785 JP", "ＲＲ１２３４５６７８５ＪＰ", "RR\u200b123456785JP"],
)
def test_writing_does_not_matter(channel, text):
    assert identify(text, channel=channel.ref).candidates[0].carrier == "s10"


def test_a_format_without_check_digit_is_less_sure_and_a_failed_check_is_no_candidate():
    found = format_guesses("RR123456785JP", [Shaped()])
    assert [(one.format, one.confidence) for one in found] == [("plain", Decimal("0.50"))]


def test_the_surest_guess_of_a_format_is_kept_and_impossible_ones_are_dropped():
    def guess(confidence, carrier="a"):
        return CarrierGuess(carrier, "f", Decimal(confidence), Text("r"))

    order = ranked(
        [guess("0.5"), guess("0.9"), guess("0.7", "b"), guess("7", "c"), guess("0", "d")]
    )
    assert [(one.carrier, one.confidence) for one in order] == [
        ("a", Decimal("0.9")),
        ("b", Decimal("0.7")),
    ]


def test_guesses_of_plugins_are_ranked_with_the_formats(channel, plugin_registry):
    with plugin_registry(Spy()):
        answer = identify("RR123456785JP", channel=channel.ref)
    assert [one.carrier for one in answer.candidates] == ["s10", "spy"]


def test_a_carrier_that_is_switched_off_is_no_candidate(channel):
    assert identify("RR123456785JP", channel=channel.ref).candidates
    activation.disable("carrier_s10", channel, actor="test")
    assert identify("RR123456785JP", channel=channel.ref).candidates == ()


def run_command(tmp_path, text, *arguments):
    file = tmp_path / "numbers.txt"
    file.write_text(text, encoding="utf-8")
    out = io.StringIO()
    call_command("tracking", "identify", str(file), *arguments, stdout=out, stderr=io.StringIO())
    return [json.loads(line) for line in out.getvalue().splitlines()]


def test_the_command_writes_one_object_a_line(channel, tmp_path):
    lines = run_command(tmp_path, "RR123456785JP\r\n\n13812345678\nQQ000000000QQ\n?\n")
    assert [set(line) for line in lines] == [{"number", "candidates", "refused"}] * 4
    first = lines[0]
    assert first["number"] == "RR123456785JP"
    assert set(first["candidates"][0]) == {"carrier", "format", "confidence", "reason"}
    assert first["candidates"][0]["confidence"] == 0.97
    assert [line["refused"] for line in lines] == [None, "phone", None, "not_a_number"]


def test_the_command_takes_a_channel_and_refuses_what_does_not_exist(channel, tmp_path):
    assert run_command(tmp_path, "RR123456785JP", "--channel", channel.key)[0]["candidates"]
    with pytest.raises(CommandError, match="no channel"):
        run_command(tmp_path, "RR123456785JP", "--channel", "nowhere")
    with pytest.raises(CommandError, match="cannot be read"):
        call_command("tracking", "identify", str(tmp_path / "absent"))


def test_the_command_survives_bytes_that_are_no_text(channel, tmp_path):
    file = tmp_path / "numbers.bin"
    file.write_bytes(b"\xff\xfe\x00RR\n" + b"9" * 100_000 + b"\n")
    out = io.StringIO()
    call_command("tracking", "identify", str(file), stdout=out)
    assert {json.loads(line)["refused"] for line in out.getvalue().splitlines()} == {"not_a_number"}
