"""What the report says of each note: why something did not come over or came otherwise, and what to do."""

from collections.abc import Mapping

from portal.foundation.i18n import _, _l

BUILDER = _l("Set it by hand in the builder.")
NOTHING = _l("Nothing needs doing.")
LOOK = _l("Look at it in the preview.")
WORDS: Mapping[str, tuple[str, str]] = {
    "expression_not_read": (_l("The condition is not written as its language asks, or uses parts that we do not read."), BUILDER),
    "expression_too_large": (_l("The condition is longer or deeper than ours may be."), _l("Divide it and set it by hand in the builder.")),
    "expression_function": (_l("The condition uses a function that our conditions do not have."), BUILDER),
    "expression_arithmetic": (_l("The condition calculates; ours only compare."), BUILDER),
    "expression_two_answers": (_l("The condition compares two answers with each other; ours compare an answer with a value."), BUILDER),
    "expression_unknown_name": (_l("The condition names something that is no question here."), BUILDER),
    "expression_unknown_value": (_l("The condition compares with a value that this question cannot have."), BUILDER),
    "expression_whole_matrix": (_l("The condition compares a whole matrix; ours compare one row."), BUILDER),
    "expression_counts": (_l("The condition counts answers; ours only know whether there are any."), BUILDER),
    "expression_of_device": (
        _l("The condition asks for a device, a place or a contact list."),
        _l("Use a hidden field filled by the link instead."),
    ),
    "expression_not_of_text": (_l("The condition asks that a text does not contain something; ours cannot."), BUILDER),
    "enabled_if": (
        _l("A question or choice that is shown but switched off: ours is shown or not."),
        _l("Give it a condition to be shown."),
    ),
    "required_if": (_l("Required only under a condition: ours is required or not."), _l("Decide whether an answer is required.")),
    "filter_of_unknown": (_l("Options or rows hang on a question that is not here, comes later or offers no choices."), BUILDER),
    "filter_of_several": (_l("Options hang on several questions at once; ours hang on one."), BUILDER),
    "filter_without_option": (_l("The question that decides has no such option; this one is always offered."), BUILDER),
    "filter_leaves_none": (
        _l("The filter leaves no choice at all, whatever is answered; all are offered."),
        _l("Remove the choices that are not wanted."),
    ),
    "choices_left_out": (_l("The list's filter never offers these choices here."), NOTHING),
    "choices_elsewhere": (
        _l("The choices stand in another file or on a server; the question asks for a short text."),
        _l("Add the choices by hand."),
    ),
    "choices_in_part": (
        _l("Some of the choices stand on a server; those that the file holds are here."),
        _l("Add the missing ones by hand."),
    ),
    "option_not_read": (_l("A choice that has neither a code nor words."), _l("Add it by hand.")),
    "required_group": (
        _l("The group asks for an answer to at least one of its questions; ours are required one by one."),
        _l("Decide which answers are required."),
    ),
    "inner_questions": (_l("Questions that open within a row of a table are not taken over."), _l("Ask them after the table.")),
    "parts_unused": (_l("Options or rows below a question of a type that has none there."), _l("Look at the question's type.")),
    "choice_nowhere": (
        _l("A choice without a name, or of no list or question: nothing can offer it."),
        _l("Mend the file, or add the choice by hand."),
    ),
    "jump_unknown": (_l("A jump to a page that is not here, or backwards; ours only go forward."), BUILDER),
    "too_many_rules": (_l("A question has at most ten rules of its own here."), BUILDER),
    "too_many_endings": (_l("A questionnaire has at most ten closing pages here."), BUILDER),
    "too_many_questions": (_l("A questionnaire has at most 300 questions here."), _l("Divide the file and import it in parts.")),
    "too_many_options": (_l("A question has at most 200 options here."), _l("Use a shorter list.")),
    "too_many_rows": (_l("A matrix has at most 50 rows here."), _l("Divide the matrix.")),
    "too_many_pages": (_l("A questionnaire has at most 60 pages here; what follows stands on the last."), LOOK),
    "too_many_languages": (
        _l("A questionnaire has at most 12 languages here."),
        _l("Import these languages as a questionnaire of their own."),
    ),
    "name_twice": (_l("Another question has the same code in our spelling; this one got a number."), NOTHING),
    "code_twice": (_l("The code stands twice in the list; the second got a number."), _l("Check that both are wanted.")),
    "language_unknown": (
        _l("We do not know this language by its name; it has a private code here."),
        _l("Give it its real language code."),
    ),
    "markup_media": (
        _l("Pictures, sound and films are not taken over from a file."),
        _l("Upload the picture in the builder where it is needed."),
    ),
    "markup_code": (_l("Scripts, styles and forms never run here."), _l("Do without, or ask for the same by a question type of ours.")),
    "markup_table": (_l("Tables become lines of text."), LOOK),
    "text_cut": (_l("The text is longer than 2,000 characters; the rest is cut."), _l("Divide the text among several statements.")),
    "pipe": (
        _l("The text inserts something that is no earlier answer here; an ellipsis stands in its place."),
        _l("Word it anew in the builder."),
    ),
    "page_parted": (_l("Options or words hang on an answer of the same page; the page was divided so that they can."), LOOK),
    "block": (_l("Random order of this kind is not taken over."), _l("Set random order or a block in the builder.")),
    "experiment": (
        _l("A random assignment that nothing here hangs on, or of more arms than ours may have."),
        _l("Set up an A/B test in the builder."),
    ),
    "became_several": (_l("One question of the file is several questions here."), LOOK),
    "became_number": (_l("Conditions compare this text as a number; it asks for a number here."), LOOK),
    "became_choices": (_l("The format has no such type; it is written as choices or text there."), NOTHING),
    "type_unknown": (_l("We have no such type; the nearest one was taken."), LOOK),
    "type_lacking": (_l("We have no such type, and none that is near; the question was left out."), _l("Ask for it in another way.")),
    "computed": (
        _l("Values that the form calculates or sets itself are not taken over."),
        _l("Use a score, or a hidden field filled by the link."),
    ),
    "only_repeats": (_l("It only repeats an answer; what used it uses the answer itself here."), NOTHING),
    "never_shown": (_l("The file hides it from everybody; so do we."), _l("Remove it where it is not needed.")),
    "default": (_l("A preset answer is not taken over: a score nobody gave would count."), NOTHING),
    "validation": (_l("A check of the answer that we do not have."), _l("Write a rule of your own in the builder.")),
    "bounds": (_l("A bound that is calculated or of a kind that we do not have."), BUILDER),
    "repeat": (_l("Repeated as often as somebody likes there; asked once here."), _l("Copy the questions as often as they are needed.")),
    "map": (_l("A place on a map; we have no such question."), _l("Ask for the place in words.")),
    "of_device": (_l("The device notes this itself there; we do not."), NOTHING),
    "comment_beside": (_l("A field for a comment beside the choices is not taken over."), _l("Add a question for it.")),
    "own_label": (_l("Own words for yes and no are not taken over."), _l("Use a single choice with two options.")),
    "second_other": (_l("Only one option of a question may ask for own words."), NOTHING),
    "nothing_to_answer": (_l("It has no rows, columns or fields, so there is nothing to answer."), NOTHING),
    "guidance": (_l("Guidance for interviewers is not taken over."), NOTHING),
    "read_only": (_l("Shown but not to be answered there; here it can be."), _l("Make it a statement, or remove it.")),
    "disabled": (_l("The row is switched off in the file."), NOTHING),
    "row_without_type": (_l("The row has no type."), _l("Correct the file and import it again.")),
    "column_twice": (_l("The column stands twice; the first counts."), NOTHING),
    "group_not_closed": (_l("The group has no end in the file; it ends with the form."), NOTHING),
    "part_unknown": (_l("A part of the file that we do not have."), _l("Look whether it is needed.")),
    "quota": (
        _l("A quota that is switched off, counts what we cannot, or only directs the flow."),
        _l("Set the quota in the builder where it is needed."),
    ),
    "assessment": (
        _l("Words for the score of one group, or of no question that has scores; only words for the whole score become closing pages."),
        _l("Write a closing page by score."),
    ),
    "time_limit": (_l("Time limits are not taken over: whoever answers slowly may answer too."), NOTHING),
    "format": (_l("Dates are written as the reader's language writes them."), NOTHING),
    "leads_away": (_l("Nobody is led to another site after the last page."), NOTHING),
    "language_switch": (_l("Every page lets people change the language."), NOTHING),
    "stray_question": (_l("The question belongs to no group of the file; it stands on a page of its own."), LOOK),
    "block_twice": (_l("It stands several times in the flow; asked once here."), LOOK),
    "in_trash": (_l("It lies in the trash, so it is no part of the survey."), NOTHING),
    "not_in_flow": (_l("No part of the flow shows it."), NOTHING),
    "look": (_l("A matter of looks, or of the other program's own working."), NOTHING),
    "not_in_format": (_l("The format has no way to say this."), NOTHING),
    "more_of_these": (_l("There is more that did not come over than is listed."), _l("Divide the file and import it in parts.")),
}
"""By code of a note: why, and what to do."""


def spelled(code: str) -> tuple[str, str]:
    """Why and what to do, in English: for machines and the command line."""
    why, todo = WORDS[code]
    return _english(why), _english(todo)


def _english(lazy: object) -> str:
    """The words as they stand in the source, whatever the reader's language."""
    said = getattr(lazy, "_args", None)
    return str(said[0]) if said else str(lazy)


def said(code: str) -> tuple[str, str]:
    """Why and what to do, in the reader's language."""
    why, todo = WORDS.get(code, ("", ""))
    return (str(why), str(todo)) if why else (_("A part of the file that we do not have."), "")
