"""Settings: environment variables `SOUNDINGS_*`, secrets from files too (`…_FILE`)."""

import os
from pathlib import Path
from typing import Any, Literal

from pydantic import Field, SecretStr, ValidationError, field_validator, model_validator
from pydantic_settings import BaseSettings, SettingsConfigDict

from portal.foundation.zones import zones

PREFIX = "SOUNDINGS_"


def N_(text: str) -> str:  # noqa: N802  # the name by which tools find words to translate
    """Mark words for the catalogues; the page of settings shows them in the reader's language."""
    return text


class WrongSetting(Exception):
    """A setting can't be used; the start stops with its name."""


class Settings(BaseSettings):
    """All settings with their defaults; `soundings settings` lists them."""

    model_config = SettingsConfigDict(env_prefix=PREFIX, extra="ignore", validate_default=True)

    data_dir: Path = Field(default=Path("soundings-data"), description=N_("Folder of the embedded database, keys, outbox and uploads"))
    database_url: str = Field(default="", description=N_("Empty: SQLite in the data folder. PostgreSQL: postgresql+psycopg://…"))
    keys_file: Path | None = Field(
        default=None, description=N_("Keys for personal data, links and sessions; made in the data folder if empty")
    )
    cipher_suite: Literal["fernet", "sm"] = Field(
        default="fernet",
        description=N_("Family of keys made from now on: AES and HMAC-SHA256, or SM4-GCM and HMAC-SM3; both stay readable"),
    )
    broker_url: str = Field(default="", description=N_("Redis or RabbitMQ for Celery workers; empty: the clock runs all jobs itself"))
    shard_parts: int = Field(default=4, ge=1, le=64, description=N_("Into how many tasks the work on customers is divided for the workers"))
    worker_processes: int = Field(default=2, ge=1, le=64, description=N_("Processes of `soundings worker`"))
    lease_seconds: int = Field(default=15, ge=2, le=300, description=N_("So long the work of a killed clock or worker is left alone"))
    sqlite_synchronous: Literal["NORMAL", "FULL"] = Field(
        default="NORMAL", description=N_("FULL survives a power cut without losing the last commits")
    )
    host: str = Field(default="127.0.0.1", description=N_("Address to listen on"))
    port: int = Field(default=8000, ge=1, le=65535, description=N_("Port to listen on"))
    workers: int = Field(default=1, ge=1, le=64, description=N_("Web processes; one with SQLite"))
    public_url: str = Field(default="", description=N_("Address that links in messages start with; empty: the host and port served on"))
    secure_cookies: bool = Field(default=False, description=N_("Send cookies over https only; set it wherever https is in front"))
    trusted_proxies: int = Field(default=0, ge=0, le=4, description=N_("How many proxies in front set X-Forwarded-*"))
    zone: str = Field(default="Asia/Shanghai", description=N_("The bank's time zone: days and periods"))
    bank_name_zh: str = Field(default="江州银行", max_length=40, description=N_("The bank's name in Chinese"))
    bank_name_en: str = Field(default="Jiangzhou Bank", max_length=60, description=N_("The bank's name in English"))
    hotline: str = Field(default="000000", max_length=20, description=N_("Telephone number shown on every customer's page"))
    retention_months: int = Field(default=24, ge=1, le=240, description=N_("How long answers are kept, as told on the answer page"))
    events_kept_months: int = Field(default=24, ge=14, le=240, description=N_("How long events are kept"))
    decisions_kept_months: int = Field(default=36, ge=14, le=240, description=N_("How long candidates and decisions are kept"))
    detached_kept_days: int = Field(default=30, ge=0, le=3650, description=N_("PostgreSQL: how long a detached month stays to be archived"))
    print_font: Path | None = Field(default=None, description=N_("TrueType font with Chinese for print sheets; empty: the reader's own"))
    smtp_host: str = Field(default="", description=N_("Mail server; empty: the e-mail channel is off"))
    smtp_port: int = Field(default=25, ge=1, le=65535, description=N_("Port of the mail server"))
    smtp_user: str = Field(default="", description=N_("Log-in name at the mail server"))
    smtp_password: SecretStr = Field(default=SecretStr(""), description=N_("Password at the mail server"))
    smtp_tls: Literal["none", "starttls", "tls"] = Field(
        default="starttls",
        description=N_("How the mail server is spoken to: in the clear, encrypted after the greeting, or from the start"),
    )
    email_from: str = Field(default="", description=N_("Sender of e-mails; required when smtp_host is set"))
    sms_gateway_url: str = Field(default="", description=N_("HTTP gateway for SMS; empty: the sms channel is off"))
    sms_gateway_token: SecretStr = Field(default=SecretStr(""), description=N_("Token for the SMS gateway"))
    webhook_hosts: str = Field(default="", description=N_("Hosts that webhooks may lead to, with commas, and those below them; empty: all"))
    webhook_private_addresses: bool = Field(
        default=False, description=N_("Whether webhooks may lead into private networks, and to plain http")
    )
    mood_model: str = Field(default="", max_length=120, description=N_("module:function from a text to -1 … 1; empty: the shipped lexicon"))
    log_format: Literal["console", "json"] = Field(
        default="console", description=N_("How lines of the log are written: for people at a console, or as JSON for a collector")
    )
    log_level: Literal["debug", "info", "warning", "error"] = Field(
        default="info", description=N_("From which weight on something is logged; debug is for looking for faults")
    )
    log_files: bool = Field(default=True, description=N_("Also a file a day in the data folder; off where a collector keeps logs"))
    log_kept_days: int = Field(default=190, ge=180, le=3650, description=N_("How long those files are kept; the law asks for six months"))
    metrics_token: SecretStr = Field(default=SecretStr(""), description=N_("Lets Prometheus read /metrics; empty: only from this machine"))
    trusted_hosts: str = Field(default="", description=N_("Names by which this is reached, with commas; empty: any. Set it in production"))
    session_idle_minutes: int = Field(
        default=60, ge=0, le=1440, description=N_("Staff are logged out after so long without a request; 0: never")
    )
    session_hours: int = Field(default=12, ge=0, le=720, description=N_("Staff log in anew after so long whatever they do; 0: never"))
    second_factor_roles: str = Field(
        default="", description=N_("Roles that must use a code from their telephone, with commas; all: everybody")
    )
    first_password_hours: int = Field(
        default=72,
        ge=1,
        le=720,
        description=N_("How long a first password opens that an administrator handed over; then it needs a new one"),
    )
    prove_minutes: int = Field(
        default=15, ge=0, le=720, description=N_("Keys, roles and the like ask for the password again after so long; 0: never")
    )
    password_log_in: bool = Field(default=True, description=N_("Whether passwords open the door; off where only single sign-on may"))
    sso_issuer: str = Field(default="", description=N_("OpenID Connect issuer of the bank's sign-on service; empty: off"))
    sso_client_id: str = Field(default="", description=N_("Our name at the sign-on service"))
    sso_client_secret: SecretStr = Field(default=SecretStr(""), description=N_("Our secret at the sign-on service"))
    sso_scopes: str = Field(default="openid profile groups", description=N_("What is asked of the sign-on service"))
    sso_login_claim: str = Field(default="preferred_username", description=N_("Claim that holds the log-in name"))
    sso_groups_claim: str = Field(default="groups", description=N_("Claim that holds the groups"))

    @model_validator(mode="before")
    @classmethod
    def _secrets_from_files(cls, values: dict[str, Any]) -> dict[str, Any]:
        for name in cls.model_fields:
            path = os.environ.get(f"{PREFIX}{name.upper()}_FILE")
            if path and name != "keys":
                try:
                    values[name] = Path(path).read_text(encoding="utf-8").strip()
                except OSError as error:
                    raise ValueError(f"{PREFIX}{name.upper()}_FILE cannot be read: {error.strerror}") from error
        return values

    @field_validator("zone")
    @classmethod
    def _zone_is_known(cls, zone: str) -> str:
        if zone not in zones():
            raise ValueError("not a time zone of the IANA list")
        return zone

    @field_validator("database_url")
    @classmethod
    def _database_is_one_of_two(cls, url: str) -> str:
        if url.startswith(("postgresql://", "postgres://")):
            url = "postgresql+psycopg://" + url.split("://", 1)[1]
        if url and not url.startswith(("postgresql+psycopg://", "sqlite:///")):
            raise ValueError("only postgresql+psycopg:// and sqlite:/// are supported")
        return url

    @model_validator(mode="after")
    def _mail_has_a_sender(self) -> "Settings":
        if self.smtp_host and not self.email_from:
            raise ValueError("email_from is required when smtp_host is set")
        return self

    @model_validator(mode="after")
    def _sign_on_has_a_name(self) -> "Settings":
        if self.sso_issuer and not self.sso_client_id:
            raise ValueError("sso_client_id is required when sso_issuer is set")
        if not self.password_log_in and not self.sso_issuer:
            raise ValueError("password_log_in can be off only where sso_issuer is set")
        return self

    @field_validator("broker_url")
    @classmethod
    def _broker_is_one_of_three(cls, url: str) -> str:
        if url and not url.startswith(("redis://", "rediss://", "amqp://", "amqps://", "memory://")):
            raise ValueError("only redis://, rediss://, amqp:// and amqps:// are supported")
        return url

    @model_validator(mode="after")
    def _decisions_outlast_events(self) -> "Settings":
        if self.decisions_kept_months < self.events_kept_months:
            raise ValueError("decisions_kept_months must not be shorter than events_kept_months: a decision tells of its event")
        return self

    @property
    def effective_database_url(self) -> str:
        """The database's address, with the embedded default filled in."""
        return self.database_url or f"sqlite:///{self.data_dir.absolute() / 'soundings.db'}"

    @property
    def effective_public_url(self) -> str:
        """What links in messages start with, without a slash at the end."""
        return (self.public_url or f"http://{self.host}:{self.port}").rstrip("/")


def load_settings(**overrides: Any) -> Settings:
    """Read the environment.

    Raises  WrongSetting naming each wrong variable, never its value
    """
    try:
        return Settings(**overrides)
    except ValidationError as error:
        lines = [f"{PREFIX}{'_'.join(str(part) for part in e['loc']).upper()}: {e['msg']}" for e in error.errors(include_input=False)]
        raise WrongSetting("\n".join(lines)) from None
