"""What became of a file, in lines: what is alike is said once, and everything has its name."""

from typing import Any

import pytest

from geo.text import Text
from service.domain.errors import Problem
from service.domain.importing import Counted, ImportedItem, ImportKind, ImportOutcome
from service.wire.import_text import SHOWN, remarks, summary
from tests.builders import an_import

OUTCOMES = ImportOutcome


def note(code: str, words: str = "Something is odd", pointer: str = "") -> Problem:
    return Problem(pointer, code, Text("不对", words))


def items(outcome: ImportOutcome, code: str, count: int = 1, **more: Any) -> tuple[Any, ...]:
    return tuple(
        ImportedItem(place, outcome, f"r-{place}", (note(code),), **more) for place in range(count)
    )


def said(*things: ImportedItem, **report: Any) -> list[str]:
    return list(remarks(an_import(items=things, **report)))


def told(*things: ImportedItem, published: bool = False, **report: Any) -> list[str]:
    return list(summary(an_import(items=things, **report), published=published))


def test_an_item_is_named_by_line_or_feature_and_by_its_name_and_id() -> None:
    notes = (note("self_loop", "It ends where it begins", "/geometry"),)
    item = ImportedItem(7, OUTCOMES.added, "r-7", notes, Text("环路", "Loop"))
    assert said(item, counted=Counted.line)[1] == (
        "  line 7 环路 / Loop [r-7] /geometry: It ends where it begins"
    )
    assert said(item, counted=Counted.feature)[1].startswith("  feature 7 环路")


def test_a_name_that_is_the_same_in_both_languages_is_said_once() -> None:
    item = ImportedItem(7, OUTCOMES.added, None, (note("odd"),), Text("Loop", "Loop"))
    assert said(item)[1] == "  line 7 Loop: Something is odd"


def test_what_no_terminal_should_obey_is_not_passed_on() -> None:
    item = ImportedItem(7, OUTCOMES.refused, "\x1b[2Jr", (note("odd"),))
    assert "\x1b" not in said(item)[1]


def test_what_is_alike_is_counted_with_a_few_examples() -> None:
    lines = said(*items(OUTCOMES.skipped, "outside_extent", SHOWN + 3))
    assert lines[0] == f"{SHOWN + 3} skipped: outside_extent"
    assert (len(lines), lines[-1]) == (SHOWN + 2, "  and 3 more")


def test_what_was_refused_comes_before_what_was_skipped_and_what_is_only_odd() -> None:
    lines = said(
        *items(OUTCOMES.added, "odd"),
        *items(OUTCOMES.skipped, "far"),
        *items(OUTCOMES.refused, "x"),
    )
    heads = [line for line in lines if not line.startswith(" ")]
    assert heads == ["1 refused: x", "1 skipped: far", "1 with a warning: odd"]


def test_what_holds_for_the_whole_file_comes_first() -> None:
    lines = said(*items(OUTCOMES.refused, "x"), notes=(note("all_moved", "All of it moves"),))
    assert lines[0] == "All of it moves (all_moved)."


def test_warnings_of_new_and_of_known_items_are_one_group() -> None:
    lines = said(*items(OUTCOMES.added, "odd"), *items(OUTCOMES.unchanged, "odd"))
    assert lines[0] == "2 with a warning: odd"


def test_classes_are_counted() -> None:
    two = items(OUTCOMES.added, "odd", 2, category="unclassified")
    assert "By class: 2 unclassified." in told(*two)


@pytest.mark.parametrize(
    ("kind", "published", "words"),
    [
        (ImportKind.runways, False, "2 aerodrome clearance areas drafted as restrictions"),
        (ImportKind.zones, False, "2 zones proposed"),
        (ImportKind.zones, True, "/v1/zones"),
        (ImportKind.roads, False, "/v1/roads"),
    ],
)
def test_what_comes_next_is_said(kind: ImportKind, published: bool, words: str) -> None:
    lines = told(*items(OUTCOMES.added, "odd", 2), kind=kind, published=published)
    assert words in lines[-1]


def test_nothing_comes_after_a_dry_run_or_where_nothing_was_accepted() -> None:
    assert "nothing was stored" in told(*items(OUTCOMES.added, "odd"), dry_run=True)[-1]
    assert len(told(*items(OUTCOMES.refused, "odd"))) == 1
