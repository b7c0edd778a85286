"""An operator's rules, typed as lines, checked before they are stored."""

from __future__ import annotations

from typing import ClassVar

from pydantic import field_validator

from core.pluginapi import PluginSettings, Text, setting
from plugins.feed_rules.lines import read_aliases, read_required, read_words


class Settings(PluginSettings):
    """Brand spellings, watched words, facts that a channel wants, and when to warn.

    Version 1 kept the words as a list called ``banned_words``.
    """

    VERSION: ClassVar[int] = 2

    brand_aliases: str = setting(
        "",
        label=Text("Spellings of brands", "品牌写法", "品牌寫法"),
        help=Text(
            "One a line: hanako = Hanako. Case does not count on the left. # begins a note.",
            "每行一条：hanako = Hanako，左侧不区分大小写。以 # 开头的行为备注。",
            "每行一筆：hanako = Hanako，左側不區分大小寫。以 # 開頭的行為備註。",
        ),
        max_length=50_000,
    )
    watched_words: str = setting(
        "",
        label=Text("Watched words", "关注词", "關注詞"),
        help=Text(
            "One a line. A row whose title contains one is held until somebody looks at it.",
            "每行一个。标题含有关注词的商品会被扣留，待人工处理。",
            "每行一個。標題含有關注詞的商品會被扣留，待人工處理。",
        ),
        max_length=50_000,
    )
    required_facts: str = setting(
        "",
        label=Text("Facts that a channel wants", "渠道必填信息", "通路必填資訊"),
        help=Text(
            "One a line: b2c_bonded = filing_number, warehouse. On the left a channel or a kind of "
            "channel; rows without the facts are not sold there.",
            "每行一条：b2c_bonded = filing_number, warehouse。左侧为渠道或渠道类型，"
            "缺少这些信息的商品不在该渠道销售。",
            "每行一筆：b2c_bonded = filing_number, warehouse。左側為通路或通路類型，"
            "缺少這些資訊的商品不在該通路銷售。",
        ),
        max_length=10_000,
    )
    alert_percent: int = setting(
        20,
        label=Text("Warn from (%)", "告警阈值(%)", "警示門檻(%)"),
        help=Text(
            "Warns when more than this share of a feed's rows was rejected.",
            "被拒绝的行占比超过该值时告警。",
            "被拒絕的列占比超過該值時警示。",
        ),
        ge=0,
        le=100,
    )

    @field_validator("brand_aliases")
    @classmethod
    def _aliases(cls, text: str) -> str:
        read_aliases(text)
        return text

    @field_validator("watched_words")
    @classmethod
    def _words(cls, text: str) -> str:
        read_words(text)
        return text

    @field_validator("required_facts")
    @classmethod
    def _required(cls, text: str) -> str:
        read_required(text)
        return text
