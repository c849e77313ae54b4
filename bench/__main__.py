"""Runs benchmarks and writes what they show into bench/results.md, a section for each topic.

`python -m bench` runs all but the million, `python -m bench checks conflicts` some; the sections of
the others stay as they were.
"""

import argparse
from pathlib import Path

from bench import checks, conflicts, imports, million, telemetry
from bench.machine import described
from bench.places import ROADS

RESULTS = Path(__file__).parent / "results.md"
TOPICS = {
    "imports": imports,
    "checks": checks,
    "conflicts": conflicts,
    "telemetry": telemetry,
    "million": million,
}
_ON_ROADS = ("imports", "checks")
_BY_HAND = ("million",)
_HEAD = "# Results\n"
_TABLE = "| figure | measured | goal | reached |\n|---|---|---|---|\n"


def main() -> None:
    """Print each figure as it comes, and write those of each topic when it is done."""
    for topic in _asked():
        if topic in _ON_ROADS and not ROADS.exists():
            print(f"{topic}: left out, there is no {ROADS.name} beside the checkout")
            continue
        before = described()
        rows = []
        for figure in TOPICS[topic].figures():
            rows.append(figure.row())
            print(rows[-1], flush=True)
        _write(topic, f"{before}; afterwards {described()}.\n\n{_TABLE}" + "\n".join(rows) + "\n")


def _asked() -> list[str]:
    parser = argparse.ArgumentParser(prog="python -m bench", description=__doc__)
    parser.add_argument("topics", nargs="*", metavar="topic", help=", ".join(TOPICS))
    parser.add_argument("--million", action="store_true", help="conflicts among a million uses")
    given = parser.parse_args()
    unknown = [topic for topic in given.topics if topic not in TOPICS]
    if unknown:
        parser.error(f"no topic {unknown[0]}: there are {', '.join(TOPICS)}")
    if given.million:
        return ["million"]
    return given.topics or [topic for topic in TOPICS if topic not in _BY_HAND]


def _write(topic: str, text: str) -> None:
    """Put the section in the place of the one that was there."""
    sections = {}
    if RESULTS.exists():
        parts = RESULTS.read_text(encoding="utf-8").split("\n## ")[1:]
        sections = dict(part.split("\n\n", 1) for part in parts)
    sections[topic] = text
    body = [f"\n## {name}\n\n{sections[name].strip()}\n" for name in TOPICS if name in sections]
    RESULTS.write_text(_HEAD + "".join(body), encoding="utf-8")


if __name__ == "__main__":
    main()
