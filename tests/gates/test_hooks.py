"""Gates: a hook may be called stable only when it is used, tested and documented."""

from __future__ import annotations

import ast
import inspect
from collections.abc import Mapping
from functools import cache
from pathlib import Path
from types import MappingProxyType

import pytest

from core.kernel import activation, catalogue, configuration, hooks, providers, registry
from core.kernel.catalogue import Entry
from core.kernel.hookpages import PAGES, stale
from core.kernel.specs import PLATFORM
from core.pluginapi import Where

ROOT = Path(__file__).resolve().parents[2]
ENTRIES = catalogue.entries()
STABLE = catalogue.stable()
EXPERIMENTAL = tuple(entry for entry in ENTRIES if not entry.stable)

OWN_LIFE: Mapping[str, object] = MappingProxyType(
    {
        "register_settings": registry.Registry.add,
        "migrate_settings": configuration.migrated,
        "activated": activation.enable,
        "deactivated": activation.disable,
        "test_connection": activation.call_own,
    }
)
"""What the kernel asks of one plug-in alone, and the function that asks it."""

PROVIDERS: Mapping[str, object] = MappingProxyType(
    {
        "register_schedules": providers.schedules,
        "register_channel_kinds": providers.channel_kinds,
        "register_feed_transports": providers.transports,
        "register_feed_dialects": providers.dialects,
        "register_fx_sources": providers.fx_sources,
        "register_hs_tables": providers.hs_tables,
        "register_duty_regimes": providers.regimes,
        "register_carriers": providers.carriers,
        "register_payment_methods": providers.payment_methods,
        "register_message_channels": providers.messengers,
        "register_pages": providers.pages,
        "register_api_routes": providers.api_routes,
    }
)
"""What is handed over at the start, and the function that gives it to the rooms."""


def names(entries: tuple[Entry, ...]) -> list[str]:
    return [entry.name for entry in entries]


@cache
def named_tests() -> Mapping[str, str]:
    """Return every test function of the suite with the file that it is in."""
    found: dict[str, str] = {}
    for path in sorted((ROOT / "tests").rglob("test_*.py")):
        for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
            if isinstance(node, ast.FunctionDef) and node.name.startswith("test_"):
                found.setdefault(node.name, path.relative_to(ROOT).as_posix())
    return found


def named_after(hook: str) -> list[str]:
    """Return the tests that are named after ``hook`` and after no longer hook's name."""
    stem = f"test_hook_{hook}"
    others = [f"test_hook_{one}" for one in names(ENTRIES) if one.startswith(f"{hook}_")]
    return [
        name
        for name in named_tests()
        if (name == stem or name.startswith(f"{stem}_")) and not name.startswith(tuple(others))
    ]


def test_a_name_that_only_begins_alike_is_not_a_hooks_test() -> None:
    assert named_after("on_order") == []
    assert named_after("offer_rat") == []
    assert named_after("offer_rate")


def test_the_catalogue_is_whole() -> None:
    assert len(ENTRIES) == len(PLATFORM) >= 51
    assert len(STABLE) >= 40


def test_every_policy_suits_its_prefix() -> None:
    assert catalogue.illegal_policies() == ()


@pytest.mark.parametrize("entry", STABLE, ids=names(STABLE))
def test_a_stable_hook_has_a_built_in_implementer(entry: Entry) -> None:
    assert entry.implementers, f"no built-in plug-in implements {entry.name}"


@pytest.mark.parametrize("entry", STABLE, ids=names(STABLE))
def test_a_stable_hook_has_a_test_of_its_name(entry: Entry) -> None:
    assert named_after(entry.name), f"no test is called test_hook_{entry.name}…"


@pytest.mark.parametrize("entry", ENTRIES, ids=names(ENTRIES))
def test_every_hook_has_a_page_with_an_example(entry: Entry) -> None:
    text = (PAGES / f"{entry.name}.md").read_text(encoding="utf-8")
    assert "## Example" in text
    assert f"def {entry.name}(" in text
    assert "experimental" not in text.partition("## Example")[0] or not entry.stable


@pytest.mark.parametrize("entry", EXPERIMENTAL, ids=names(EXPERIMENTAL))
def test_an_experimental_hook_says_so_and_is_used_by_no_built_in(entry: Entry) -> None:
    text = (PAGES / f"{entry.name}.md").read_text(encoding="utf-8")
    assert "experimental: may change without notice" in text
    assert entry.implementers == ()


def test_the_pages_are_those_that_the_specs_give() -> None:
    assert [path.name for path in stale()] == [], "run: manage.py plugins docs"


@pytest.mark.parametrize("entry", ENTRIES, ids=names(ENTRIES))
def test_every_hook_is_called_in_one_known_way(entry: Entry) -> None:
    facade = getattr(hooks, entry.name, None)
    ways = [facade, OWN_LIFE.get(entry.name), PROVIDERS.get(entry.name)]
    assert sum(way is not None for way in ways) == 1, entry.name
    if facade is None:
        return
    assert entry.policy.where is not Where.BOOT
    parameters = list(inspect.signature(facade).parameters.values())
    assert parameters[0].kind is inspect.Parameter.POSITIONAL_ONLY
    assert tuple(one.name for one in parameters[1:]) == PLATFORM[entry.name].arguments
    assert all(one.kind is inspect.Parameter.KEYWORD_ONLY for one in parameters[1:])


def test_the_facade_has_no_hook_that_the_contract_has_not() -> None:
    prefixes = ("offer_", "add_", "check_", "on_", "slot_")
    public = {name for name in vars(hooks) if name.startswith(prefixes)}
    assert public <= set(PLATFORM)
