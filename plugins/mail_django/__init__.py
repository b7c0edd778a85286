"""Messages by e-mail, through whatever mail backend Django is set up with."""

from __future__ import annotations

import hashlib
from collections.abc import Iterable
from smtplib import SMTPException, SMTPRecipientsRefused, SMTPResponseException

from django.core.mail import EmailMessage

from core.pluginapi import (
    Capability,
    Context,
    Delivery,
    InvalidInput,
    Manifest,
    Message,
    Messenger,
    ParcelView,
    PluginScope,
    PluginSettings,
    Setup,
    Text,
    TrackingEvent,
    Unavailable,
    hookimpl,
)
from plugins.mail_django.settings import Settings

KEY = "mail"
MAX_SUBJECT = 150
NEEDS_OPERATOR = "operator"

MANIFEST = Manifest(
    key="mail_django",
    name=Text("E-mail", "电子邮件", "電子郵件"),
    version="1.0.0",
    api=">=1.0,<2",
    summary=Text(
        "Sends messages to buyers by e-mail, and tells an operator of parcels that need one.",
        "通过电子邮件向买家发送消息，并在包裹需要处理时通知运营人员。",
        "透過電子郵件向買家發送訊息，並在包裹需要處理時通知營運人員。",
    ),
    provides=(Capability.MESSAGES,),
    scope=PluginScope.PLATFORM,
    needs_pii=True,
    author="Haitao",
    licence="Apache-2.0",
    docs="explanation/tracking.md",
    default_on=True,
)


class Mail:
    """Sends one message to one address."""

    key = KEY
    title = MANIFEST.name

    def send(self, ctx: Context, message: Message) -> Delivery:
        """Send ``message`` in the buyer's language, in zh-Hans and English where it is not known.

        The same key has the same Message-ID, by which mail programs know a repeated message.
        Raises Unavailable when the mail server does not answer, InvalidInput for an address that
        cannot be written to.
        """
        if "@" not in message.address:
            raise InvalidInput("the buyer has no e-mail address", code="address_missing")
        identifier = _message_id(message.key)
        subject, body = _words(message)
        return _send(ctx, message.address, subject, body, identifier)


@hookimpl
def register_settings(setup: Setup) -> type[PluginSettings]:
    """Hand over the settings."""
    return Settings


@hookimpl
def register_message_channels(setup: Setup) -> Iterable[Messenger]:
    """Hand over e-mail as a way to reach a buyer."""
    return [Mail()]


@hookimpl
def on_parcel_event(ctx: Context, parcel: ParcelView, event: TrackingEvent) -> None:
    """Write to the operator when a new event of a parcel asks for one.

    The mail names the parcel, its status and country, and no person.
    """
    address = ctx.settings.operator_address
    if not address or event.action_required != NEEDS_OPERATOR:
        return
    what = event.milestone or parcel.status.value
    where = event.country or parcel.destination
    body = f"Parcel {parcel.ref}: {what}, {where}, {event.local_time}."
    key = f"parcel:{parcel.ref}:{what}:{event.local_time}"
    _send(ctx, address, f"A parcel needs an operator: {what}", body, _message_id(key))


def _send(ctx: Context, to: str, subject: str, body: str, identifier: str) -> Delivery:
    mail = EmailMessage(
        subject=" ".join(subject.split())[:MAX_SUBJECT],
        body=body,
        from_email=ctx.settings.from_address or None,
        to=[to],
        headers={"Message-ID": identifier},
    )
    try:
        mail.send()
    except SMTPRecipientsRefused:
        return Delivery(delivered=False, reason="the mail server refused the address")
    except SMTPResponseException as error:
        raise Unavailable(f"the mail server answered {error.smtp_code}") from None
    except (SMTPException, OSError) as error:
        raise Unavailable(f"mail cannot be sent: {type(error).__name__}") from None
    except ValueError as error:
        raise InvalidInput("the message cannot be sent as mail", code="mail_invalid") from error
    return Delivery(delivered=True, reference=identifier)


def _words(message: Message) -> tuple[str, str]:
    language = message.language or "zh-hans"
    subject, body = (text.in_language(language) for text in (message.subject, message.body))
    if message.language or body == message.body.en:
        return subject, body
    return subject, f"{body}\n\n{message.body.en}"


def _message_id(key: str) -> str:
    digest = hashlib.sha256(key.encode()).hexdigest()[:32]
    return f"<{digest}@haitao>"
