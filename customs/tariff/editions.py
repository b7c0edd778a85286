"""Puts an edition in force: planned against what stands, checked, and switched in one transaction.

A file speaks for the days from its first day on; what was known of earlier days stays. What does
not change is not written. Readers see the old edition until the transaction ends, then the new one.
"""

from __future__ import annotations

from collections import defaultdict
from dataclasses import dataclass, field
from datetime import datetime

from django.db import IntegrityError, transaction
from django.db.models import QuerySet

from core.accounts.services import record
from core.pluginapi import InvalidInput
from core.shared.clock import now
from customs.loading import line_key, touch
from customs.models import Epoch, TariffEdition, TariffLine
from customs.tariff.facts import Extent, Finding, TariffRefused
from customs.tariff.opening import fingerprint
from customs.tariff.planning import PLUGIN, Difference, Plan, Wish, planned, told
from customs.tariff.reading import Gathered, Key, Progress, gather, silent
from customs.tariff.timeline import Content, Span, span

BATCH = 500


@dataclass(slots=True)
class Outcome:
    """What an import did or would do. ``status``: imported, unchanged, dry_run, refused.

    ``reasons`` say why a file waits for a confirmation. ``written`` and ``superseded`` count lines.
    """

    status: str
    jurisdiction: str
    edition: str
    sha256: str
    rates: int = 0
    reasons: list[str] = field(default_factory=list)
    differences: list[Difference] = field(default_factory=list)
    findings: list[Finding] = field(default_factory=list)
    passed: dict[str, int] = field(default_factory=dict)
    written: int = 0
    superseded: int = 0

    @property
    def added(self) -> list[Difference]:
        """Return the rates that are new."""
        return [one for one in self.differences if not one.old]

    @property
    def removed(self) -> list[Difference]:
        """Return the rates that end."""
        return [one for one in self.differences if not one.new]

    @property
    def changed(self) -> list[Difference]:
        """Return the rates that differ."""
        return [one for one in self.differences if one.old and one.new]


def import_edition(wish: Wish, *, dry_run: bool = False, progress: Progress = silent) -> Outcome:
    """Read the file and put it in force, or only say what would change.

    A file that needs a confirmation is kept as a draft and answered with status ``refused``; the
    edition in force stays as it was. Raises TariffRefused for a file that cannot be imported.
    """
    _check(wish)
    sha256 = fingerprint(wish.path)
    outcome = Outcome("unchanged", wish.jurisdiction, wish.edition, sha256)
    if _known(wish, sha256):
        return outcome
    found = gather(wish.path, wish.form, wish.jurisdiction, wish.valid_from, progress)
    if not found.rates and wish.form.extent is not Extent.CHANGES:
        raise TariffRefused("the file holds no rate; check that FORMAT is that of the file")
    outcome.rates, outcome.findings = found.rates, found.findings
    outcome.passed = dict(found.passed)
    try:
        with transaction.atomic():
            locked = None if dry_run else Epoch.objects.select_for_update().get_or_create(pk=1)
            _settle(wish, outcome, found, dry_run=locked is None, progress=progress)
    except IntegrityError as error:
        raise TariffRefused(
            f"the database refused the lines ({error}); nothing was stored"
        ) from None
    return outcome


def _check(wish: Wish) -> None:
    allowed = wish.form.jurisdictions
    if allowed and wish.jurisdiction not in allowed:
        raise TariffRefused(
            f"{wish.form.key} is a format of {', '.join(allowed)}, not of {wish.jurisdiction}"
        )
    if not (wish.jurisdiction.isascii() and wish.jurisdiction.isalpha()
            and 2 <= len(wish.jurisdiction) <= 8):  # fmt: skip
        raise TariffRefused("a jurisdiction is written like US, GB or EU")
    if not 0 < len(wish.edition.strip()) <= 120:
        raise TariffRefused("name the edition, in at most 120 characters")
    if wish.partial and wish.form.extent is not Extent.WHOLE:
        raise TariffRefused(f"{wish.form.key} never speaks for a whole tariff; leave --partial out")


def _known(wish: Wish, sha256: str) -> bool:
    """Say whether these bytes are in force as asked; changes count once, whenever that was."""
    same = TariffEdition.objects.filter(
        jurisdiction=wish.jurisdiction, format=wish.form.key, sha256=sha256,
        parser_version=wish.form.version,
    ).exclude(state=TariffEdition.State.DRAFT)  # fmt: skip
    if wish.form.extent is Extent.CHANGES:
        return same.exists()
    return same.filter(
        edition=wish.edition, state=TariffEdition.State.IN_FORCE, valid_from=wish.valid_from,
        partial=wish.extent is Extent.PART,
    ).exists()  # fmt: skip


def _settle(
    wish: Wish, outcome: Outcome, found: Gathered, *, dry_run: bool, progress: Progress
) -> None:
    if not dry_run and _known(wish, outcome.sha256):
        return
    progress("comparing", 0, 0)
    plan = planned(wish, found)
    if found.harmed:
        plan.reasons.append(f"rows of which something is lost: {found.harmed} (see the findings)")
    outcome.differences, outcome.reasons = plan.differences, plan.reasons
    outcome.rates = found.rates
    if dry_run:
        outcome.status = "dry_run"
    elif plan.reasons and not wish.confirm:
        outcome.status = "refused"
        _keep_draft(wish, outcome)
    else:
        outcome.status = "imported"
        _switch(wish, outcome, plan, progress)


