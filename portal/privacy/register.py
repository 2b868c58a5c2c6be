"""The register of processing, and the impact assessment that is written from it and from the product's own figures."""

import json
from datetime import datetime
from importlib.resources import files
from typing import Any
from uuid import UUID

from sqlmodel import Session

from portal.audit import trail
from portal.audit.trail import Actor
from portal.foundation import suites
from portal.foundation.db import insert_rows
from portal.foundation.errors import InvalidInput, NotFound
from portal.foundation.ground import Ground
from portal.foundation.i18n import _, _l
from portal.foundation.ids import new_id
from portal.foundation.settings import Settings
from portal.privacy import paper_store as store
from portal.privacy import retention, words
from portal.privacy.models import ProcessingActivity, Purpose

_HEAD = (_l("Activity"), _l("Purpose"), _l("Lawful because of"), _l("Whose data"), _l("Which data"), _l("Who gets it"), _l("Guarded by"))
FIELDS = ("name", "subjects", "data", "recipients", "measures")
"""What stands of an activity in both languages."""
LONGEST = 1000
_LOW, _MIDDLE = words.RISKS["low"], words.RISKS["middle"]
_RISKS = (
    (_l("Somebody copies the database or a backup"), _l("What names a person is encrypted; keys lie elsewhere"), _LOW),
    (_l("Staff look at customers out of curiosity"), _l("Masked, reason, trail, report of who saw whose data"), _MIDDLE),
    (_l("Free words name somebody"), _l("Masked before analysis, erased with the person and after the period"), _MIDDLE),
    (_l("Customers are asked too often"), _l("One policy over all surveys, checked again before each message"), _LOW),
    (_l("Figures of small groups tell of one person"), _l("Hidden below ten answers; exports hold no name and no address"), _LOW),
)
_END = _l("To be written by the person in charge: whether purpose and means are lawful, fair and needed, and what is to be done by when.")


def load_shipped(session: Session, now: datetime) -> int:
    """Bring in the activities and purposes that the product ships, where the bank has none of that code yet."""
    shipped = json.loads(files("portal.privacy").joinpath("content/register.json").read_text(encoding="utf-8"))
    known = {one.code for one in store.purposes(session)}
    insert_rows(session, Purpose, [{**one, "active": True} for one in shipped["purposes"] if one["code"] not in known])
    there = {one.code for one in store.activities(session)}
    rows = [{**one, "id": new_id(), "changed_at": now, "changed_by": None} for one in shipped["activities"] if one["code"] not in there]
    insert_rows(session, ProcessingActivity, rows)
    return len(rows)


def change(session: Session, activity_id: UUID, typed: dict[str, str], who: Actor, now: datetime) -> ProcessingActivity:
    """Change a line; `typed` holds `name_zh`, `name_en` and so on, `risk` and `retention`.

    Raises  NotFound, InvalidInput
    """
    found = store.activity(session, activity_id)
    if found is None:
        raise NotFound
    wrong = {name: "too_long" for name, text in typed.items() if len(text) > LONGEST}
    wrong |= {f"name_{tongue}": "missing" for tongue in ("zh", "en") if not typed.get(f"name_{tongue}", "").strip()}
    if typed.get("risk") not in words.RISKS:
        wrong["risk"] = "missing"
    if typed.get("retention", "") not in {"", *retention.KINDS}:
        wrong["retention"] = "missing"
    if wrong:
        raise InvalidInput(wrong)
    found.words = {name: {tongue: typed.get(f"{name}_{tongue}", "").strip() for tongue in ("zh", "en")} for name in FIELDS}
    found.risk, found.retention = typed["risk"], typed.get("retention", "")
    found.changed_by, found.changed_at = who.user_id, now
    session.flush()
    trail.record(session, who, "privacy.register", "processing_activity", found.id, now, {"code": found.code})
    return found


