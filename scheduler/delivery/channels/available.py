"""Which channels this installation has: by what operators set on the channel's page, else by the environment."""

import json
import threading
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

from cryptography.fernet import InvalidToken
from sqlmodel import Session

from portal.foundation.ground import Ground
from portal.foundation.settings import Settings
from scheduler.delivery.channel_models import ChannelSetting
from scheduler.delivery.channels.app import AppChannel
from scheduler.delivery.channels.base import Channel
from scheduler.delivery.channels.email import EmailChannel, MailServer
from scheduler.delivery.channels.file import FileChannel
from scheduler.delivery.channels.http import Gateway
from scheduler.delivery.channels.rcs import RcsChannel
from scheduler.delivery.channels.sms import SmsChannel
from scheduler.delivery.channels.tencent import Account, WechatChannel, WecomChannel
from scheduler.delivery.store import channels as store

CHANNELS = ("file", "sms", "rcs", "email", "wechat", "wecom", "app")


@dataclass(frozen=True)
class Config:
    """All that makes a channel; two that are the same share their connections."""

    channel: str
    url: str
    account: str = ""
    token: str = ""
    options: str = "{}"
    sms: "Config | None" = None

    @property
    def more(self) -> dict[str, Any]:
        """What one channel alone needs."""
        found: dict[str, Any] = json.loads(self.options)
        return found


def set_up(settings: Settings, rows: Iterable[ChannelSetting]) -> frozenset[str]:
    """The names of the channels that can be used."""
    return names_of(settings, (row.channel for row in rows if _complete(row)))


def names_of(settings: Settings, stored: Iterable[str]) -> frozenset[str]:
    """The same, where the names of the channels that operators set up are known already."""
    by_environment = {"sms": settings.sms_gateway_url, "email": settings.smtp_host}
    return frozenset({"file", *stored, *(name for name, where in by_environment.items() if where)})


def _complete(row: ChannelSetting) -> bool:
    return bool(row.account and row.token_enc) if row.channel in store.BY_ACCOUNT else bool(row.url)


def available(ground: Ground, session: Session) -> Mapping[str, Channel]:
    """The channels by name; connections live as long as the process, or until a channel is set up anew."""
    rows = store.settings(session)
    configs = {name: config for name in set_up(ground.settings, rows.values()) if (config := _config(ground, name, rows)) is not None}
    if "rcs" in configs and "sms" in configs:
        configs["rcs"] = replace(configs["rcs"], sms=configs["sms"])
    return {name: _kept(config) for name, config in sorted(configs.items())}


def _config(ground: Ground, name: str, rows: Mapping[str, ChannelSetting]) -> Config | None:
    """How a channel is made; None where its token can't be read."""
    settings, row = ground.settings, rows.get(name)
    if name == "file":
        return Config(name, str(settings.data_dir / "outbox"))
    if row is not None and _complete(row):
        try:
            token = ground.keys.decrypt(row.token_enc) if row.token_enc else ""
        except InvalidToken:
            return None
        return Config(name, row.url, row.account, token, json.dumps(row.options, sort_keys=True))
    if name == "email":
        mail = {"port": settings.smtp_port, "tls": settings.smtp_tls, "sender": settings.email_from, "name": settings.bank_name_en}
        return Config(name, settings.smtp_host, settings.smtp_user, settings.smtp_password.get_secret_value(), json.dumps(mail))
    return Config(name, settings.sms_gateway_url, token=settings.sms_gateway_token.get_secret_value())


_made: dict[Config, Channel] = {}
_lock = threading.Lock()
MOST_KEPT = 100


def _kept(config: Config) -> Channel:
    with _lock:
        if config not in _made:
            if len(_made) >= MOST_KEPT:
                _made.clear()
            _made[config] = make(config)
        return _made[config]


def make(config: Config) -> Channel:
    """A channel."""
    more = config.more
    if config.channel == "file":
        return FileChannel(Path(config.url))
    if config.channel == "email":
        port, tls = int(more["port"]), more.get("tls", "starttls")
        return EmailChannel(MailServer(config.url, port, more["sender"], more.get("name", ""), config.account, config.token, tls))
    if config.channel == "wechat":
        return WechatChannel(Account(config.account, config.token, config.url, more.get("templates", {})))
    if config.channel == "wecom":
        return WecomChannel(Account(config.account, config.token, config.url, agent=int(more.get("agent") or 0)))
    gateway = Gateway(config.url, config.token)
    if config.channel == "rcs":
        return RcsChannel(gateway, SmsChannel(Gateway(config.sms.url, config.sms.token)) if config.sms else None)
    return AppChannel(gateway) if config.channel == "app" else SmsChannel(gateway)
