"""Codes of the sample bank: at every outlet and its counters, in two channels, on a tablet; a month of scans and answers; a theme."""

from collections import Counter
from datetime import date, datetime, timedelta
from random import Random
from typing import Any
from uuid import UUID

from sqlmodel import Session

from portal.audit.trail import Actor
from portal.foundation.clock import day_in
from portal.foundation.db import insert_rows
from portal.foundation.ground import Ground
from portal.foundation.ids import new_id
from portal.people import units
from portal.people.rules.roles import EVERYTHING
from portal.shell.features import Sampling
from questionnaires.answering import posters, themes_keeping
from questionnaires.answering.links_models import PosterDay
from questionnaires.answering.models import Response, Score
from questionnaires.answering.posters import Place
from questionnaires.answering.rules.theme import ThemeDocument
from questionnaires.library import store as library_store
from questionnaires.library.models import Questionnaire

ASKED = "counter_visit"
DAYS, SEED = 30, 20260301
ACTOR = Actor.system("sample")
FOOTER = {"zh-Hans": "江州银行是虚构的示例银行", "en": "Jiangzhou Bank is made up, as a sample"}
WORDS = ("大堂经理很热心", "等的时间有点长", "自助机很方便", "", "", "", "", "柜员讲得很清楚")


def load(ground: Ground, sampling: Sampling) -> None:
    """Make the codes, their month, and the bank's theme. Answers are friendly ones: alerts are the story of other parts."""
    chance = Random(SEED)  # noqa: S311  # a made-up month, the same each time
    with ground.writing() as session:
        asked = library_store.by_code(session, ASKED)
        if asked is None or asked.current_version_id is None:
            return
        document = ThemeDocument.model_validate({"brand": "#1c4377", "footer": FOOTER})
        themes_keeping.create(session, "jiangzhou", ("江州银行", "Jiangzhou Bank"), document, ACTOR, sampling.now)
        codes = _codes(session, asked.id, sampling.now - timedelta(days=40))
        answers = _month(session, ground.settings.zone, codes, asked, chance, sampling.now)
    sampling.tell(f"{len(codes)} poster codes with {answers} answers")


def _codes(session: Session, questionnaire_id: UUID, at: datetime) -> list[tuple[str, Place]]:
    """Codes of the whole house, of two counters each, of a tablet, and of two channels."""
    nodes = units.nodes(session, EVERYTHING, at + timedelta(days=40))
    outlets = [node.unit for node in nodes if node.unit.kind == "outlet"]
    head = next(node.unit for node in nodes if node.unit.kind == "head")
    places = [Place(one.id) for one in outlets]
    places += [Place(one.id, counter=str(number), staff=f"{one.code}-{number}") for one in outlets for number in (1, 2)]
    places.append(Place(outlets[0].id, place="大堂平板", kiosk=True))
    places += [Place(head.id, channel="app", place="首页横幅"), Place(head.id, channel="wechat", place="服务菜单")]
    return [(posters.make(session, questionnaire_id, place, ACTOR, at).code, place) for place in places]


def _month(session: Session, zone: str, codes: list[tuple[str, Place]], asked: Questionnaire, chance: Random, now: datetime) -> int:
    scans, rows, scores = Counter[tuple[str, date]](), list[dict[str, Any]](), list[dict[str, Any]]()
    for code, place in codes:
        for back in range(1, DAYS):
            at = now - timedelta(days=back, minutes=chance.randrange(300))
            seen = chance.choice((0, 0, 1, 2, 4))
            if not seen:
                continue
            if not place.kiosk:
                scans[code, day_in(zone, at)] += seen  # by night two of these moments may lie on one day
            if chance.random() < 0.35:
                row = _answer(code, place, asked, at, chance)
                rows.append(row)
                scores.append({"response_id": row["id"], "indicator": "csat", "value": float(row["answers"]["csat"])})
    insert_rows(session, PosterDay, [{"code": code, "day": day, "scans": seen} for (code, day), seen in scans.items()])
    insert_rows(session, Response, rows)
    insert_rows(session, Score, scores)
    return len(rows)


def _answer(code: str, place: Place, asked: Questionnaire, at: datetime, chance: Random) -> dict[str, Any]:
    answers: dict[str, Any] = {"csat": chance.choice((4, 5, 5))}
    if words := chance.choice(WORDS):
        answers["improve"] = words
    flags = ["speeder"] if chance.random() < 0.06 else ["same_device"] if chance.random() < 0.04 else []
    own = {"id": new_id(), "poster_code": code, "version_id": asked.current_version_id, "answers": answers, "flags": flags}
    cuts = {"unit_id": place.unit_id, "counter": place.counter or None, "staff": place.staff or None, "channel": place.channel}
    times = {"started_at": at, "submitted_at": at + timedelta(seconds=chance.randrange(15, 90))}
    fixed = {"touchpoint": "", "stage": "", "purpose": "customer", "source": "self_chosen", "language": "zh-Hans"}
    return own | cuts | times | fixed | {"page": 0, "revision": 1, "test": False}
