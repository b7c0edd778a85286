"""Where mail comes from, and who hears of problems."""

from __future__ import annotations

from core.pluginapi import PluginSettings, Text, setting

ADDRESS = r"^$|^[^@\s<>\"',;]+@[^@\s<>\"',;]+$"


class Settings(PluginSettings):
    """Both may stay empty: the site's own sender is used, and no operator is written to."""

    from_address: str = setting(
        "",
        label=Text("Sender", "发件人", "寄件人"),
        help=Text(
            "Empty: the site's own address.", "留空则使用站点默认地址。", "留空則使用網站預設地址。"
        ),
        max_length=254,
        pattern=ADDRESS,
    )
    operator_address: str = setting(
        "",
        label=Text("Operator's address", "运营人员邮箱", "營運人員信箱"),
        help=Text(
            "Hears of parcels that need an operator. Empty: nobody is written to.",
            "包裹需要运营人员处理时发送通知。留空则不发送。",
            "包裹需要營運人員處理時發送通知。留空則不發送。",
        ),
        max_length=254,
        pattern=ADDRESS,
    )
