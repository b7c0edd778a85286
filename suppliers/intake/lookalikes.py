"""What a file looks like when no dialect reads it, so that the refusal helps."""

from __future__ import annotations

import re
from typing import NamedTuple

from core.pluginapi import FeedHead, Text
from core.shared.delimited import header_cells


class Lookalike(NamedTuple):
    """A recognised kind of file: the code that refuses it, and its name."""

    code: str
    name: Text


UNKNOWN, NO_FEED = "DATA_DIALECT_UNKNOWN", "DATA_NOT_A_FEED"
_MAGIC = (
    (
        b"PK\x03\x04",
        UNKNOWN,
        Text(
            "an Excel workbook or ZIP archive; save it as CSV",
            "Excel 工作簿或 ZIP 压缩包，请另存为 CSV",
            "Excel 活頁簿或 ZIP 壓縮檔，請另存為 CSV",
        ),
    ),
    (
        b"\xd0\xcf\x11\xe0",
        UNKNOWN,
        Text(
            "an old Excel workbook; save it as CSV",
            "旧版 Excel 工作簿，请另存为 CSV",
            "舊版 Excel 活頁簿，請另存為 CSV",
        ),
    ),
    (b"%PDF", NO_FEED, Text("a PDF document", "PDF 文档", "PDF 文件")),
    (b"\x89PNG", NO_FEED, Text("an image", "图片", "圖片")),
    (b"\xff\xd8\xff", NO_FEED, Text("an image", "图片", "圖片")),
    (b"GIF8", NO_FEED, Text("an image", "图片", "圖片")),
    (b"MZ", NO_FEED, Text("a program", "可执行程序", "可執行程式")),
    (b"\x7fELF", NO_FEED, Text("a program", "可执行程序", "可執行程式")),
    (
        b"BZh",
        UNKNOWN,
        Text(
            "a bzip2 archive; use gzip", "bzip2 压缩文件，请使用 gzip", "bzip2 壓縮檔，請使用 gzip"
        ),
    ),
    (
        b"\xfd7zXZ",
        UNKNOWN,
        Text("an xz archive; use gzip", "xz 压缩文件，请使用 gzip", "xz 壓縮檔，請使用 gzip"),
    ),
    (
        b"7z\xbc\xaf",
        UNKNOWN,
        Text("a 7z archive; use gzip", "7z 压缩文件，请使用 gzip", "7z 壓縮檔，請使用 gzip"),
    ),
    (
        b"Rar!",
        UNKNOWN,
        Text("a RAR archive; use gzip", "RAR 压缩文件，请使用 gzip", "RAR 壓縮檔，請使用 gzip"),
    ),
)
_SHAPES = (
    (
        r"\A\s*(?:<!doctype html|<html)\b",
        NO_FEED,
        Text(
            "a web page, perhaps a sign-in or error page",
            "网页，可能是登录页或错误页",
            "網頁，可能是登入頁或錯誤頁",
        ),
    ),
    (
        r"<(?:g:)?(?:vin|vehicle_fulfillment|mileage)\b",
        NO_FEED,
        Text("a vehicle listing", "车辆列表", "車輛清單"),
    ),
    (
        r"<yml_catalog\b",
        UNKNOWN,
        Text(
            "a Yandex Market catalogue (YML)",
            "Yandex Market 目录（YML）",
            "Yandex Market 目錄（YML）",
        ),
    ),
    (r"<BMECAT\b", UNKNOWN, Text("a BMEcat catalogue", "BMEcat 目录", "BMEcat 目錄")),
    (r"<cXML\b|cXML\.dtd", UNKNOWN, Text("a cXML document", "cXML 文档", "cXML 文件")),
    (r"<ONIXMessage\b", UNKNOWN, Text("an ONIX message", "ONIX 消息", "ONIX 訊息")),
    (
        r"\Aversion 1\.00\s",
        UNKNOWN,
        Text("a Taobao Assistant export", "淘宝助理导出文件", "淘寶助理匯出檔"),
    ),
    (r"\A(?:UNA.{6}|UNB\+)", UNKNOWN, Text("an EDIFACT message", "EDIFACT 报文", "EDIFACT 報文")),
    (r"\AISA.", UNKNOWN, Text("an X12 message", "X12 报文", "X12 報文")),
)
_TABLES: tuple[tuple[set[str], set[str], Text], ...] = (
    (
        {"handle", "title"},
        {"variant sku", "variant price", "variant inventory qty", "option1 name"},
        Text("a Shopify export", "Shopify 导出文件", "Shopify 匯出檔"),
    ),
    (
        {"sku"},
        {"attribute_family_code"},
        Text("a Bagisto import file", "Bagisto 导入文件", "Bagisto 匯入檔"),
    ),
    (
        {"sku"},
        {"optiongroups", "variantassets"},
        Text("a Vendure import file", "Vendure 导入文件", "Vendure 匯入檔"),
    ),
    (
        {"sku"},
        {"attribute_set_code", "_attribute_set"},
        Text("a Magento export", "Magento 导出文件", "Magento 匯出檔"),
    ),
    (
        {"sku"},
        {"tax status", "regular price"},
        Text("a WooCommerce export", "WooCommerce 导出文件", "WooCommerce 匯出檔"),
    ),
    (set(), {"vin", "vehicle_id"}, Text("a vehicle listing", "车辆列表", "車輛清單")),
)


def binary_lookalike(data: bytes) -> Lookalike | None:
    """Recognise files that are no text by their first bytes."""
    for mark, code, name in _MAGIC:
        if data.startswith(mark):
            return Lookalike(code, name)
    return None


def foreign_lookalike(head: FeedHead) -> Lookalike | None:
    """Recognise formats of others, whose columns may resemble ours."""
    text = head.text or ""
    for pattern, code, name in _SHAPES:
        if re.search(pattern, text[:4096], re.I):
            return Lookalike(code, name)
    columns = {cell.strip().lower() for cell in header_cells(text.lstrip("\r\n "))[1]}
    for needed, marks, name in _TABLES:
        if needed <= columns and marks & columns:
            return Lookalike(UNKNOWN, name)
    return None


def described(head: FeedHead) -> Lookalike:
    """Say what a text is that nobody recognises."""
    text = (head.text or "").lstrip()
    if text.startswith("<"):
        root = re.search(r"<([A-Za-z_][\w.:-]{0,60})", text)
        word = f"<{root[1]}>" if root else "XML"
        return Lookalike(
            UNKNOWN,
            _text(
                "an XML document with the root",
                "根元素为此的 XML 文档：",
                "根元素為此的 XML 文件：",
                word,
            ),
        )
    if text[:1] in ("{", "["):
        return Lookalike(UNKNOWN, Text("JSON without SKUs", "没有 SKU 的 JSON", "沒有 SKU 的 JSON"))
    _, cells = header_cells(text)
    if len(cells) > 1:
        columns = ", ".join(cell.strip()[:24] for cell in cells[:6])[:80]
        return Lookalike(
            UNKNOWN,
            _text("a table with the columns", "含以下列的表格：", "含以下欄的表格：", columns),
        )
    return Lookalike(NO_FEED, Text("plain text or a report", "纯文本或报告", "純文字或報告"))


def _text(en: str, zh_hans: str, zh_hant: str, word: str) -> Text:
    return Text(f"{en} {word}", f"{zh_hans} {word}", f"{zh_hant} {word}")
