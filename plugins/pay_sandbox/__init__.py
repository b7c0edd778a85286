"""A payment method that moves no money, for channels marked as demonstration alone."""

from __future__ import annotations

from collections.abc import Iterable

from core.pluginapi import (
    Capability,
    Manifest,
    PaymentMethod,
    PluginSettings,
    Setup,
    Text,
    hookimpl,
)
from plugins.pay_sandbox.method import Sandbox
from plugins.pay_sandbox.settings import Settings

MANIFEST = Manifest(
    key="pay_sandbox",
    name=Text("Sandbox payment", "沙盒支付(演示)", "沙盒支付(示範)"),
    version="1.0.0",
    api=">=1.0,<2",
    summary=Text(
        "Demonstration only: every payment succeeds and no money moves. It works in channels "
        "marked as demonstration and nowhere else.",
        "仅供演示：所有支付都会成功，不涉及真实资金。只能在标记为演示的渠道中使用。",
        "僅供示範：所有支付都會成功，不涉及真實資金。只能在標記為示範的通路中使用。",
    ),
    provides=(Capability.PAYMENT,),
    author="Haitao",
    licence="Apache-2.0",
    docs="explanation/orders.md",
)


@hookimpl
def register_settings(setup: Setup) -> type[PluginSettings]:
    """Hand over the sandbox's settings."""
    return Settings


@hookimpl
def register_payment_methods(setup: Setup) -> Iterable[PaymentMethod]:
    """Hand over the sandbox."""
    return [Sandbox()]
