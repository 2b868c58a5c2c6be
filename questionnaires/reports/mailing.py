"""One report by e-mail, handed to the bank's own server. An outcome that is not known counts as sent: nobody gets it twice."""

import smtplib
import ssl
from dataclasses import dataclass
from email.message import EmailMessage
from email.policy import SMTP as SMTP_LINES
from email.utils import localtime

from portal.foundation.settings import Settings

TIMEOUT = 15.0


@dataclass(frozen=True)
class Outcome:
    """What became of a mail: sent, refused for good, unknown, or to be tried again."""

    state: str
    reason: str = ""


def compose(key: str, to: str, subject: str, text: str, files: list[tuple[str, str, bytes]], settings: Settings) -> EmailMessage:
    """A mail with files, as (name, media type, content)."""
    message = EmailMessage()
    message["From"], message["To"], message["Subject"] = settings.email_from, to, subject
    message["Date"] = localtime()
    message["Message-ID"] = f"<{key}@{settings.email_from.rpartition('@')[2]}>"
    message["Auto-Submitted"] = "auto-generated"
    message.set_content(text)
    for name, media, content in files:
        kind, _, part = media.partition("/")
        message.add_attachment(content, maintype=kind, subtype=part, filename=name)
    return message


def send(message: EmailMessage, settings: Settings) -> Outcome:
    """Hand a mail over. Only from the end of its text on can the outcome be unknown."""
    try:
        server = _connect(settings)
    except (OSError, smtplib.SMTPException):
        return Outcome("waiting", "unreachable")
    with server:
        try:
            for code, _words in (server.mail(settings.email_from), server.rcpt(str(message["To"]))):
                if code >= 400:
                    return Outcome("refused", "address_refused") if code >= 500 else Outcome("waiting", "try_later")
        except (OSError, smtplib.SMTPException):
            return Outcome("waiting", "unreachable")
        try:
            code, _words = server.data(message.as_bytes(policy=SMTP_LINES))
        except smtplib.SMTPDataError as error:
            code = error.smtp_code
        except (OSError, smtplib.SMTPException):
            return Outcome("unknown", "no_answer")
    if code >= 500:
        return Outcome("refused", "message_refused")
    return Outcome("waiting", "try_later") if code >= 400 else Outcome("sent")


def _connect(settings: Settings) -> smtplib.SMTP:
    if settings.smtp_tls == "tls":
        server: smtplib.SMTP = smtplib.SMTP_SSL(
            settings.smtp_host, settings.smtp_port, timeout=TIMEOUT, context=ssl.create_default_context()
        )
    else:
        server = smtplib.SMTP(settings.smtp_host, settings.smtp_port, timeout=TIMEOUT)
    try:
        if settings.smtp_tls == "starttls":
            server.starttls(context=ssl.create_default_context())
        if settings.smtp_user:
            server.login(settings.smtp_user, settings.smtp_password.get_secret_value())
        server.ehlo_or_helo_if_needed()
    except BaseException:
        server.close()
        raise
    return server
