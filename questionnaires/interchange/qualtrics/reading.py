"""A .qsf as a form: the flow says in which order blocks come, blocks hold questions, page breaks and skips make pages."""

import re
from dataclasses import dataclass, field
from typing import Any

from questionnaires.interchange.carrying.building import Built, build
from questionnaires.interchange.carrying.files import DEEPEST, CannotRead, json_of, objects_in, string_of
from questionnaires.interchange.carrying.form import Ask, Form, Leap, Sheet
from questionnaires.interchange.expressions.tree import Compare, Expr, Lit, Ref, both
from questionnaires.interchange.qualtrics import draws
from questionnaires.interchange.qualtrics.elements import Element, asks_of
from questionnaires.interchange.qualtrics.logic import logic
from questionnaires.interchange.qualtrics.skips import Skip, leaps, skips_of
from questionnaires.logic.definition import END, QuestionType

Json = dict[str, Any]
PIPE = re.compile(r"\$\{([a-z]+://[^{}]{1,300})\}")
_ANSWER = re.compile(r"q://(QID\w+)/(?:ChoiceGroup/Selected\w*|ChoiceTextEntryValue|ChoiceNumericEntryValue|ChoiceValue)(?:/(\w+))?")


def read(data: bytes) -> Built:
    """A file of Qualtrics.

    Raises  CannotRead
    """
    raw = json_of(data)
    if not isinstance(raw, dict) or not isinstance(raw.get("SurveyElements"), list):
        raise CannotRead("not_qualtrics")
    return build(_Reading(raw).form())


def _piped(inside: str) -> str | None:
    if found := _ANSWER.match(inside):
        return f"{found[1]}/{found[2]}" if found[2] else found[1]
    return f"e:{inside[len('e://Field/') :]}" if inside.startswith("e://Field/") else None


