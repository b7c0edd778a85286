"""Switching on and off, settings, secrets, and who is called."""

from __future__ import annotations

import os
import random
import sys

import pytest
from django.core.management import call_command
from samples import CHANNEL, sample

from core.accounts.models import AuditEntry
from core.kernel import activation, catalogue, configuration, dispatch, hooks, snapshot
from core.kernel.discovery import Origin
from core.kernel.errors import ActivationRefused
from core.kernel.models import Activation, Channel, Incident, PluginRecord, Secret
from core.kernel.registry import registry
from core.kernel.specs import PLATFORM
from core.kernel.syncing import sync
from core.pluginapi import (
    Level,
    NotPermitted,
    PluginSettings,
    Text,
    Verb,
    Verdict,
    hookimpl,
    setting,
)
from core.pluginapi import Secret as SecretType
from core.testing.plugins import manifest, plugins_loaded

CALLED = [spec.name for spec in PLATFORM.values() if not spec.boot]


class Settings(PluginSettings):
    VERSION = 2
    base_url: str = setting("https://a.example", label=Text("Address"))
    token: SecretType = setting(SecretType(""), label=Text("Token"))
    retries: int = setting(3, label=Text("Retries"), ge=0, le=9)


class Configured:
    MANIFEST = manifest("configured")
    seen = None

    @hookimpl
    def register_settings(self, setup):
        return Settings

    @hookimpl
    def migrate_settings(self, stored, from_version):
        return {"base_url": stored["url"]}

    @hookimpl
    def check_listing(self, ctx, product):
        Configured.seen = ctx.settings
        ctx.log.info("seen", settings=ctx.settings)
        return Verdict(Level.WARN, "seen", Text("seen"))


def spy(hook, calls):
    """Return a plug-in that implements nothing but ``hook``."""
    scope = {"calls": calls}
    exec(f"def {hook}(self): calls.append('{hook}')", scope)
    return type("Spy", (), {"MANIFEST": manifest("spy_one"), hook: hookimpl(scope[hook])})()


def call(hook, channel):
    spec = PLATFORM[hook]
    values = tuple(sample(spec.hints[name]) for name in spec.arguments)
    dispatch.tell(hook, channel, values)


@pytest.mark.parametrize("hook", CALLED)
def test_disabled_plugin_is_never_called(hook, make_channel):
    channel, calls = make_channel(), []
    with plugins_loaded(spy(hook, calls), on=None) as (plugin,):
        assert plugin.loaded, plugin.reason
        call(hook, channel.ref)
        assert calls == []
        Activation.objects.create(plugin="spy_one", channel=channel, enabled=True)
        call(hook, channel.ref)
        assert calls == [hook]
        Activation.objects.filter(plugin="spy_one").update(enabled=False)
        snapshot.changed()
        call(hook, channel.ref)
        assert calls == [hook]


def test_built_in_plugins_go_through_the_same_door(make_channel):
    channel = make_channel("c2c-x", kind="c2c")
    built_in = [p for p in registry().plugins.values() if p.found.origin is Origin.BUILT_IN]
    assert built_in
    Activation.objects.all().delete()
    snapshot.changed()
    for hook in CALLED:
        assert hooks.implementers(hook, channel.ref) == ()


def test_on_and_off_act_on_the_next_look_without_a_restart(make_channel):
    channel = make_channel()
    with plugins_loaded(Configured(), on=None):
        activation.enable("configured", channel, actor="test")
        assert hooks.check_listing(channel.ref, product=None).level is Level.WARN
        # As another process would: only the rows and the stamp change, nothing is told.
        Activation.objects.filter(plugin="configured").update(enabled=False)
        from core.kernel import stamps

        stamps.bump()
        snapshot.Freshness.due = 0.0
        assert hooks.check_listing(channel.ref, product=None).level is Level.ALLOW


def test_a_process_looks_at_least_every_five_seconds():
    from core.kernel import stamps

    assert snapshot.LOOK_EVERY + stamps.MIRROR_SECONDS < 5


def test_trace_prints_each_call_and_its_failure_costs_no_answer(make_channel, monkeypatch, capsys):
    monkeypatch.setenv("HAITAO_TRACE_HOOKS", "1")
    channel = make_channel()
    with plugins_loaded(Configured()):
        assert hooks.check_listing(channel.ref, product=None).level is Level.WARN
        said = capsys.readouterr().err
        assert "hook check_listing -> " in said
        assert "Verdict" in said
        with open(os.devnull, "w", encoding="ascii") as closed:
            monkeypatch.setattr(sys, "stderr", closed)
        assert hooks.check_listing(channel.ref, product=None).level is Level.WARN
    assert not Incident.objects.exists()


