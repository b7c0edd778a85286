"""Effects without any unique constraint: what is applied twice is seen, not refused."""

from __future__ import annotations

from django.db import models


class Effect(models.Model):
    number = models.IntegerField()

    class Meta:
        db_table = "drill_effect"


class Heard(models.Model):
    event = models.CharField(max_length=40)

    class Meta:
        db_table = "drill_heard"
