"""The table of docs/interchange.md: what comes of each real file. `python -m tests.questionnaires.interchange.table` writes it anew."""

from pathlib import Path

from questionnaires.interchange import formats

ROOT = Path(__file__).parents[3]
DATA = ROOT.parent / "shared" / "data" / "questionnaires"
PAGE = ROOT / "docs" / "interchange.md"
BEGIN, END = "<!-- table: begin -->\n", "<!-- table: end -->\n"
HEAD = (
    "| file | questions | of | options | languages | conditions | not carried | notes | stops publication |\n"
    "|---|--:|--:|--:|--:|--:|--:|--:|--:|\n"
)


def table() -> str:
    """A line for each file."""
    lines = []
    for file in sorted(DATA.glob("*/*")):
        report = formats.read(file.read_bytes(), formats.AUTO, file.name)[1]
        notes = sum(one["code"] != "look" for one in report.not_carried)
        cells = (
            *(report.questions, report.in_file["questions"], report.options, report.languages, report.conditions),
            *(report.conditions_not_carried, notes, report.errors),
        )
        lines.append(f"| `{file.parent.name}/{file.name}` | " + " | ".join(map(str, cells)) + " |\n")
    return HEAD + "".join(lines)


def written(page: str) -> str:
    """The page with today's table."""
    before, _, rest = page.partition(BEGIN)
    return before + BEGIN + table() + END + rest.partition(END)[2]


if __name__ == "__main__":
    PAGE.write_text(written(PAGE.read_text()))