def test_error_in_activated_leaves_the_plugin_off(make_channel):
    class Fails:
        MANIFEST = manifest("fails_on")

        @hookimpl
        def activated(self, ctx):
            raise RuntimeError("no such account")

    channel = make_channel()
    with plugins_loaded(Fails(), on=None):
        with pytest.raises(ActivationRefused, match="no such account"):
            activation.enable("fails_on", channel, actor="test")
        assert not activation.is_on("fails_on", channel)
        assert not Activation.objects.filter(plugin="fails_on").exists()


def test_required_plugin_must_be_on_and_dependants_are_named(make_channel):
    class Base:
        MANIFEST = manifest("base_one")

    class Upper:
        MANIFEST = manifest("upper_one", requires=("base_one",))

    channel = make_channel()
    with plugins_loaded(Base(), Upper(), on=None):
        with pytest.raises(ActivationRefused, match="requires base_one"):
            activation.enable("upper_one", channel, actor="test")
        activation.enable("base_one", channel, actor="test")
        activation.enable("upper_one", channel, actor="test")
        assert activation.disable("base_one", channel, actor="test") == ("upper_one",)
        assert not activation.is_on("upper_one", channel)


def test_settings_are_inherited_from_platform_to_channel(make_channel):
    channel = make_channel()
    with plugins_loaded(Configured(), on=None) as (plugin,):
        platform = {"base_url": "https://p.example", "retries": 5}
        assert activation.save_settings("configured", None, platform, actor="test") == {}
        here = {"base_url": "https://p.example", "retries": 7}
        assert activation.save_settings("configured", channel, here, actor="test") == {}
        assert Activation.objects.get(plugin="configured", channel=channel).settings == {
            "retries": 7
        }
        loaded = configuration.load(plugin, channel.key)
        assert (loaded.base_url, loaded.retries) == ("https://p.example", 7)


def test_wrong_settings_are_told_by_field_and_nothing_is_stored(make_channel):
    with plugins_loaded(Configured(), on=None):
        errors = activation.save_settings("configured", None, {"retries": 99}, actor="test")
        assert set(errors) == {"retries"}
        assert not Activation.objects.filter(plugin="configured").exists()


def test_secret_is_sealed_kept_when_left_empty_and_never_shown(make_channel, caplog):
    channel, caplog.handler.level = make_channel(), 0
    with plugins_loaded(Configured(), on=None):
        activation.save_settings("configured", channel, {"token": "s3cret-canary"}, actor="test")
        activation.save_settings("configured", channel, {"token": "", "retries": 4}, actor="test")
        activation.enable("configured", channel, actor="test")
        with caplog.at_level("DEBUG"):
            hooks.check_listing(channel.ref, product=None)
    assert Configured.seen.token.get_secret_value() == "s3cret-canary"
    assert b"canary" not in bytes(Secret.objects.get().sealed)
    stored = str(list(Activation.objects.values())) + str(list(AuditEntry.objects.values()))
    assert "canary" not in stored + caplog.text + repr(Configured.seen)


def test_older_settings_are_migrated(make_channel):
    channel = make_channel()
    with plugins_loaded(Configured(), on=None) as (plugin,):
        Activation.objects.create(
            plugin="configured",
            channel=channel,
            enabled=True,
            settings={"url": "https://old.example"},
            settings_version=1,
        )
        assert configuration.load(plugin, channel.key).base_url == "https://old.example"


def test_verb_that_is_not_declared_is_refused_and_audited(make_channel):
    class Acts:
        MANIFEST = manifest("acts_one", needs=(Verb.STORE_FILE,))

        @hookimpl
        def check_listing(self, ctx, product):
            with pytest.raises(NotPermitted):
                ctx.verbs.place_order(None, buyer=None, address="", idempotency_key="")
            return Verdict(Level.ALLOW, "ok", Text("ok"))

    channel = make_channel()
    with plugins_loaded(Acts()):
        assert hooks.check_listing(channel.ref, product=None).level is Level.ALLOW
    assert AuditEntry.objects.filter(action="verb.refused", actor="plugin:acts_one").exists()


