"""The built-in plug-ins, each a complete example of a third-party one, and an operator's drop-ins.

``BUILT_IN`` names those that come with the platform and that safe mode starts.
"""

BUILT_IN = (
    "carrier_manual",
    "carrier_s10",
    "channel_b2c",
    "channel_c2c",
    "channel_m2c",
    "consumer_notice",
    "duty_cn",
    "duty_eu",
    "duty_flat",
    "duty_gb",
    "feed_google",
    "feed_native",
    "feed_rules",
    "fx_bazg",
    "fx_boc_ca",
    "fx_cn_parity",
    "fx_ecb",
    "fx_hmrc",
    "fx_manual",
    "fx_us",
    "hs_words",
    "mail_django",
    "order_notices",
    "pay_sandbox",
)
