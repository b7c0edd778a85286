"""What an operator sets for the sandbox."""

from __future__ import annotations

from typing import Literal

from core.pluginapi import PluginSettings, Secret, Text, setting


class Settings(PluginSettings):
    """How sandbox payments end, and the key that signs its notices."""

    outcome: Literal["paid", "pending", "failed"] = setting(
        "paid",
        label=Text("How payments end", "支付结果", "支付結果"),
        help=Text(
            "Choose failed or pending to see how the platform answers.",
            "可选择失败或处理中，以查看平台的应对。",
            "可選擇失敗或處理中，以查看平台的應對。",
        ),
    )
    notice_key: Secret = setting(
        Secret("sandbox"),
        label=Text("Key of notices", "通知密钥", "通知密鑰"),
        help=Text(
            "Sandbox notices are signed with it (HMAC-SHA256).",
            "沙盒通知以此密钥签名(HMAC-SHA256)。",
            "沙盒通知以此密鑰簽名(HMAC-SHA256)。",
        ),
    )
