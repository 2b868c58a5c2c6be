"""WeChat and WeCom: the access token that both lend for a while, template messages of one, text messages of the other."""

import json
import threading
import time
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import Any
from urllib.parse import urlencode

from portal.foundation.posting import Answer, Bounds, NotSent, Post
from portal.foundation.posting import Outcome as Posted
from scheduler.delivery.channels.base import Letter, Outcome, Refused, Sent, Unknown
from scheduler.delivery.channels.http import document

WECHAT, WECOM = "https://api.weixin.qq.com", "https://qyapi.weixin.qq.com"
JSON = {"Content-Type": "application/json"}
SPARE = 300
"""Seconds before its end at which a token is no longer used."""
TOKEN_GONE = frozenset({40001, 40014, 42001})
LATER = frozenset({-1, 45009, 45011, 45033, 50002})
FOR_GOOD = {40003: "address_refused", 43004: "not_following", 43101: "blocked", 60111: "address_refused", 81013: "address_refused"}
_UNREACHABLE = Refused(permanent=False, reason="unreachable", unreachable=True)
_NOT_LET_IN = Refused(permanent=False, reason="not_authorised", unreachable=True)


@dataclass(frozen=True)
class Account:
    """An account at Tencent: `id` the app's or the company's. `templates` names WeChat's template of each message; `agent` is WeCom's."""

    id: str
    secret: str
    url: str = ""
    templates: Mapping[str, str] = field(default_factory=dict)
    agent: int = 0
    bounds: Bounds = field(default_factory=Bounds)


class _Tokens:
    """One token for all threads, fetched anew before it ends."""

    def __init__(self, fetch: Callable[[], tuple[str, float] | Refused]) -> None:
        self._fetch, self._lock = fetch, threading.Lock()
        self._token, self._until = "", 0.0

    def get(self, *, instead_of: str = "") -> str | Refused:
        """The token; another one than `instead_of`, which no longer works."""
        with self._lock:
            if self._token and self._token != instead_of and time.monotonic() < self._until:
                return self._token
            found = self._fetch()
            if isinstance(found, Refused):
                return found
            self._token, self._until = found[0], time.monotonic() + found[1] - SPARE
            return self._token


class _Tencent:
    """Asks for a token, posts, and asks once more where the token was no longer good: then nothing was sent."""

    drops_copies = False
    together = 1

    def __init__(self, account: Account, url: str) -> None:
        self._account = account
        self._post = Post(account.url or url, account.bounds)
        self._tokens = _Tokens(self._fetch)

    def _fetch(self) -> tuple[str, float] | Refused:
        answer = self._log_in()
        if not isinstance(answer, Answer):
            return _UNREACHABLE
        said = document(answer)
        token, seconds = said.get("access_token"), said.get("expires_in")
        return (str(token), float(seconds or 0)) if token else _NOT_LET_IN

    def _log_in(self) -> Posted:
        raise NotImplementedError

    def _hand_over(self, path: str, body: Mapping[str, Any]) -> Outcome | dict[str, Any]:
        """What the server said, or an outcome where it said nothing of use."""
        gone = ""
        for _ in range(2):
            token = self._tokens.get(instead_of=gone)
            if isinstance(token, Refused):
                return token
            answer = self._post.send(json.dumps(body, ensure_ascii=False).encode(), JSON, path=f"{path}?access_token={token}")
            if not isinstance(answer, Answer):
                return _UNREACHABLE if isinstance(answer, NotSent) else Unknown("no_answer")
            said = document(answer)
            if not 200 <= answer.status < 300 or "errcode" not in said:
                return Unknown("no_answer")
            if said["errcode"] not in TOKEN_GONE:
                return said
            gone = token
        return _NOT_LET_IN


def _meaning(said: dict[str, Any], key: str) -> Outcome:
    code = said["errcode"]
    if code == 0:
        return Sent(str(said.get("msgid") or key)[:100])
    if code in LATER:
        return Refused(permanent=False, reason="try_later")
    return Refused(permanent=True, reason=FOR_GOOD.get(code, "message_refused"))


class WechatChannel(_Tencent):
    """Template messages. WeChat drops copies for ten minutes only, which is shorter than our pauses: unknown counts as sent."""

    name = "wechat"
    address: str | None = "openid"

    def __init__(self, account: Account) -> None:
        super().__init__(account, WECHAT)

    def _log_in(self) -> Posted:
        body = {"grant_type": "client_credential", "appid": self._account.id, "secret": self._account.secret}
        return self._post.send(json.dumps(body).encode(), JSON, path="/cgi-bin/stable_token")

    def send(self, letter: Letter) -> Outcome:
        """The words are lines `field: value`, as WeChat's template names its fields."""
        template = self._account.templates.get(letter.code)
        if not template:
            return Refused(permanent=True, reason="no_template")
        body = {"touser": letter.to, "template_id": template, "client_msg_id": letter.key.hex, "data": fields_of(letter.text)}
        said = self._hand_over("/cgi-bin/message/template/send", body | ({"url": letter.link} if letter.link else {}))
        return _meaning(said, str(letter.key)) if isinstance(said, dict) else said


def fields_of(text: str) -> dict[str, dict[str, str]]:
    """Lines `field: value` as WeChat takes them."""
    pairs = (line.partition(":") for line in text.split("\n") if ":" in line)
    return {name.strip(): {"value": value.strip()} for name, _, value in pairs}


class WecomChannel(_Tencent):
    """Text messages to the bank's own people. WeCom drops the same words to the same person for four hours: longer than our pauses."""

    name = "wecom"
    address: str | None = None
    drops_copies = True

    def __init__(self, account: Account) -> None:
        super().__init__(account, WECOM)

    def _log_in(self) -> Posted:
        query = urlencode({"corpid": self._account.id, "corpsecret": self._account.secret})
        return self._post.send(b"", {}, path=f"/cgi-bin/gettoken?{query}", method="GET")

    def send(self, letter: Letter) -> Outcome:
        """WeCom knows people by the bank's reference."""
        body = {
            "touser": letter.to,
            "msgtype": "text",
            "agentid": self._account.agent,
            "text": {"content": letter.text},
            "enable_duplicate_check": 1,
            "duplicate_check_interval": 14_400,
        }
        said = self._hand_over("/cgi-bin/message/send", body)
        if isinstance(said, dict) and said["errcode"] == 0 and letter.to in str(said.get("invaliduser") or "").split("|"):
            return Refused(permanent=True, reason="address_refused")
        return _meaning(said, str(letter.key)) if isinstance(said, dict) else said
