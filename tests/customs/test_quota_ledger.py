"""What a person may import in a year: counted by person, exactly, and given back once."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import UTC, date, datetime, timedelta
from decimal import Decimal
from io import StringIO
from typing import Any

import pytest
from django.core.management import CommandError, call_command
from django.db import IntegrityError, transaction
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from core.buyers.services import number_index
from core.pluginapi import QuotaUse, Text
from core.shared.ids import new_id
from customs.loading import touch
from customs.models import RuleRow
from customs.quota import services
from customs.quota.errors import QuotaRefused
from customs.quota.models import QuotaBalance, QuotaEntry
from customs.quota.queries import differences, room_of, used_facts
from customs.quota.types import Passage
from customs.services import override_rule

pytestmark = pytest.mark.django_db

ANN = number_index("11010519491231002X")
AT = datetime(2026, 11, 22, 4, tzinfo=UTC)
NEW_YEAR = datetime(2026, 12, 31, 16, tzinfo=UTC)
"""Midnight in Shanghai."""
DAY = timedelta(days=1)


def rule(key: str, values: dict[str, str], start: str, end: str | None = None) -> None:
    RuleRow.objects.create(
        plugin="duty_test",
        key=key,
        rule_id=f"R-{key}-{start}",
        jurisdiction="CN",
        title=Text("rule").as_dict(),
        values=values,
        valid_from=date.fromisoformat(start),
        valid_to=date.fromisoformat(end) if end else None,
        source="a source",
        confidence="high",
    )


@pytest.fixture(autouse=True)
def rules(db: None) -> None:
    rule("cn.cbec.limit", {"annual": "20000"}, "2016-04-08", "2018-12-31")
    rule("cn.cbec.limit", {"annual": "26000"}, "2019-01-01")
    rule("cn.cbec.eligibility", {"rice": "20"}, "2019-01-01")
    release = {
        "before_clearance": "yes",
        "after_clearance": "no",
        "returned_within_days": "30",
        "arrived_within_days": "45",
    }
    rule("cn.quota.release", release, "2016-04-08")
    touch()


def yuan(amount: str) -> QuotaUse:
    title = Text("E-commerce imports", "跨境电商", "跨境電商")
    return QuotaUse(
        "annual_used", title, Decimal(amount), "CNY", "cn.cbec.limit", "annual",
        "annual_limit_exceeded",
    )  # fmt: skip


def rice(kilograms: str) -> QuotaUse:
    return QuotaUse(
        "person_year_used_kg.rice", Text("Rice"), Decimal(kilograms), "kg", "cn.cbec.eligibility",
        "rice", "person_year_quantity_exceeded",
    )  # fmt: skip


def take(
    *uses: QuotaUse, person: bytes = ANN, at: datetime = AT, reference: str | None = None
) -> bool:
    name = reference or new_id().hex
    return services.reserve(person, uses, jurisdiction="CN", reference=name, at=at)


def used(at: datetime = AT, person: bytes = ANN) -> Any:
    return used_facts(person, jurisdiction="CN", at=at)


def test_the_whole_year_can_be_used_to_the_cent_and_no_cent_more() -> None:
    take(yuan("25999.99"))
    take(yuan("0.01"))
    with pytest.raises(QuotaRefused) as refused:
        take(yuan("0.01"))
    assert refused.value.code == "annual_limit_exceeded"
    assert used() == {"annual_used": "26000.00"}
    assert QuotaEntry.objects.count() == 2


def test_a_refusal_says_what_is_left_in_three_languages() -> None:
    take(yuan("25000"))
    with pytest.raises(QuotaRefused) as refused:
        take(yuan("1000.50"))
    text = refused.value.text.as_dict()
    assert "1000.00 CNY of 26000 CNY are left for 2026" in text["en"]
    assert all("1000.00" in part and "1000.50" in part for part in text.values())


@pytest.mark.parametrize("spelling", ["11010519491231002x", "１１０１０５１９４９１２３１００２Ｘ",
                                      " 110105 19491231 002x "])  # fmt: skip
def test_every_spelling_of_a_number_is_one_person(spelling: str) -> None:
    take(yuan("26000"))
    with pytest.raises(QuotaRefused):
        take(yuan("1"), person=number_index(spelling))


def test_another_person_has_a_year_of_their_own() -> None:
    take(yuan("26000"))
    assert take(yuan("26000"), person=b"o" * 32)


def test_an_order_is_counted_once_however_often_it_is_said() -> None:
    assert take(yuan("100"), reference="H1")
    assert not take(yuan("100"), reference="H1")
    assert used() == {"annual_used": "100.00"}


def test_an_order_takes_all_that_it_needs_or_nothing() -> None:
    take(rice("18"))
    with pytest.raises(QuotaRefused) as refused:
        take(yuan("100"), rice("2.001"))
    assert refused.value.code == "person_year_quantity_exceeded"
    assert used() == {"person_year_used_kg": {"rice": "18.00"}}
    assert take(yuan("100"), rice("2"))
    assert used() == {"annual_used": "100.00", "person_year_used_kg": {"rice": "20.00"}}


def test_what_is_finer_than_a_gram_counts_as_one() -> None:
    take(rice("0.0001"))
    assert used() == {"person_year_used_kg": {"rice": "0.001"}}


def test_the_year_ends_at_midnight_in_shanghai() -> None:
    take(yuan("26000"), at=NEW_YEAR - timedelta(milliseconds=1))
    with pytest.raises(QuotaRefused):
        take(yuan("0.01"), at=NEW_YEAR - timedelta(milliseconds=1))
    assert take(yuan("26000"), at=NEW_YEAR)
    assert sorted(QuotaBalance.objects.values_list("year", "used")) == [
        (2026, 26_000_000),
        (2027, 26_000_000),
    ]


def test_the_limit_is_the_one_of_the_day() -> None:
    last = datetime(2018, 12, 31, 15, 59, 59, tzinfo=UTC)
    with pytest.raises(QuotaRefused):
        take(yuan("20000.01"), at=last)
    assert take(yuan("20000.01"), at=last + timedelta(seconds=1))


def test_a_day_without_a_rule_is_refused_not_unlimited() -> None:
    with pytest.raises(QuotaRefused) as refused:
        take(yuan("1"), at=datetime(2016, 4, 7, 15, tzinfo=UTC))
    assert refused.value.code == "no_rule"
    assert not QuotaEntry.objects.exists()


def test_an_operators_limit_counts_from_its_day_and_leaves_nothing_below_zero() -> None:
    take(yuan("20000"))
    override_rule("duty_test", "cn.cbec.limit", {"annual": "15000"}, valid_from=date(2026, 11, 23),
                  valid_to=None, reason="test", author="op")  # fmt: skip
    assert take(yuan("100"))
    room = room_of(ANN, yuan("1"), jurisdiction="CN", at=AT + DAY)
    assert (room.used, room.limit, room.left) == (Decimal(20100), Decimal(15000), Decimal(0))
    with pytest.raises(QuotaRefused):
        take(yuan("1"), at=AT + DAY)


CLEARED = date(2026, 11, 1)


@pytest.mark.parametrize(
    ("passage", "given_back"),
    [
        (Passage(), True),
        (Passage(cleared=CLEARED), False),
        (Passage(cleared=CLEARED, returned=CLEARED + 30 * DAY), False),
        (Passage(CLEARED, CLEARED + 30 * DAY, CLEARED + 45 * DAY), True),
        (Passage(CLEARED, CLEARED + 31 * DAY, CLEARED + 45 * DAY), False),
        (Passage(CLEARED, CLEARED + 30 * DAY, CLEARED + 46 * DAY), False),
    ],
)
def test_the_year_is_given_back_by_the_declared_rule_alone(
    passage: Passage, given_back: bool
) -> None:
    take(yuan("500"), reference="H1")
    assert services.release("H1", passage, at=AT) is given_back
    assert used() == {"annual_used": "0.00" if given_back else "500.00"}


def test_nothing_is_given_back_twice_nor_without_a_reservation() -> None:
    take(yuan("500"), rice("3"), reference="H1")
    take(yuan("26"), reference="H2")
    assert services.release("H1", Passage(), at=AT)
    assert not services.release("H1", Passage(), at=AT)
    assert not services.release("H3", Passage(), at=AT)
    assert used() == {"annual_used": "26.00", "person_year_used_kg": {"rice": "0.00"}}


def test_what_was_given_back_can_be_used_again_but_not_by_the_same_order() -> None:
    take(yuan("26000"), reference="H1")
    services.release("H1", Passage(), at=AT)
    assert not take(yuan("26000"), reference="H1")
    assert take(yuan("26000"), reference="H2")


def test_it_goes_back_to_the_year_that_it_was_taken_from() -> None:
    take(yuan("26000"), at=NEW_YEAR - timedelta(seconds=1), reference="H1")
    take(yuan("100"), at=NEW_YEAR)
    services.release("H1", Passage(), at=NEW_YEAR + DAY)
    assert used(NEW_YEAR - timedelta(seconds=1)) == {"annual_used": "0.00"}
    assert used(NEW_YEAR) == {"annual_used": "100.00"}


def test_without_a_rule_of_releases_nothing_is_given_back() -> None:
    take(yuan("500"), at=datetime(2019, 5, 1, tzinfo=UTC), reference="H1")
    assert not services.release("H1", Passage(), at=datetime(2016, 1, 1, tzinfo=UTC))


def test_entries_are_only_added() -> None:
    take(yuan("500"), reference="H1")
    for change in (
        lambda: QuotaEntry.objects.update(amount=1),
        lambda: QuotaEntry.objects.all().delete(),
    ):
        with pytest.raises(IntegrityError), transaction.atomic():
            change()


def test_the_database_itself_refuses_to_exceed_the_limit() -> None:
    take(yuan("26000"))
    with pytest.raises(IntegrityError), transaction.atomic():
        QuotaBalance.objects.update(used=26_000_001)


def test_a_person_is_shown_by_a_few_signs_of_the_index() -> None:
    take(yuan("1"), reference="H1")
    (entry,) = QuotaEntry.objects.all()
    assert ANN.hex().startswith(entry.shown_person)
    assert len(entry.shown_person) == 12


@pytest.fixture
def wrong(db: None) -> None:
    """A ledger of which somebody changed a balance by hand."""
    take(yuan("500"), rice("3"), reference="H1")
    QuotaBalance.objects.filter(subject="annual_used").update(used=400_000)


def run(*words: str) -> str:
    out = StringIO()
    call_command("customs", "quota", *words, stdout=out)
    return out.getvalue()


def test_a_sound_ledger_checks(capsys: pytest.CaptureFixture[str]) -> None:
    take(yuan("500"), reference="H1")
    assert "1 balances, 0 differ" in run("check")


@pytest.mark.usefixtures("wrong")
def test_the_check_finds_what_does_not_add_up_and_repairs_it_when_told() -> None:
    with pytest.raises(CommandError, match="1 of 2 balances differ"):
        run("check")
    assert differences()
    assert "1 repaired" in run("check", "--repair")
    assert differences() == []
    assert used()["annual_used"] == "500.00"


def test_a_lost_balance_is_made_again_from_the_entries() -> None:
    take(yuan("500"), reference="H1")
    QuotaBalance.objects.all().delete()
    run("check", "--repair")
    assert used() == {"annual_used": "500.00"}
    assert differences() == []


@pytest.mark.usefixtures("wrong")
def test_a_changed_balance_does_not_keep_an_order_from_being_given_back() -> None:
    assert services.release("H1", Passage(), at=AT)
    assert used()["annual_used"] == "0.00"
    assert differences() == []


def test_operators_see_an_order_and_its_person_without_the_number() -> None:
    take(yuan("500"), rice("3"), reference="H1")
    take(yuan("200"), reference="H2")
    services.release("H2", Passage(), at=AT)
    shown = run("show", "H1")
    assert "H1 reserved 500.00 CNY annual_used" in shown
    assert "H1 reserved 3.00 kg person_year_used_kg.rice" in shown
    person = ANN.hex()[:12]
    whole = run("show", "--person", person)
    assert "CN 2026 annual_used: 500.00 CNY used, 25500.00 left" in whole
    assert "H2 released -200.00 CNY" in whole
    assert ANN.hex() not in shown + whole
    assert "11010519491231002X" not in shown + whole


@pytest.mark.parametrize("words", [("show", "H9"), ("show", "--person", "00"), ("show",)])
def test_what_is_not_there_is_said_so(words: tuple[str, ...]) -> None:
    with pytest.raises(CommandError):
        run(*words)


steps = st.lists(
    st.one_of(
        st.tuples(st.just("reserve"), st.integers(0, 3), st.integers(1, 1_600_000)),
        st.tuples(st.just("release"), st.integers(0, 11), st.booleans()),
    ),
    max_size=14,
)


@settings(max_examples=60, deadline=None,
          suppress_health_check=[HealthCheck.function_scoped_fixture])  # fmt: skip
@given(steps)
def test_any_sequence_stays_within_the_limit_and_equals_its_entries(
    sequence: Sequence[tuple[str, int, int]],
) -> None:
    person = new_id().bytes * 2
    expected: dict[str, Decimal] = {}
    try:
        with transaction.atomic():
            for number, (verb, which, what) in enumerate(sequence):
                if verb == "reserve":
                    name = f"{person.hex()}-{number}"
                    amount = Decimal(what) / 100
                    fits = sum(expected.values(), Decimal(0)) + amount <= 26_000
                    try:
                        assert take(yuan(str(amount)), person=person, reference=name)
                        assert fits
                        expected[name] = amount
                    except QuotaRefused:
                        assert not fits
                else:
                    name = f"{person.hex()}-{which}"
                    passage = Passage(cleared=CLEARED if what else None)
                    if services.release(name, passage, at=AT):
                        assert not what
                        expected.pop(name)
            total = sum(expected.values(), Decimal(0))
            assert 0 <= total <= 26_000
            assert Decimal(used(person=person).get("annual_used", 0)) == total
            assert differences() == []
            raise _Undo
    except _Undo:
        pass


class _Undo(Exception):
    """Takes the sequence back."""
