"""All settings as a page shows them: value, default, where the value comes from; secrets are never shown."""

import os
import re
from collections.abc import Mapping
from typing import NamedTuple

from pydantic import SecretStr

from portal.foundation.settings import PREFIX, Settings


class Line(NamedTuple):
    """A setting. `source`: default, environment or file."""

    name: str
    about: str
    value: str
    default: str
    source: str


def lines(settings: Settings, environment: Mapping[str, str] | None = None) -> list[Line]:
    """Every setting, in the order of the model."""
    told = os.environ if environment is None else environment
    found = []
    for name, field in Settings.model_fields.items():
        key, value = f"{PREFIX}{name.upper()}", getattr(settings, name)
        source = "file" if f"{key}_FILE" in told else "environment" if key in told else "default"
        shown = ("••••••" if value.get_secret_value() else "") if isinstance(value, SecretStr) else without_password(str(value))
        default = "" if isinstance(field.default, SecretStr) else str(field.default)
        found.append(Line(key, field.description or "", "" if shown == "None" else shown, "" if default == "None" else default, source))
    return found


def without_password(value: str) -> str:
    """An address without the password it may hold."""
    return re.sub(r"(://[^:/@\s]*):[^/@\s]*@", r"\1:••••••@", value)
