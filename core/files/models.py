"""Stored files: where they lie, what they are, whose they are."""

from __future__ import annotations

from django.db import models
from django.utils.translation import gettext_lazy as _

from core.shared.clock import now
from core.shared.ids import new_id


class StoredFile(models.Model):
    """One file, stored once under its hash. ``owner`` is ``kind:id`` and decides who may read."""

    id = models.UUIDField(primary_key=True, default=new_id, editable=False)
    owner = models.CharField(_("owner"), max_length=80, db_index=True)
    name = models.CharField(_("name"), max_length=200)
    content_type = models.CharField(_("type"), max_length=80)
    size = models.PositiveBigIntegerField(_("size"))
    sha256 = models.CharField(max_length=64, db_index=True)
    created_at = models.DateTimeField(_("stored"), default=now)

    class Meta:
        verbose_name = _("stored file")
        verbose_name_plural = _("stored files")

    def __str__(self) -> str:
        return self.name
