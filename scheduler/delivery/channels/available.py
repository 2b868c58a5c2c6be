"""Which channels this installation has, by its settings."""

from collections.abc import Mapping

from portal.foundation.settings import Settings
from scheduler.delivery.channels.base import Channel
from scheduler.delivery.channels.email import EmailChannel, MailServer
from scheduler.delivery.channels.file import FileChannel
from scheduler.delivery.channels.sms import Gateway, SmsChannel


def available(settings: Settings) -> Mapping[str, Channel]:
    """The outbox folder always; e-mail and SMS where their servers are set."""
    found: dict[str, Channel] = {"file": FileChannel(settings.data_dir / "outbox")}
    if settings.sms_gateway_url:
        found["sms"] = SmsChannel(Gateway(settings.sms_gateway_url, settings.sms_gateway_token.get_secret_value()))
    if settings.smtp_host:
        found["email"] = EmailChannel(
            MailServer(
                settings.smtp_host,
                settings.smtp_port,
                settings.email_from,
                settings.bank_name_en,
                settings.smtp_user,
                settings.smtp_password.get_secret_value(),
                settings.smtp_tls,
            )
        )
    return found