@dataclass
class _Reading:
    raw: Json
    seen: set[str] = field(default_factory=set)
    skips: list[Skip] = field(default_factory=list)

    def form(self) -> Form:
        """The whole form."""
        entry = self.raw.get("SurveyEntry")
        about: Json = entry if isinstance(entry, dict) else {}
        self.language = string_of(about.get("SurveyLanguage")) or "EN"
        elements = objects_in(self.raw["SurveyElements"])
        self.payloads = {
            string_of(one.get("PrimaryAttribute")): one["Payload"]
            for one in elements
            if one.get("Element") == "SQ" and isinstance(one.get("Payload"), dict)
        }
        self.blocks: dict[str, Json] = {}
        for one in elements:
            if one.get("Element") == "BL":
                self.blocks |= {string_of(block.get("ID")): block for block in objects_in(one.get("Payload"))}
        others = [name for payload in self.payloads.values() if isinstance(payload.get("Language"), dict) for name in payload["Language"]]
        form = self._form = Form(list(dict.fromkeys([self.language, *others])), pipe=PIPE, piped=_piped, language_name="e:Q_Language")
        form.title = dict.fromkeys(form.languages, string_of(about.get("SurveyName")))
        form.intro = {}
        self.scored = self._scoring(elements)
        self.drawn = draws.drawn(form, elements, self.blocks)
        self._fields(elements)
        flow = next((one["Payload"] for one in elements if one.get("Element") == "FL" and isinstance(one.get("Payload"), dict)), None)
        if flow is None:
            for block_id in self.blocks:
                self._block(block_id, None)
        else:
            self._flow(flow.get("Flow"), None, 0)
        self._finish(elements)
        return form

    def _scoring(self, elements: list[Json]) -> bool:
        for one in elements:
            if one.get("Element") == "SCO" and isinstance(one.get("Payload"), dict) and one["Payload"].get("ScoringCategories"):
                return True
        return False

    def _fields(self, elements: list[Json]) -> None:
        """Embedded data: hidden questions of the first page, filled by the link."""
        names: dict[str, None] = {}
        waiting: list[Any] = [one.get("Payload") for one in elements if one.get("Element") == "FL"]
        while waiting:
            one = waiting.pop()
            if isinstance(one, dict):
                if one.get("Type") == "EmbeddedData":
                    for item in objects_in(one.get("EmbeddedData")):
                        if f"e:{string_of(item.get('Field'))}" in self._form.fields:
                            continue
                        names[string_of(item.get("Field"))] = None
                        if item.get("Value"):
                            self._form.notes.lost("computed", "EmbeddedData", string_of(item.get("Field")), item.get("Value"))
                waiting.extend(objects_in(one.get("Flow")))
        self._hidden = [
            Ask(
                name,
                QuestionType.HIDDEN,
                dict.fromkeys(self._form.languages, name),
                where=f"EmbeddedData {name}",
                names={f"e:{name}": ("", "")},
                first=False,
            )
            for name in names
            if name
        ]

    def _flow(self, flow: Any, above: Expr | None, depth: int) -> None:
        if depth > DEEPEST:
            raise CannotRead("nested_too_deep")
        items = objects_in(flow)
        for place, one in enumerate(items, 1):
            kind = string_of(one.get("Type"))
            if kind in ("Block", "Standard"):
                self._block(string_of(one.get("ID")), above)
            elif kind == "Branch":
                where = string_of(one.get("Description")) or "Branch"
                self._flow(one.get("Flow"), both(above, logic(self._form, one.get("BranchLogic"), "BranchLogic", where)), depth + 1)
            elif kind == "BlockRandomizer":
                self._randomizer(one, above, depth)
            elif kind == "Group":
                self._flow(one.get("Flow"), above, depth + 1)
            elif kind == "EndSurvey":
                self._end(one, above, last=depth == 0 and place == len(items))
            elif kind != "EmbeddedData":
                self._form.notes.lost("part_unknown", f"flow {kind}", string_of(one.get("FlowID")))
                self._flow(one.get("Flow"), above, depth + 1)

    def _end(self, one: Json, above: Expr | None, *, last: bool) -> None:
        options = one.get("Options")
        if isinstance(options, dict) and options.get("EOSRedirectURL"):
            self._form.notes.lost("leads_away", "EOSRedirectURL", "flow", options["EOSRedirectURL"])
        if above is None and last:
            return
        if above is None or not self._form.sheets:
            self._form.notes.lost("part_unknown", "flow EndSurvey", "flow")
        else:
            self._form.sheets[-1].leaps.append(Leap(above, END))

    def _randomizer(self, one: Json, above: Expr | None, depth: int) -> None:
        children = objects_in(one.get("Flow"))
        if (test := self.drawn.get(id(one))) is not None:
            for arm, child in enumerate(children, 1):
                held = Compare("eq", Ref(test), Lit(str(arm)))
                self._flow([child], both(above, held), depth + 1)
            return
        before = len(self._form.sheets)
        self._flow(children, above, depth + 1)
        made = self._form.sheets[before:]
        name = string_of(one.get("FlowID")) or "randomizer"
        plain = all(child.get("Type") in ("Block", "Standard") for child in children)
        if not plain or len(made) != len(children) or len(made) < 2:
            self._form.notes.lost("experiment" if not made else "block", "BlockRandomizer", name)
            return
        subset = one.get("SubSet")
        pick = subset if isinstance(subset, int) and not isinstance(subset, bool) and 0 < subset < len(made) else None
        self._form.blocks.append((name, [sheet.name for sheet in made], pick))

    def _block(self, block_id: str, above: Expr | None) -> None:
        block = self.blocks.get(block_id)
        if block is None or block.get("Type") == "Trash":
            return
        name = string_of(block.get("Description")) or block_id
        if block_id in self.seen:
            self._form.notes.lost("block_twice", "Block", name)
            return
        self.seen.add(block_id)
        options = block.get("Options")
        if isinstance(options, dict) and options.get("Looping") not in (None, "None", ""):
            self._form.notes.lost("repeat", "Looping", name)
        before = len(self._form.sheets)
        self._sheets(block, block_id, name, above)
        mixed = options.get("RandomizeQuestions") if isinstance(options, dict) else None
        if mixed in ("true", "All", "RandomizeAll", True) and len(self._form.sheets) == before + 1:
            self._form.sheets[-1].shuffle = True
        elif mixed not in (None, "false", False, ""):
            self._form.notes.lost("block", "RandomizeQuestions", name)

    def _sheets(self, block: Json, block_id: str, name: str, above: Expr | None) -> None:
        """The pages of a block: broken at page breaks, after a question that skips, before one that is skipped to."""
        elements = objects_in(block.get("BlockElements"))
        targets = {string_of(skip.get("SkipToDestination")) for one in elements for skip in objects_in(one.get("SkipLogic"))}
        sheet = Sheet(f"{block_id}", {self.language: name} if name and name != block_id else {}, above)
        sheet.title = dict.fromkeys(self._form.languages, name) if self._named(name) else {}
        self._form.sheets.append(sheet)
        number = 1
        for one in elements:
            qid, skips = string_of(one.get("QuestionID")), objects_in(one.get("SkipLogic"))
            breaks = one.get("Type") == "Page Break" or (sheet.asks and qid in targets)
            if breaks and sheet.asks:
                number += 1
                sheet = Sheet(f"{block_id}_{number}", {}, above)
                self._form.sheets.append(sheet)
            if one.get("Type") == "Question" and qid in self.payloads:
                self._question(qid, sheet)
                self.skips += skips_of(self._form, skips, qid, sheet.name, block_id)
                if skips:
                    number += 1
                    sheet = Sheet(f"{block_id}_{number}", {}, above)
                    self._form.sheets.append(sheet)

    def _named(self, name: str) -> bool:
        """Whether a block has a name that somebody gave it."""
        return bool(name) and not re.fullmatch(r"(Default Question )?Block( \d+)?|BL_\w+", name)

    def _question(self, qid: str, sheet: Sheet) -> None:
        if qid in self.seen:
            self._form.notes.lost("block_twice", "Question", qid)
            return
        self.seen.add(qid)
        self._form.counts.questions += 1
        sheet.asks += asks_of(Element(self._form, self.payloads[qid], qid, self.language, self.scored))

    def _finish(self, elements: list[Json]) -> None:
        form = self._form
        self._left_out()
        leaps(form, self.skips)
        draws.quotas(form, elements)
        if self._hidden:
            first = next((sheet for sheet in form.sheets if sheet.asks), None)
            if first is not None and first.show_if is None:
                first.asks[:0] = self._hidden
            else:
                form.sheets.insert(0, Sheet("embedded_data", {}, None, list(self._hidden), first=False))
        form.sheets = [one for one in form.sheets if one.asks]
        form.counts.pages = sum(1 for one in form.sheets if any(ask.first for ask in one.asks))
        form.counts.languages = len(form.languages)
        carried = ("SQ", "BL", "FL", "SCO", "SO", "STAT", "QC", "RS", "PL", "PROJ", "NT", "BR", "QO", "QG")
        for one in elements:
            if one.get("Element") not in carried:
                form.notes.lost("part_unknown", f"Element {string_of(one.get('Element'))}", string_of(one.get("PrimaryAttribute")))
        if self.scored:
            names = [
                ask.name
                for sheet in form.sheets
                for ask in sheet.asks
                if ask.options and all(part.score is not None for part in ask.options)
            ]
            form.scores.append(("score", names, False))

    def _left_out(self) -> None:
        """Questions that no block of the flow shows; those in the trash are no part of the survey."""
        trash = {
            string_of(one.get("QuestionID"))
            for block in self.blocks.values()
            if block.get("Type") == "Trash"
            for one in objects_in(block.get("BlockElements"))
        }
        for qid, payload in self.payloads.items():
            name = string_of(payload.get("DataExportTag")) or qid
            if qid in self.seen:
                continue
            if qid in trash:
                self._form.notes.changed("in_trash", "Trash", name)
            else:
                self._form.counts.questions += 1
                self._form.notes.lost("not_in_flow", string_of(payload.get("QuestionType")), name)