def test_uninstalled_plugin_is_a_missing_row_and_nothing_fails(make_channel):
    channel = make_channel()
    Activation.objects.create(plugin="gone_one", channel=channel, enabled=True)
    sync()
    assert PluginRecord.objects.get(key="gone_one").state == "missing"
    assert hooks.check_listing(channel.ref, product=None).allowed
    activation.disable("gone_one", channel, actor="test")


def test_listing_plugins_writes_nothing(db, capsys):
    """Else a list in safe mode would take the switches off the running site's console."""
    PluginRecord.objects.filter(key="carrier_s10").update(state="as_it_was")
    call_command("plugins", "list", "--json")
    assert '"carrier_s10"' in capsys.readouterr().out
    assert PluginRecord.objects.get(key="carrier_s10").state == "as_it_was"


def test_own_hooks_are_fired_with_the_same_policies(make_channel, tmp_path, monkeypatch):
    (tmp_path / "pool_specs.py").write_text(
        "from core.pluginapi import *\n"
        "@hookspec(Policy(Combine.COLLECT, OnError.SKIP, Where.REQUEST))\n"
        "def pool_one_words(ctx: Context, start: str) -> list[str]: ...\n"
    )
    monkeypatch.syspath_prepend(tmp_path)

    class Pool:
        MANIFEST = manifest("pool_one", specs="pool_specs")

        @hookimpl
        def check_listing(self, ctx, product):
            heard = ctx.hooks("pool_one_words", start="a")
            return Verdict(Level.WARN, "heard", Text(",".join(a.value for a in heard)))

    class Listener:
        MANIFEST = manifest("zz_listener")

        @hookimpl
        def pool_one_words(self, ctx, start):
            return [start + "b"]

    channel = make_channel()
    with plugins_loaded(Pool(), Listener()) as loaded:
        assert [p.reason for p in loaded] == ["", ""]
        judgement = hooks.check_listing(channel.ref, product=None)
    assert judgement.reasons[0].value.message.en == "ab"


@pytest.mark.parametrize("seed", range(8))
def test_answers_do_not_hang_on_the_order_of_registration(seed):
    from decimal import Decimal

    from core.pluginapi import PriceComponent, QuoteDraft
    from core.shared.money import Money

    def plugin(number):
        class Fee:
            MANIFEST = manifest(f"fee_{number}", default_priority=100 - number)

            @hookimpl
            def add_price_components(self, ctx, quote):
                amount = Money(Decimal(number), "CNY")
                return [
                    PriceComponent(f"c{n}", Text("x"), amount, "s", "r", order=10 * (number % 3))
                    for n in (2, 1)
                ]

            @hookimpl
            def offer_eta(self, ctx, parcel):
                return None

        return Fee()

    made = [plugin(number) for number in range(6)]
    quote = sample(QuoteDraft)
    with plugins_loaded(*made, alone=True):
        expected = [tuple(a) for a in hooks.add_price_components(CHANNEL, quote=quote)]
    random.Random(seed).shuffle(made)
    with plugins_loaded(*made, alone=True):
        got = [tuple(a) for a in hooks.add_price_components(CHANNEL, quote=quote)]
    assert got == expected
    assert len(got) == 12


def test_channel_of_a_kind_gets_the_plugins_that_are_on_by_default(db):
    class Kindly:
        MANIFEST = manifest("kindly_one", default_on=True)

    with plugins_loaded(Kindly(), on=None):
        channel = Channel.objects.create(key="new", kind="m2c", market="CN", currency="CNY")
        assert activation.is_on("kindly_one", channel)
        activation.disable("kindly_one", channel, actor="test")
        sync()
        assert not activation.is_on("kindly_one", channel)


def test_policies_suit_the_prefixes_of_their_hooks():
    assert catalogue.illegal_policies() == ()


def test_incidents_hold_no_personal_data(make_channel):
    class Leaks:
        MANIFEST = manifest("leaks_one")

        @hookimpl
        def check_listing(self, ctx, product):
            raise ValueError("11010519491231002X, 13800138000, li@example.com")

    channel = make_channel()
    with plugins_loaded(Leaks()):
        hooks.check_listing(channel.ref, product=None)
    text = str(Incident.objects.values_list("message", "traceback").get())
    assert "110105" not in text
    assert "138001" not in text
    assert "li@" not in text
