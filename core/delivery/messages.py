"""Sends messages to buyers over the messengers that plug-ins bring."""

from __future__ import annotations

from core.delivery.models import BuyerMessage, MessageAttempt
from core.delivery.services import MESSAGE_JOB
from core.jobs import JobContext, handler
from core.kernel import providers
from core.kernel.errors import ProviderFailed
from core.kernel.models import Channel
from core.pluginapi import BuyerRef, ChannelRef, Message
from core.shared.clock import now
from core.shared.text import Text

State = BuyerMessage.State


@handler(MESSAGE_JOB, delays=(10, 60, 600, 3600))
def send(job: JobContext) -> None:
    """Try each messenger in turn until one delivers.

    When none did and one of them may later, its error is raised, so that the job is run again.
    """
    stored = BuyerMessage.objects.filter(pk=job.payload["message"], state=State.QUEUED).first()
    if stored is None:
        return
    channel = _channel(stored.channel)
    message = value_of(stored)
    passing: ProviderFailed | None = None
    for messenger in providers.messengers(channel):
        try:
            if _try(stored, channel, messenger.key, message):
                return
        except ProviderFailed as error:
            _log(stored, messenger.key, reason=error.reason)
            passing = passing if error.permanent else error
    if passing is not None:
        raise passing
    if not stored.attempts.exists():
        _log(stored, "", reason="No way to send messages is switched on.")
    BuyerMessage.objects.filter(pk=stored.pk).update(state=State.UNDELIVERABLE)


def _try(stored: BuyerMessage, channel: ChannelRef | None, key: str, message: Message) -> bool:
    outcome = providers.messenger_send(channel, key, message=message)
    _log(
        stored,
        key,
        delivered=outcome.delivered,
        reference=outcome.reference,
        reason=outcome.reason,
    )
    if outcome.delivered:
        BuyerMessage.objects.filter(pk=stored.pk).update(state=State.SENT, sent_at=now())
    return outcome.delivered


def value_of(stored: BuyerMessage) -> Message:
    """Return the message as messengers see it. Raises SealBroken."""
    return Message(
        key=stored.key,
        buyer=BuyerRef(stored.buyer),
        subject=Text.from_dict(stored.subject),
        body=Text.from_dict(stored.body),
        address=stored.open_address(),
    )


def _log(
    stored: BuyerMessage,
    messenger: str,
    *,
    delivered: bool = False,
    reference: str = "",
    reason: str = "",
) -> None:
    MessageAttempt.objects.create(
        message=stored,
        messenger=messenger,
        delivered=delivered,
        reference=reference[:200],
        reason=reason[:500],
    )


def _channel(key: str) -> ChannelRef | None:
    found = Channel.objects.filter(key=key).first() if key else None
    return found.ref if found else None
