"""The catalogues of words: extracted from code and templates, kept and compiled with Babel."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import UTC, datetime
from io import BytesIO
from pathlib import Path

from babel.messages.catalog import Catalog, Message
from babel.messages.extract import extract
from babel.messages.mofile import write_mo
from babel.messages.pofile import read_po, write_po
from django.utils.translation.template import templatize

from core.conf.environment import ROOT

LOCALES = ("zh_Hans", "zh_Hant")
FOLDER = ROOT / "core" / "conf" / "locale"
SOURCES = ("core", "suppliers", "customs", "plugins")
TEMPLATES = {".html", ".txt", ".xml"}
KEYWORDS = {
    "_": None,
    "gettext": None,
    "gettext_lazy": None,
    "gettext_noop": None,
    "ngettext": (1, 2),
    "ngettext_lazy": (1, 2),
    "pgettext": ((1, "c"), 2),
    "pgettext_lazy": ((1, "c"), 2),
    "npgettext": ((1, "c"), 2, 3),
}
EPOCH = datetime(2026, 1, 1, tzinfo=UTC)  # a moving date would make every file stale


@dataclass(frozen=True, slots=True)
class Outcome:
    """What an update found for one language: files as they should be, words without translation."""

    locale: str
    po: bytes
    mo: bytes
    missing: tuple[str, ...]

    @property
    def folder(self) -> Path:
        """Where the language's files lie."""
        return FOLDER / self.locale / "LC_MESSAGES"

    @property
    def is_fresh(self) -> bool:
        """Whether the files on disk are these."""
        return _read(self.folder / "django.po") == self.po and (
            _read(self.folder / "django.mo") == self.mo
        )

    def write(self) -> None:
        """Put the files in place."""
        self.folder.mkdir(parents=True, exist_ok=True)
        (self.folder / "django.po").write_bytes(self.po)
        (self.folder / "django.mo").write_bytes(self.mo)


def update(locale: str) -> Outcome:
    """Bring the stored translations of ``locale`` together with what code and templates say now."""
    stored = _read(FOLDER / locale / "LC_MESSAGES" / "django.po")
    catalog = read_po(BytesIO(stored), locale=locale) if stored else Catalog(locale=locale)
    catalog.update(_template(), no_fuzzy_matching=True)
    catalog.obsolete.clear()
    catalog.header_comment = "# Words of Haitao. Edit msgstr, then run: manage.py messages"
    catalog.project, catalog.version, catalog.fuzzy = "Haitao", "1.0", False
    catalog.creation_date = catalog.revision_date = EPOCH
    missing = tuple(_name(message) for message in catalog if not _is_translated(message))
    return Outcome(locale, _po(catalog), _mo(catalog), missing)


def found_messages() -> Iterator[tuple[str, str | tuple[str, ...], str | None]]:
    """Yield (file, message id, context) for every translatable text of the project."""
    for path in _files():
        for _line, message, _comments, context in extract("python", _source(path), KEYWORDS):
            yield path.relative_to(ROOT).as_posix(), message, context


def _files() -> Iterator[Path]:
    for source in SOURCES:
        for path in sorted((ROOT / source).rglob("*")):
            if "migrations" not in path.parts and (
                path.suffix == ".py" or (path.suffix in TEMPLATES and "templates" in path.parts)
            ):
                yield path


def _source(path: Path) -> BytesIO:
    text = path.read_text(encoding="utf-8")
    if path.suffix != ".py":
        lines = templatize(text, origin=path.name).split("\n")
        text = "\n".join(line.lstrip() for line in lines)
    return BytesIO(text.encode())


def _template() -> Catalog:
    template = Catalog()
    for file, message, context in found_messages():
        template.add(message, locations=[(file, 0)], context=context)
    return template


def _name(message: Message) -> str:
    return message.id if isinstance(message.id, str) else message.id[0]


def _is_translated(message: Message) -> bool:
    string = message.string or ""
    texts = [string] if isinstance(string, str) else list(string)
    return not message.id or (all(texts) and not message.fuzzy)


def _po(catalog: Catalog) -> bytes:
    buffer = BytesIO()
    write_po(buffer, catalog, width=100, sort_output=True, include_lineno=False)
    return buffer.getvalue()


def _mo(catalog: Catalog) -> bytes:
    buffer = BytesIO()
    write_mo(buffer, catalog)
    return buffer.getvalue()


def _read(path: Path) -> bytes:
    return path.read_bytes() if path.is_file() else b""
