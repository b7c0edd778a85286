"""The verb ``send_message``: plug-ins name a buyer, the platform knows the address."""

from __future__ import annotations

from core.buyers.models import Buyer
from core.buyers.queries import mail_address
from core.delivery.services import send_message
from core.pluginapi import BuyerRef, ChannelRef, InvalidInput, Text

MAX_KEY = 150


def send_message_verb(
    plugin: str,
    channel: ChannelRef | None,
    buyer: BuyerRef,
    *,
    key: str,
    subject: Text,
    body: Text,
) -> None:
    """Answer ``ctx.verbs.send_message(…)``: queue a message in the buyer's language, once.

    ``key`` is the plug-in's own. Raises InvalidInput (buyer_unknown, address_missing, key_invalid,
    text_missing).
    """
    if not 0 < len(key) <= MAX_KEY:
        raise InvalidInput(
            f"the key has 1 to {MAX_KEY} characters", path="$.key", code="key_invalid"
        )
    for name, text in (("subject", subject), ("body", body)):
        if not text.en.strip():
            raise InvalidInput(f"the {name} is empty", path=f"$.{name}", code="text_missing")
    row = Buyer.objects.filter(pk=buyer).first()
    if row is None:
        raise InvalidInput("there is no such buyer", path="$.buyer", code="buyer_unknown")
    address = mail_address(buyer)
    if not address:
        raise InvalidInput("the buyer has no address", path="$.buyer", code="address_missing")
    send_message(
        buyer,
        key=f"{plugin}:{key}",
        subject=_spoken(subject, row.language),
        body=_spoken(body, row.language),
        address=address,
        channel=channel.key if channel else "",
    )


def _spoken(text: Text, language: str) -> Text:
    """Leave only the buyer's language, so that every way of sending speaks it."""
    if not language:
        return text
    said = text.in_language(language)
    return Text(said, said, said)
