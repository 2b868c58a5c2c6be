"""Fields in a link's address that only we can have put there: `?f=…&sig=…`. Anything else in an address is nobody's word."""

import base64
import hmac
import json
from collections.abc import Mapping
from typing import Any

from portal.foundation.crypto import Keys

LONGEST = 2000
MOST_FIELDS = 20
PURPOSE = "fields"


def signed(keys: Keys, link: str, fields: Mapping[str, Any]) -> str:
    """The part of an address behind `?` that carries fields to one link.

    link    what the fields are for: the token of a person's link, or the code of a poster
    """
    packed = base64.urlsafe_b64encode(json.dumps(dict(fields), separators=(",", ":"), ensure_ascii=False).encode()).rstrip(b"=").decode()
    return f"f={packed}&sig={_signature(keys.link[max(keys.link)], link, packed)}"


def read(keys: Keys, link: str, packed: str, signature: str) -> dict[str, Any] | None:
    """The fields, as conditions read them (`link.<name>`); None where the signature is not ours for this link."""
    if not packed or len(packed) > LONGEST:
        return None
    good = [_signature(key, link, packed) for key in keys.link.values()]
    if not any(hmac.compare_digest(one.encode(), signature.encode("utf-8", "replace")) for one in good):
        return None
    try:
        fields = json.loads(base64.urlsafe_b64decode(packed.encode("ascii") + b"=="))
    except ValueError:
        return None
    if not isinstance(fields, dict) or len(fields) > MOST_FIELDS:
        return None
    return {f"link.{name}": value for name, value in fields.items() if isinstance(value, str | int | float | bool)}


def _signature(key: bytes, link: str, packed: str) -> str:
    return hmac.digest(key, f"{PURPOSE}|{link}|{packed}".encode(), "sha256").hex()[:32]
