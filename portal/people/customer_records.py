"""Customers as they come in by API or file: one record each; a field that is absent leaves what is there."""

from collections.abc import Callable
from datetime import date, datetime
from typing import Annotated, Any, Literal

from pydantic import AwareDatetime, BaseModel, BeforeValidator, ConfigDict, Field, field_validator

from portal.foundation.i18n import match_language
from portal.foundation.zones import zones
from portal.people import addresses

CLOSED = ConfigDict(extra="forbid", str_strip_whitespace=True)
PRINTABLE = r"^[^\x00-\x1f\x7f]*$"
CODE = r"^[A-Za-z0-9_.-]*$"
Ref = Annotated[str, Field(min_length=1, max_length=100, pattern=PRINTABLE)]
Word = Annotated[str, Field(min_length=1, max_length=40, pattern=PRINTABLE)]


def _empty_is_none(value: Any) -> Any:
    return None if isinstance(value, str) and not value.strip() else value


def _normalised(kind: str) -> Callable[[str | None], str | None]:
    return lambda text: None if text is None else addresses.KINDS[kind](text)


class GuardianRecord(BaseModel):
    """Who agreed for a customer under 14: the guardian's name, and whether it is a parent or another guardian."""

    model_config = CLOSED

    name: Annotated[str, Field(min_length=1, max_length=80, pattern=PRINTABLE)]
    relation: Literal["parent", "other"] = "parent"


class ConsentRecord(BaseModel):
    """What a customer said of being asked, or their guardian for them."""

    model_config = CLOSED

    given: bool
    purpose: Annotated[str, Field(min_length=1, max_length=30, pattern=CODE)] = "survey"
    channel: Annotated[str, Field(max_length=20, pattern=CODE)] = ""
    at: AwareDatetime | None = None
    notice_version: Annotated[str, Field(min_length=1, max_length=20, pattern=PRINTABLE)] = "1"
    guardian: GuardianRecord | None = None


class TagRecord(BaseModel):
    """A tag, perhaps until a day."""

    model_config = CLOSED

    tag: Word
    expires_at: AwareDatetime | None = None


class CompanyRecord(BaseModel):
    """A company that the customer speaks for."""

    model_config = CLOSED

    ref: Ref
    name: Annotated[str, Field(max_length=120)] | None = None
    position: Annotated[str, Field(max_length=40, pattern=PRINTABLE)] = ""


class CustomerRecord(BaseModel):
    """A customer; null empties a field, an absent one leaves what is there."""

    model_config = CLOSED

    ref: Ref
    unit: Annotated[str | None, Field(max_length=60, pattern=PRINTABLE), BeforeValidator(_empty_is_none)] = None
    zone: Annotated[str | None, Field(max_length=40), BeforeValidator(_empty_is_none)] = None
    customer_since: date | None = None
    birth_date: date | None = None
    segment: Annotated[str | None, Field(max_length=40, pattern=PRINTABLE), BeforeValidator(_empty_is_none)] = None
    language: Annotated[str | None, Field(max_length=20), BeforeValidator(_empty_is_none)] = None
    large_text: bool | None = None
    preferred_channel: Annotated[str | None, Field(max_length=20, pattern=CODE), BeforeValidator(_empty_is_none)] = None
    staff: bool = False
    name: Annotated[str | None, Field(max_length=80), BeforeValidator(_empty_is_none)] = None
    phone: Annotated[str | None, Field(max_length=40), BeforeValidator(_empty_is_none)] = None
    email: Annotated[str | None, Field(max_length=254), BeforeValidator(_empty_is_none)] = None
    openid: Annotated[str | None, Field(max_length=128), BeforeValidator(_empty_is_none)] = None
    verified: list[Literal["phone", "email", "openid"]] = Field(default_factory=list, max_length=3)
    attributes: dict[Word, str | bool | int | float | None] = Field(default_factory=dict, max_length=50)
    tags: list[TagRecord] = Field(default_factory=list, max_length=50)
    companies: list[CompanyRecord] = Field(default_factory=list, max_length=20)
    consents: list[ConsentRecord] = Field(default_factory=list, max_length=20)

    _phone = field_validator("phone")(_normalised("phone"))
    _email = field_validator("email")(_normalised("email"))
    _openid = field_validator("openid")(_normalised("openid"))

    @field_validator("zone")
    @classmethod
    def _known_zone(cls, zone: str | None) -> str | None:
        if zone and zone not in zones():
            raise ValueError("unknown_zone")
        return zone

    @field_validator("language")
    @classmethod
    def _known_language(cls, language: str | None) -> str | None:
        if language and not match_language(language):
            raise ValueError("unknown_language")
        return match_language(language)

    def future_field(self, now: datetime) -> str | None:
        """A field whose day or moment lies in the future, which can't be."""
        for name in ("customer_since", "birth_date"):
            if (day := getattr(self, name)) and day > now.date():
                return name
        return "consents" if any(one.at and one.at > now for one in self.consents) else None
