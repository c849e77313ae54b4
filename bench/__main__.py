"""Runs every benchmark and writes bench/results.md: figures, goals, the machine they are from."""

from pathlib import Path

from bench import checks, imports, telemetry
from bench.machine import Figure, described
from bench.places import ROADS

RESULTS = Path(__file__).parent / "results.md"


def main() -> None:
    """Print each figure as it comes, then write them all."""
    machine = described()
    figures: list[Figure] = []
    for topic in (imports, checks, telemetry):
        if topic is not telemetry and not ROADS.exists():
            print(f"{topic.__name__}: left out, there is no {ROADS.name} beside the checkout")
            continue
        for figure in topic.figures():
            print(figure.row(), flush=True)
            figures.append(figure)
    head = "| figure | measured | goal | reached |\n|---|---|---|---|\n"
    rows = "\n".join(figure.row() for figure in figures)
    RESULTS.write_text(f"# Results\n\nMachine: {machine}.\n\n{head}{rows}\n", encoding="utf-8")


if __name__ == "__main__":
    main()