def lines(session: Session, tongue: str, settings: Settings | None = None) -> list[list[str]]:
    """The register as a table, its head first."""
    purposes = {one.code: one for one in store.purposes(session)}
    rows = [[str(one) for one in (*_HEAD, _l("Kept"), _l("Risk"))]]
    for one in store.activities(session):
        purpose = purposes.get(one.purpose)
        name = (purpose.name_zh if tongue == "zh" else purpose.name_en) if purpose else one.purpose
        basis = str(words.BASES_OF_PURPOSE[purpose.basis]) if purpose else "–"
        said = {field: one.words.get(field, {}).get(tongue, "") for field in FIELDS}
        kept = retention.said(session, one.retention, settings) if one.retention in retention.KINDS else "–"
        told = [said["name"], name, basis, said["subjects"], said["data"], said["recipients"], said["measures"]]
        rows.append([*told, kept, str(words.RISKS[one.risk])])
    return rows


def assessment(session: Session, ground: Ground, tongue: str, now: datetime) -> str:
    """A personal information protection impact assessment (个人信息保护影响评估) as Markdown, from what the product knows of itself."""
    figures, table = store.figures(session), lines(session, tongue, ground.settings)
    bank = ground.settings.bank_name_zh if tongue == "zh" else ground.settings.bank_name_en
    parts = [
        f"# {_('Impact assessment')}: {bank}",
        str(_("Made on %(day)s by the product from its register, settings and figures. A person completes and signs it.", day=now.date())),
        f"## 1. {_('What is done with personal data')}",
        _markdown(table),
        f"## 2. {_('Extent')}",
        "\n".join(f"- {label}: {figures[name]}" for name, label in _extent()),
        f"## 3. {_('How long data is kept')}",
        "\n".join(_periods(session, ground)),
        f"## 4. {_('How it is guarded')}",
        "\n".join(f"- {line}" for line in _measures(ground)),
        f"## 5. {_('Risks to persons, and what is left of them')}",
        _markdown(_risks()),
        f"## 6. {_('Conclusion')}",
        str(_END),
        f"{_('Signed')}: ____________    {_('Day')}: ____________",
    ]  # fmt: skip
    return "\n\n".join(parts) + "\n"


def _periods(session: Session, ground: Ground) -> list[str]:
    found = [(kind, retention.months(session, kind.code, ground.settings)) for kind in retention.KINDS.values()]
    return [f"- {kind.title}: {_('%(n)s months', n=months)}. {kind.what}" for kind, months in found]


def _extent() -> list[tuple[str, Any]]:
    return [
        ("customers", _("Customers with data")),
        ("erased", _("Customers erased")),
        ("consents", _("Words of consent and withdrawal")),
        ("opt_outs", _("Opt-outs in force")),
        ("requests", _("Requests about personal data")),
        ("late", _("Of them answered after the limit")),
    ]


def _measures(ground: Ground) -> list[str]:
    suite = {"fernet": "AES-128-CBC, HMAC-SHA-256", "sm": "SM4-GCM, HMAC-SM3"}[suites.suite_of(ground.keys.data[0])]
    return [
        str(_("Names, telephone numbers, e-mail addresses and openids are encrypted (%(suite)s) and found by keyed hashes.", suite=suite)),
        str(_("On screen they are masked; a look at the whole needs a reason and is written down.")),
        str(_("Rights go by role and unit; what belongs to other units is not found.")),
        str(_("Every deed stands in an append-only trail, sealed into a chain of hashes.")),
        str(_("Logs hold ids and codes, and are kept for %(days)s days.", days=ground.settings.log_kept_days)),
        str(_("Keys lie apart from the database and are changed without stopping.")),
        str(_("Nobody below the policy's age is asked; unknown ages are asked only with consent.")),
    ]


def _risks() -> list[list[str]]:
    rows = [(_l("Risk"), _l("What is done"), _l("Left")), *_RISKS]
    return [[str(cell) for cell in row] for row in rows]


def _markdown(rows: list[list[str]]) -> str:
    safe = [[cell.replace("|", "／").replace("\n", " ") for cell in row] for row in rows]
    return "\n".join(["| " + " | ".join(safe[0]) + " |", "|" + "---|" * len(safe[0]), *("| " + " | ".join(row) + " |" for row in safe[1:])])
