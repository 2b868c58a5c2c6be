"""E-mail by SMTP. No server drops copies by Message-ID, so an outcome that is not known counts as sent."""

import re
import smtplib
import ssl
import threading
from collections.abc import Callable
from dataclasses import dataclass
from email.headerregistry import Address
from email.message import EmailMessage
from email.policy import SMTP as SMTP_LINES
from email.utils import localtime

from portal.foundation.posting import cut
from scheduler.delivery.channels.base import Letter, Outcome, Refused, Sent, Unknown

TIMEOUT = 10.0


@dataclass(frozen=True)
class MailServer:
    """Where mail is handed in, and who sends it."""

    host: str
    port: int
    sender: str
    sender_name: str = ""
    user: str = ""
    password: str = ""
    tls: str = "starttls"
    timeout: float = TIMEOUT
    whole: float = 6 * TIMEOUT


class EmailChannel:
    """One connection a message: a connection kept open dies unseen, and outcomes would be unknown."""

    name = "email"
    drops_copies = False
    together = 1
    address: str | None = "email"

    def __init__(self, server: MailServer) -> None:
        self._server = server

    def send(self, letter: Letter) -> Outcome:
        """Hand a mail to the server. Only from the end of its text on can the outcome be unknown."""
        try:
            message = _compose(letter, self._server)
        except (ValueError, IndexError):
            return Refused(permanent=True, reason="address_refused")
        try:
            connection = self._connect()
        except (OSError, smtplib.SMTPException) as error:
            wrong_login = isinstance(error, smtplib.SMTPAuthenticationError)
            return Refused(permanent=False, reason="not_authorised" if wrong_login else "unreachable", unreachable=True)
        timer = threading.Timer(self._server.whole, cut, [connection.sock])  # a server that drips its answers would hold us for hours
        timer.daemon = True
        timer.start()
        try:
            return self._hand_over(connection, letter, message)
        finally:
            timer.cancel()
            connection.close()

    def _connect(self) -> smtplib.SMTP:
        server = self._server
        if server.tls == "tls":
            connection: smtplib.SMTP = smtplib.SMTP_SSL(
                server.host, server.port, timeout=server.timeout, context=ssl.create_default_context()
            )
        else:
            connection = smtplib.SMTP(server.host, server.port, timeout=server.timeout)
        try:
            if server.tls == "starttls":
                connection.starttls(context=ssl.create_default_context())
            if server.user:
                connection.login(server.user, server.password)
            connection.ehlo_or_helo_if_needed()
        except BaseException:
            connection.close()
            raise
        return connection

    def _hand_over(self, connection: smtplib.SMTP, letter: Letter, message: EmailMessage) -> Outcome:
        try:
            sender = letter.sender or self._server.sender
            steps: list[Callable[[], tuple[int, bytes]]] = [lambda: connection.mail(sender), lambda: connection.rcpt(letter.to)]
            for step in steps:
                code, text = step()
                if code >= 400:
                    return Refused(permanent=code >= 500, reason=_why(code, text))
        except (OSError, smtplib.SMTPException):
            return Refused(permanent=False, reason="unreachable", unreachable=True)
        try:
            code, _text = connection.data(message.as_bytes(policy=SMTP_LINES))
        except smtplib.SMTPDataError as error:
            return Refused(permanent=error.smtp_code >= 500, reason="message_refused" if error.smtp_code >= 500 else "try_later")
        except (OSError, smtplib.SMTPException):
            return Unknown("no_answer")
        if code >= 400:
            return Refused(permanent=code >= 500, reason="message_refused" if code >= 500 else "try_later")
        return Sent(str(letter.key))


def _why(code: int, text: bytes) -> str:
    """Only what is said of the address counts against it: a server that dislikes us refuses everybody."""
    if code < 500:
        return "try_later"
    enhanced = re.match(rb"5\.(\d)\.\d", text)
    of_address = enhanced.group(1) == b"1" if enhanced else code in (550, 551, 553)
    return "address_refused" if of_address else "message_refused"


def _compose(letter: Letter, server: MailServer) -> EmailMessage:
    Address(addr_spec=letter.to)  # raises for what is no address, such as one with a line end in it
    sender, name = letter.sender or server.sender, " ".join((letter.sender_name or server.sender_name).split())
    message = EmailMessage()  # its policy refuses a line end in any head, so that no name or subject can add one
    message["From"] = Address(display_name=name, addr_spec=sender)
    message["To"] = letter.to
    if letter.reply_to:
        message["Reply-To"] = Address(addr_spec=letter.reply_to)
    message["Subject"] = " ".join(letter.subject.split())
    message["Date"] = localtime()
    message["Message-ID"] = f"<{letter.key}@{sender.rpartition('@')[2]}>"
    message.set_content(letter.text)
    if letter.html:
        message.add_alternative(letter.html, subtype="html")
    message["Content-Language"] = letter.language  # last: setting the content drops what was said of it
    return message