def _keep_draft(wish: Wish, outcome: Outcome) -> None:
    if not _drafts(wish, outcome).exists():
        _edition(wish, outcome, TariffEdition.State.DRAFT).save()


def _drafts(wish: Wish, outcome: Outcome) -> QuerySet[TariffEdition]:
    """Return the drafts of the same file, asked for in the same way."""
    return TariffEdition.objects.filter(
        jurisdiction=wish.jurisdiction, state=TariffEdition.State.DRAFT, sha256=outcome.sha256,
        edition=wish.edition, valid_from=wish.valid_from, partial=wish.extent is Extent.PART,
        format=wish.form.key, parser_version=wish.form.version, row_count=outcome.rates,
    )  # fmt: skip


def _edition(wish: Wish, outcome: Outcome, state: TariffEdition.State) -> TariffEdition:
    form = wish.form
    return TariffEdition(
        jurisdiction=wish.jurisdiction,
        edition=wish.edition,
        format=form.key,
        partial=wish.extent is Extent.PART,
        publisher=form.publisher,
        product=form.product,
        nomenclature=form.nomenclature,
        licence=form.licence,
        cadence_days=form.cadence_days,
        checked=form.is_checked,
        parser_version=form.version,
        fetched_at=wish.fetched_at,
        sha256=outcome.sha256,
        row_count=outcome.rates,
        valid_from=wish.valid_from,
        author=wish.author,
        reason="; ".join(outcome.reasons),
        state=state,
    )


def _switch(wish: Wish, outcome: Outcome, plan: Plan, progress: Progress) -> None:
    """Write, inside the caller's transaction; every row of it bears one and the same moment."""
    moment = now()
    edition = _activate(wish, outcome, moment)
    for at in range(0, len(plan.gone), BATCH):
        rows = TariffLine.objects.filter(pk__in=plan.gone[at : at + BATCH])
        rows.update(superseded_at=moment)
    for at in range(0, len(plan.fresh), BATCH):
        progress("writing", at, len(plan.fresh))
        batch = plan.fresh[at : at + BATCH]
        TariffLine.objects.bulk_create(_line(edition, *one, moment) for one in batch)
    progress("writing", len(plan.fresh), len(plan.fresh))
    outcome.written, outcome.superseded = len(plan.fresh), len(plan.gone)
    record(
        wish.author, "customs.tariff.import", str(edition.pk), jurisdiction=wish.jurisdiction,
        edition=wish.edition, sha256=outcome.sha256, written=outcome.written,
        superseded=outcome.superseded, confirmed=outcome.reasons,
    )  # fmt: skip
    touch()


def _activate(wish: Wish, outcome: Outcome, moment: datetime) -> TariffEdition:
    mine = TariffEdition.objects.filter(jurisdiction=wish.jurisdiction)
    states = TariffEdition.State
    if wish.extent is not Extent.PART:
        stand = mine.filter(state=states.IN_FORCE)
        if wish.extent is Extent.CHANGES:
            stand = stand.filter(partial=False)
        stand.update(state=states.SUPERSEDED, superseded_at=moment)
    edition = _drafts(wish, outcome).first()
    if edition is None:
        edition = _edition(wish, outcome, states.DRAFT)
        edition.save()
    edition.state, edition.activated_at, edition.author = states.IN_FORCE, moment, wish.author
    edition.save(update_fields=["state", "activated_at", "author"])
    waiting = mine.filter(state=states.DRAFT, edition=wish.edition)
    waiting.update(state=states.SUPERSEDED, superseded_at=moment)
    return edition


def _line(edition: TariffEdition, key: Key, of: Span, moment: datetime) -> TariffLine:
    content = of.content
    return TariffLine(
        plugin=PLUGIN,
        key=line_key(edition.jurisdiction, key.code, key.kind),
        jurisdiction=edition.jurisdiction,
        code=key.code,
        kind=key.kind,
        value=content.value,
        expression=content.expression,
        notes=dict(content.notes),
        source=content.source,
        confidence=content.confidence,
        edition=edition.edition,
        measure=content.measure,
        imported=edition,
        valid_from=of.first,
        valid_to=of.last,
        created_at=moment,
    )


def differences(edition: TariffEdition) -> list[Difference]:
    """Return what an edition changed when it came into force. Raises InvalidInput for a draft."""
    moment = edition.activated_at
    if moment is None:
        raise InvalidInput(f"{edition} was never in force")
    lines = TariffLine.objects.filter(jurisdiction=edition.jurisdiction, plugin=PLUGIN)
    groups: dict[Key, tuple[list[Span], list[Span]]] = defaultdict(lambda: ([], []))
    for side, rows in enumerate(
        (lines.filter(superseded_at=moment), lines.filter(created_at=moment))
    ):
        for row in rows.iterator(chunk_size=5000):
            content = Content(row.value, row.expression)
            groups[Key(row.code, row.kind)][side].append(
                span(row.valid_from, row.valid_to, content)
            )
    start = edition.valid_from.toordinal()
    made = (
        Difference(key.code, key.kind, *(told(key.kind, one, start) for one in sides))
        for key, sides in sorted(groups.items())
    )
    return [one for one in made if one.old != one.new]
