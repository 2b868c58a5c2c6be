"""What each type of an XLSForm's row becomes here."""

import re
from collections.abc import Mapping

from questionnaires.interchange.carrying.files import number_of
from questionnaires.interchange.carrying.form import Ask, Form, Part, Texts
from questionnaires.interchange.expressions.dialects import XPATH
from questionnaires.interchange.xlsform.choices import filtered, parts_of
from questionnaires.interchange.xlsform.columns import Row
from questionnaires.logic.definition import Display, QuestionType

Q = QuestionType
OF_ROW = frozenset(
    {
        *(
            "type",
            "name",
            "relevant",
            "required",
            "constraint",
            "choice_filter",
            "appearance",
            "parameters",
            "calculation",
            "default",
            "read_only",
        ),
        *("disabled", "repeat_count", "list_name"),
    }
)
_SELECT = re.compile(
    r"(select[ _]one|select[ _]multiple|select[ _]all[ _]that[ _]apply|select1|select|rank)"
    r"(?:[ _](from[ _]file|external))?(?:[ _]from)?\s+(.+?)(\s+or[ _](?:other|specify[ _]other))?\s*",
    re.IGNORECASE,
)
_REPEATS = re.compile(r"\s*\$\{\s*([^{}]{1,200}?)\s*\}\s*")
SIMPLE: Mapping[str, QuestionType] = {
    "text": Q.SHORT_TEXT,
    "string": Q.SHORT_TEXT,
    "integer": Q.NUMBER,
    "int": Q.NUMBER,
    "decimal": Q.NUMBER,
    "date": Q.DATE,
    "time": Q.TIME,
    "note": Q.STATEMENT,
    "image": Q.PHOTO,
    "photo": Q.PHOTO,
    "audio": Q.FILE,
    "video": Q.FILE,
    "file": Q.FILE,
    "range": Q.SLIDER,
    "acknowledge": Q.CONSENT,
    "trigger": Q.CONSENT,
    "hidden": Q.HIDDEN,
    "phone number": Q.PHONE,
}
NEARLY: Mapping[str, QuestionType] = {"datetime": Q.SHORT_TEXT, "barcode": Q.SHORT_TEXT}
PLACES = frozenset({"geopoint", "gps", "location", "geotrace", "geoshape", "osm", "map", "background-geopoint"})
OF_DEVICE = frozenset(
    {
        *("start", "end", "today", "deviceid", "username", "phonenumber", "email", "simserial", "subscriberid", "audit", "start-geopoint"),
        *("background-audio", "imei", "uri:deviceid", "device id", "sim id", "start time", "end time"),
    }
)
NO = frozenset({"", "no", "false", "false()", "0", "n"})
YES = frozenset({"yes", "true", "true()", "1", "y"})


def ask_of(form: Form, row: Row, kind: str, name: str, texts: Mapping[str, Texts], lists: Mapping[str, list[Row]]) -> Ask | None:
    """The question of a row; None where it is nothing that we have, which is told of."""
    ask = Ask(name, Q.SHORT_TEXT, dict(texts["label"]) or dict(texts["hint"]), dict(texts["hint"]) if texts["label"] else {})
    folded = re.sub(r"\s+", " ", kind).lower()
    if found := _SELECT.fullmatch(kind.strip()):
        _select(form, row, ask, found, lists)
    elif folded in SIMPLE:
        ask.type = SIMPLE[folded]
    elif folded in NEARLY:
        ask.type = NEARLY[folded]
        form.notes.changed("type_unknown", kind, name, ask.type.value)
    elif not _left_out(form, row, folded, kind, name):
        return None
    _shape(form, row, ask, folded)
    required = row["required"].strip()
    if required.lower() in YES:
        ask.required = ask.type is not Q.STATEMENT
    elif required.lower() not in NO:
        form.lose_new("required_if", "required", name, required)
    ask.required_message = dict(texts["required_message"])
    rule = form.expression(row["constraint"], XPATH, "constraint", name)
    if rule is not None and ask.type is not Q.STATEMENT:
        ask.rules.append((rule, dict(texts["constraint_message"])))
    for column, code in (("default", "default"), ("calculation", "computed")):
        if row[column]:
            form.notes.lost(code, column, name, row[column])
    if row["read_only"].lower() in YES:
        form.notes.lost("read_only", "read_only", name)
    return ask


