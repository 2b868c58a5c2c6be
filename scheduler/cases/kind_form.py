"""The form of a kind of case: limits, fields and checklist as lines; read from the browser and from a stored version."""

from typing import Any

from werkzeug.datastructures import MultiDict

from scheduler.cases.rules.kinds import Closing, KindSpec, Tell
from scheduler.cases.rules.sla import Basis, Stage

FLAGS = ("contact", "root_cause", "rerate", "hold")


def raw_of(form: MultiDict[str, str]) -> dict[str, Any]:
    """What a form says, for `KindSpec`; what makes no sense is passed on so that the spec refuses it."""
    return {
        "name_zh": _clean(form.get("name_zh", "")),
        "name_en": _clean(form.get("name_en", "")),
        "limits": {str(one): {"amount": _whole(form.get(f"{one}.amount", "")), "basis": form.get(f"{one}.basis", "")} for one in Stage},
        "closing": form.get("closing", Closing.NOBODY),
        "fields": [_field(line) for line in _lines(form, "fields")],
        "checklist": [_check(line) for line in _lines(form, "checklist")],
        "ladder": [{"percent": _whole(line[0]), "to": line[1] if len(line) > 1 else ""} for line in _lines(form, "ladder")],
        "tell": [one.value for one in Tell if form.get(f"tell.{one}")],
        **{name: form.get(name) == "1" for name in FLAGS},
    }


def _clean(text: str) -> str:
    return text.replace("\x00", "").strip()


def _whole(text: str) -> int:
    return int(text) if text.strip().isdecimal() and len(text.strip()) < 5 else 0


def _lines(form: MultiDict[str, str], name: str) -> list[list[str]]:
    """Lines of parts with bars between them: `code | 中文 | English | …`."""
    lines = (line for line in _clean(form.get(name, "")).splitlines() if line.strip())
    return [[part.strip() for part in line.split("|")] for line in lines]


def _named(parts: list[str]) -> dict[str, str]:
    padded = [*parts, "", "", ""]
    return {"code": padded[0], "zh": padded[1], "en": padded[2]}


def _field(parts: list[str]) -> dict[str, Any]:
    """`code | 中文 | English | type | step | option=中文=English; …`."""
    padded = [*parts, "", "", "", "", "", ""]
    options = [_named(one.split("=")) for one in padded[5].split(";") if one.strip()]
    cleaned = [{name: value.strip() for name, value in one.items()} for one in options]
    return {**_named(parts), "type": padded[3] or "text", "required_at": padded[4], "options": cleaned}


def _check(parts: list[str]) -> dict[str, Any]:
    padded = [*parts, "", "", "", ""]
    return {**_named(parts), "required": padded[3] == "!"}


def filled_with(code: str, spec: KindSpec) -> MultiDict[str, str]:
    """A stored version as its form would have been filled in."""
    made = MultiDict[str, str]({"code": code, "name_zh": spec.name_zh, "name_en": spec.name_en, "closing": str(spec.closing)})
    for stage, limit in spec.limits.items():
        made[f"{stage}.amount"], made[f"{stage}.basis"] = str(limit.amount), str(limit.basis)
    for name in FLAGS:
        made[name] = "1" if getattr(spec, name) else ""
    for one in spec.tell:
        made[f"tell.{one}"] = "1"
    made["ladder"] = "\n".join(f"{one.percent} | {one.to}" for one in spec.ladder)
    made["checklist"] = "\n".join(f"{one.code} | {one.zh} | {one.en}{' | !' if one.required else ''}" for one in spec.checklist)
    made["fields"] = "\n".join(
        " | ".join(
            [one.code, one.zh, one.en, str(one.type), str(one.required_at), "; ".join(f"{o.code}={o.zh}={o.en}" for o in one.options)]
        ).rstrip(" |")
        for one in spec.fields
    )
    return made


BASES = tuple(Basis)
