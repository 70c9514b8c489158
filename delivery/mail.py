"""E-mail (电子邮件) over SMTP: plain text and HTML, one Message-ID a message however often it is tried."""

from __future__ import annotations

import asyncio
import ssl
from contextlib import suppress
from datetime import datetime
from email.headerregistry import Address
from email.message import EmailMessage
from email.policy import SMTP as WIRE

import aiosmtplib

from delivery.messages import Message
from models.deliveries import Answer, Result, Trouble
from runtime.contacts import Contact
from runtime.settings import Settings

_WHOLE = 3
"""How many times the patience for one answer a whole conversation may take."""
_FOR_GOOD = 500


class Mail:
    """The installation's mail server."""

    def __init__(self, settings: Settings) -> None:
        self._settings = settings
        self._from = settings.mail_from or ""

    async def send(self, contact: Contact, message: Message, now: datetime) -> Answer:
        """Hand the message to the mail server. Nothing is sure once the server was told of it and did not answer."""
        patience = self._settings.delivery_timeout_seconds
        client = self._client(patience)
        try:
            async with asyncio.timeout(patience * _WHOLE):
                await client.connect()
        except (aiosmtplib.SMTPException, OSError, TimeoutError) as error:
            client.close()
            return _not_begun(error)
        try:
            async with asyncio.timeout(patience * _WHOLE):
                await client.sendmail(self._from, [contact.to], self.written(contact.to, message))
        except (aiosmtplib.SMTPException, OSError, TimeoutError) as error:
            return _refused(error)
        finally:
            with suppress(aiosmtplib.SMTPException, OSError, TimeoutError):
                await asyncio.wait_for(client.quit(), timeout=1)
            client.close()
        return Answer(Result.SENT)

    def written(self, to: str, message: Message) -> bytes:
        """The message as it goes over the wire."""
        name, _, host = self._from.partition("@")
        mail = EmailMessage(policy=WIRE)
        mail["From"] = Address("销号", name, host)
        mail["To"] = to
        mail["Subject"] = message.subject
        mail["Date"] = message.made_at
        mail["Message-ID"] = f"<{message.delivery_id}@{host}>"
        mail["Auto-Submitted"] = "auto-generated"
        mail.set_content(message.plain, cte="base64")
        mail.add_alternative(message.html, subtype="html", cte="base64")
        return mail.as_bytes()

    def _client(self, patience: float) -> aiosmtplib.SMTP:
        chosen = self._settings
        password = chosen.smtp_password.get_secret_value() if chosen.smtp_password else None
        return aiosmtplib.SMTP(
            hostname=chosen.smtp_host,
            port=chosen.smtp_port,
            username=chosen.smtp_user,
            password=password,
            timeout=patience,
            use_tls=chosen.smtp_tls == "tls",
            start_tls=chosen.smtp_tls == "starttls",
        )


def _not_begun(error: Exception) -> Answer:
    """The server was told of no message."""
    untrusted = isinstance(error, aiosmtplib.SMTPAuthenticationError) or isinstance(
        error.__cause__, ssl.SSLError
    )
    if untrusted or isinstance(error, ssl.SSLError):
        return Answer(Result.NOT_YET, Trouble.UNTRUSTED, type(error).__name__)
    return Answer(Result.NOT_YET, Trouble.UNREACHABLE, type(error).__name__)


def _refused(error: Exception) -> Answer:
    """An answer of the server is sure; its silence is not."""
    code = _code(error)
    if code is None:
        return Answer(Result.UNSURE, Trouble.HUNG, type(error).__name__)
    if code < _FOR_GOOD:
        return Answer(Result.NOT_YET, Trouble.BUSY, str(code))
    if isinstance(error, aiosmtplib.SMTPRecipientsRefused):
        return Answer(Result.NEVER, Trouble.NOBODY, str(code))
    return Answer(Result.NOT_YET, Trouble.REFUSED, str(code))


def _code(error: Exception) -> int | None:
    if isinstance(error, aiosmtplib.SMTPRecipientsRefused):
        return max((one.code for one in error.recipients), default=None)
    if isinstance(error, aiosmtplib.SMTPResponseException) and error.code >= 400:
        return error.code
    return None