def _left_out(form: Form, row: Row, folded: str, kind: str, name: str) -> bool:
    """Tells of a type that we lack; whether it is asked as a text all the same."""
    if folded in ("calculate", "calculation") and (found := _REPEATS.fullmatch(row["calculation"])):
        form.aliases[name] = found[1]
        form.notes.changed("only_repeats", "calculate", name, found[1])
    elif folded in ("calculate", "calculation"):
        form.notes.lost("computed", "calculate", name, row["calculation"])
    elif folded in OF_DEVICE:
        form.notes.lost("of_device", kind, name)
    elif folded.split(" ")[0] in PLACES:
        form.notes.lost("map", kind, name)
    elif folded.startswith(("xml-external", "csv-external")):
        form.notes.lost("choices_elsewhere", kind, name)
    else:
        form.notes.changed("type_unknown", kind, name, Q.SHORT_TEXT.value)
        return True
    return False


def _select(form: Form, row: Row, ask: Ask, found: re.Match[str], lists: Mapping[str, list[Row]]) -> None:
    said, outside, name = found[1].lower().replace("_", " "), (found[2] or "").lower(), found[3].strip()
    ask.type = Q.RANKING if said == "rank" else Q.SINGLE if said in ("select one", "select1") else Q.MULTIPLE
    key = f"external {name}" if outside == "external" and f"external {name}" in lists else name
    rows = lists.get(key) or next((rows for one, rows in lists.items() if one.lower() == key.lower()), None)
    if outside.startswith("from") or not rows:
        form.notes.lost("choices_elsewhere", found[0].strip(), ask.name, name)
        ask.type = Q.SHORT_TEXT
        if row["choice_filter"]:
            form.lose_new("choices_elsewhere", "choice_filter", ask.name, row["choice_filter"])
        return
    form.offer(len(rows))
    form.counts.options += len(rows)
    ask.options = filtered(form, rows, row["choice_filter"], ask.name) if row["choice_filter"] else parts_of(rows)
    if found[4]:
        ask.options.append(Part("other", dict.fromkeys(form.languages, "Other"), other=True, made=True))
        ask.names[f"{ask.name}_other"] = ("other", "")
    for one in rows:
        for column in ("image", "audio", "video"):
            if column in one.texts:
                form.notes.lost("markup_media", column, f"{ask.name} · {one['name']}", next(iter(one.texts[column].values())))


def _shape(form: Form, row: Row, ask: Ask, folded: str) -> None:
    appearance = row["appearance"].lower().split()
    if ask.type is Q.SHORT_TEXT and {"multiline", "textarea"} & set(appearance):
        ask.type = Q.LONG_TEXT
    elif ask.type is Q.SHORT_TEXT and "numbers" in appearance:
        ask.type = Q.PHONE if "phone" in ask.name.lower() else ask.type
    elif ask.type is Q.PHOTO and {"signature", "draw"} & set(appearance):
        ask.type = Q.SIGNATURE
    elif ask.type is Q.SINGLE and {"minimal", "autocomplete"} & set(appearance):
        ask.display = Display.DROPDOWN
    elif appearance:
        form.notes.look("appearance", ask.name)
    if folded == "decimal":
        ask.decimals = 6
    found = dict(part.partition("=")[::2] for part in re.split(r"[\s,;]+", row["parameters"]) if "=" in part)
    if ask.type is Q.SLIDER:
        ask.min, ask.max = number_of(found.get("start", "1")), number_of(found.get("end", "10"))
        ask.step = number_of(found.get("step", "1"))
    ask.shuffle = found.get("randomize", "").lower() == "true"
    for name in found:
        if name not in ("start", "end", "step", "randomize"):
            form.notes.look(f"parameters {name}", ask.name)
