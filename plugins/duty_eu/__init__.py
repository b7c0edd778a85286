"""Import into the European Union: low value, flat duty of EUR 3, ordinary import.

VAT is that of the member state on the day. Rules and their sources are in ``rules.json``, the
tariff seed is in ``tariff.csv``.
"""

from __future__ import annotations

from collections.abc import Iterable

from core.pluginapi import (
    Capability,
    DutyRegime,
    Manifest,
    PluginScope,
    PluginSettings,
    Setup,
    Text,
    hookimpl,
)
from core.pluginapi.duty.registration import Registration
from plugins.duty_eu.low_value import FlatDuty, Relief
from plugins.duty_eu.standard import Standard

MANIFEST = Manifest(
    key="duty_eu",
    name=Text("Duty and VAT of the European Union", "欧盟关税与增值税", "歐盟關稅與加值稅"),
    version="1.0.0",
    api=">=1.0,<2",
    summary=Text(
        "27 member states: relief and flat duty up to EUR 150, ordinary import above, VAT by state "
        "and day, with sources",
        "27 个成员国：150 欧元以下的免税与定额关税、以上按普通进口，增值税按国家和日期，均注明来源",
        "27 個成員國：150 歐元以下的免稅與定額關稅、以上按一般進口，加值稅按國家和日期，均註明來源",
    ),
    provides=(Capability.DUTY,),
    scope=PluginScope.PLATFORM,
    author="Haitao",
    licence="Apache-2.0",
    default_on=True,
)


@hookimpl
def register_settings(setup: Setup) -> type[PluginSettings]:
    """Whether the platform is registered for IOSS."""
    return Registration


@hookimpl
def register_duty_regimes(setup: Setup) -> Iterable[DutyRegime]:
    """Hand over the three regimes."""
    return [FlatDuty(), Relief(), Standard()]
