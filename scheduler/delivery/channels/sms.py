"""SMS by an HTTP gateway that drops copies by their Idempotency-Key."""

import json
from dataclasses import dataclass

import requests
from requests.adapters import HTTPAdapter
from urllib3.exceptions import HTTPError, MaxRetryError, NewConnectionError

from scheduler.delivery.channels.base import Letter, Outcome, Refused, Sent, Unknown

CONNECT_TIMEOUT, READ_TIMEOUT = 3.05, 10.0
MOST_ANSWER = 65_536


@dataclass(frozen=True)
class Gateway:
    """Where messages are posted, and the token that lets us."""

    url: str
    token: str = ""
    connect_timeout: float = CONNECT_TIMEOUT
    read_timeout: float = READ_TIMEOUT


class SmsChannel:
    """Posts `{"id", "to", "text"}`; any 2xx means that the gateway has it. Nothing is retried inside the call."""

    name = "sms"
    drops_copies = True
    together = 1
    address: str | None = "phone"

    def __init__(self, gateway: Gateway) -> None:
        self._gateway = gateway

    def send(self, letter: Letter) -> Outcome:
        """Hand a message to the gateway."""
        gateway = self._gateway
        headers = {"Idempotency-Key": str(letter.key), "Authorization": f"Bearer {gateway.token}"}
        body = {"id": str(letter.key), "to": letter.to, "text": letter.text}
        with requests.Session() as session:
            session.trust_env = False  # no proxy and no .netrc of the machine may see a customer's number
            session.mount(gateway.url, HTTPAdapter(max_retries=0))
            try:
                answer = session.post(
                    gateway.url, json=body, headers=headers, timeout=(gateway.connect_timeout, gateway.read_timeout),
                    allow_redirects=False, stream=True,
                )  # fmt: skip
                with answer:
                    return _outcome(answer, letter)
            except requests.ConnectTimeout:
                return Refused(permanent=False, reason="unreachable", unreachable=True)
            except requests.ConnectionError as error:
                return _connection_lost(error)
            except requests.RequestException:
                return Unknown("no_answer")


def _connection_lost(error: requests.ConnectionError) -> Outcome:
    """A connection that never stood is a refusal; one that broke leaves the outcome unknown."""
    cause = error.args[0] if error.args else None
    if isinstance(cause, MaxRetryError) and isinstance(cause.reason, NewConnectionError):
        return Refused(permanent=False, reason="unreachable", unreachable=True)
    return Unknown("no_answer")


def _outcome(answer: requests.Response, letter: Letter) -> Outcome:
    status = answer.status_code
    if 200 <= status < 300:
        return Sent(_reference(answer) or str(letter.key))
    if status in (401, 403):
        return Refused(permanent=False, reason="not_authorised", unreachable=True)
    if status in (408, 425, 429) or status >= 500:
        return Refused(permanent=False, reason="try_later")
    return Refused(permanent=True, reason="message_refused")


def _reference(answer: requests.Response) -> str | None:
    """The gateway's own number, where it gives one in a small JSON object."""
    try:
        found = json.loads(answer.raw.read(MOST_ANSWER, decode_content=True))
    except (ValueError, HTTPError):  # the status already said that the gateway has it
        return None
    reference = found.get("ref") or found.get("id") if isinstance(found, dict) else None
    return str(reference)[:100] if reference else None
