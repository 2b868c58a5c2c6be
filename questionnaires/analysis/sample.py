"""The sample bank's feedback: a month of made-up reviews and hotline notes; in the last week the new app's sign-in is the talk."""

import json
from datetime import timedelta
from importlib import resources
from random import Random

from portal.foundation.ground import Ground
from portal.people import units
from portal.people.rules.roles import EVERYTHING
from portal.shell.features import Sampling
from questionnaires.analysis import feedback
from questionnaires.analysis.feedback import FeedbackRecord

SEED, DAYS, ROUNDS = 20260401, 30, 8
HOT, HOT_DAYS = ("登录", "刷脸", "人脸", "log in"), 6


def load(ground: Ground, sampling: Sampling) -> None:
    """Take the reviews and notes in as the interface does."""
    raw = json.loads((resources.files("questionnaires.analysis") / "content" / "sample_feedback.json").read_text(encoding="utf-8"))
    chance = Random(SEED)  # noqa: S311  # made-up data, the same every time
    records: list[FeedbackRecord] = []
    with ground.writing() as session:
        outlets = [node.unit.code for node in units.nodes(session, EVERYTHING, sampling.now) if node.unit.kind == "outlet"]
        for number in range(ROUNDS * len(raw)):
            channel, stars, words = raw[number % len(raw)]
            hot = any(sign in words for sign in HOT)
            ago = chance.uniform(0.2, HOT_DAYS if hot else DAYS)
            unit = chance.choice(outlets) if channel == "hotline" and outlets else ""
            record = {"ref": f"S{number:04d}", "channel": channel, "said_at": sampling.now - timedelta(days=ago), "words": words}
            records.append(FeedbackRecord.model_validate(record | {"stars": stars, "unit": unit}))
        taken = feedback.take(session, records, range(len(records)), "file", sampling.now).taken
    sampling.tell(f"{taken} pieces of feedback")
