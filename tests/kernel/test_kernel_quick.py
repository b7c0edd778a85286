from decimal import Decimal
from types import SimpleNamespace
import pytest
from core.kernel import hooks, activation
from core.pluginapi import *
from core.testing.plugins import manifest, plugins_loaded

class A:
    MANIFEST = manifest("plug_a")
    @hookimpl
    def check_listing(self, ctx, product):
        return Verdict(Level.WARN, "x", Text("x"))
class B:
    MANIFEST = manifest("plug_b")
    @hookimpl
    def check_listing(self, product):
        raise ValueError("bad")

def test_alone():
    ref = ChannelRef("c","m2c",Text("c"),"CN","CNY")
    with plugins_loaded(A(), B(), alone=True) as ps:
        assert [p.reason for p in ps]==["",""]
        j = hooks.check_listing(ref, product=None)
        assert j.level is Level.HOLD
        assert {r.plugin for r in j.reasons}=={"plug_a","plug_b"}

@pytest.mark.django_db
def test_rows(make_channel):
    from core.kernel.models import Incident
    ch = make_channel()
    with plugins_loaded(A(), B(), on=None):
        assert hooks.check_listing(ch.ref, product=None).level is Level.ALLOW
        activation.enable("plug_a", ch, actor="t")
        assert hooks.check_listing(ch.ref, product=None).level is Level.WARN
        activation.enable("plug_b", ch, actor="t")
        assert hooks.check_listing(ch.ref, product=None).level is Level.HOLD
        assert Incident.objects.get().plugin=="plug_b"
        activation.disable("plug_b", ch, actor="t")
        assert hooks.check_listing(ch.ref, product=None).level is Level.WARN
