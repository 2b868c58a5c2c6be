"""Seal what customers typed of themselves before it was sealed as it came: in steps beside those who answer, safe to run twice.

It goes through all answers by their key, and once more as long as a round found something: a process that still runs an older version
may have written meanwhile. Then it stands still for good.
"""

from collections.abc import Mapping
from datetime import datetime
from uuid import UUID

from portal.foundation.ground import Ground
from portal.privacy import key_store
from portal.privacy.models import KeyProgress
from questionnaires.answering import private, private_store, response_store
from questionnaires.answering.private import Codes
from questionnaires.logic.definition import Definition

PLACE = "response.answers"
STEP = 500


def seal_old(ground: Ground, now: datetime) -> int:
    """One step; how many answers were looked at."""
    with ground.writing() as session:
        made = key_store.progress(session, PLACE)
        if made is None:
            made = KeyProgress(place=PLACE, generation="")
            session.add(made)
        if made.finished_at is not None:
            return 0
        rows = private_store.after(session, UUID(made.after) if made.after else None, STEP)
        documents = response_store.documents(session, {row.version_id for row in rows})
        codes = {version_id: private.codes_of(Definition.from_json(document)) for version_id, document in documents.items()}
        changed = [one for row in rows if (one := _sealed(row, codes, ground))]
        private_store.change(session, changed)
        made.changed += len(changed)
        made.after = str(rows[-1].id) if rows else made.after
        if len(rows) < STEP:
            made.after, made.changed, made.finished_at = "", 0, None if made.changed else now
    return len(rows)


def _sealed(row: private_store.Stored, codes: Mapping[UUID, Codes], ground: Ground) -> private_store.Changed | None:
    """A row as it shall be; None where nothing of it is in the clear."""
    there = private.sealed_answers(row.private_enc, ground.keys)
    new = private.columns(codes[row.version_id], row.answers, ground.keys)
    if new["private_enc"] is None:
        return None
    if there:
        whole = there | private.sealed_answers(new["private_enc"], ground.keys)
        new["private_enc"] = private.seal(whole, ground.keys)
    return private_store.Changed(row.id, row.revision, new["answers"], new["private_enc"])
