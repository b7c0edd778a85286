"""Which kinds of channel the notice is for, and where buyers ask."""

from __future__ import annotations

from pydantic import field_validator

from core.pluginapi import PluginSettings, Text, setting


class Settings(PluginSettings):
    """The defaults suit the platform's own kinds of channel."""

    cbec_kinds: str = setting(
        "m2c, b2c_bonded, b2c_direct",
        label=Text(
            "Kinds of cross-border e-commerce", "跨境电商零售进口渠道", "跨境電商零售進口通路"
        ),
        help=Text(
            "Kinds of channel, separated by commas, that import as CBEC retail.",
            "以跨境电商零售进口方式入境的渠道类型，用逗号分隔。",
            "以跨境電商零售進口方式入境的通路類型，用逗號分隔。",
        ),
        max_length=400,
    )
    postal_kinds: str = setting(
        "c2c",
        label=Text("Kinds of personal postal articles", "行邮渠道", "行郵通路"),
        help=Text(
            "Kinds of channel, separated by commas, whose parcels are personal postal articles.",
            "以行邮方式入境的渠道类型，用逗号分隔。",
            "以行郵方式入境的通路類型，用逗號分隔。",
        ),
        max_length=400,
    )
    contact: str = setting(
        "",
        label=Text("Where buyers ask", "咨询方式", "諮詢方式"),
        help=Text(
            "A telephone number or an e-mail address, shown below the notice. Empty: not shown.",
            "电话或邮箱，显示在告知书末尾。留空则不显示。",
            "電話或信箱，顯示在告知書末尾。留空則不顯示。",
        ),
        max_length=200,
    )
    on_tracking: bool = setting(
        True,
        label=Text("Explain customs on tracking pages", "在物流页面说明清关", "在物流頁面說明清關"),
    )

    @field_validator("cbec_kinds", "postal_kinds")
    @classmethod
    def _keys(cls, text: str) -> str:
        for kind in kinds_of(text):
            if not (kind.isascii() and kind.replace("_", "").isalnum()):
                raise ValueError(f"{kind!r} is not the key of a kind such as b2c_bonded")
        return text


def kinds_of(text: str) -> tuple[str, ...]:
    """Return the keys of a comma-separated list."""
    return tuple(part.strip() for part in text.split(",") if part.strip())
