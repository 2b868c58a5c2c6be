"""Scales of whole points: one of ours where it is one, else choices that are worth their number."""

from questionnaires.interchange.carrying.form import Ask, Part
from questionnaires.logic.definition import Display, QuestionType

Q = QuestionType
SCALES = {(0, 10): Q.NPS, (1, 5): Q.CSAT, (1, 7): Q.CES}
MOST_POINTS = 101


def scale(ask: Ask, low: int, high: int, step: int) -> None:
    """A scale of whole points: one of ours where it is one, else choices that are worth their number."""
    known = SCALES.get((low, high)) if step == 1 else None
    if known is not None:
        ask.type = known
        ask.display = Display.AUTO if known is not Q.CSAT and ask.display is not Display.NUMBERS else ask.display
        return
    ask.type, ask.display = Q.SINGLE, Display.AUTO
    points = range(low, min(high, low + (MOST_POINTS - 1) * step) + 1, step)
    ask.options = [Part(str(point), {}, score=float(point), made=True) for point in points]


def ends(ask: Ask) -> None:
    """The words at the ends of a scale go to its end points."""
    for part, label in ((ask.options[:1], ask.low_label), (ask.options[-1:], ask.high_label)):
        for one in part:
            for language, said in label.items():
                one.text[language] = f"{one.text.get(language, one.name)} – {said}"
    ask.low_label, ask.high_label, ask.display = {}, {}, Display.AUTO
