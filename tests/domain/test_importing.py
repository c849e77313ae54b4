"""What an import did, in figures; and whether all that is known would move one way."""

from typing import Any

import numpy as np
import pytest

from geo.crs import Positions
from service.domain.importing import ImportedItem, ImportOutcome, Shift
from tests.builders import an_import

PLACES = np.array([[x, y] for x in range(0, 5_000, 1_000) for y in (0, 1_000)], dtype=np.float64)


def pushed(count: int = len(PLACES), by: tuple[float, float] = (240.0, -268.0)) -> Positions:
    """The places, the first few of them moved."""
    moves = np.zeros_like(PLACES)
    moves[:count] = by
    return PLACES + moves


def test_under_another_datum_everything_moves_alike() -> None:
    shift = Shift.between(PLACES, pushed())
    assert shift is not None
    assert (shift.known, shift.moved, shift.is_of_all) == (10, 10, True)
    assert shift.distance_m == pytest.approx(360, abs=1)


def test_what_stays_has_no_shift() -> None:
    assert Shift.between(PLACES, pushed(0)) is None


def test_a_survey_put_right_is_no_shift() -> None:
    assert Shift.between(PLACES, pushed(by=(30.0, 30.0))) is None


def test_moves_in_all_directions_are_no_shift() -> None:
    away = (PLACES - PLACES.mean(axis=0)) * 0.5
    assert Shift.between(PLACES, PLACES + away) is None


@pytest.mark.parametrize("count", [1, 3, 5])
def test_a_few_things_that_moved_are_not_all(count: int) -> None:
    shift = Shift.between(PLACES, pushed(count))
    assert shift is not None
    assert (shift.moved, shift.is_of_all) == (count, False)


def test_three_of_three_are_still_a_few() -> None:
    shift = Shift.between(PLACES[:3], pushed()[:3])
    assert shift is not None
    assert not shift.is_of_all


def test_categories_count_what_was_accepted_the_most_frequent_first() -> None:
    def item(place: int, outcome: ImportOutcome, category: str | None) -> Any:
        return ImportedItem(place, outcome, str(place), category=category)

    report = an_import(
        items=(
            item(1, ImportOutcome.added, "unclassified"),
            item(2, ImportOutcome.unchanged, "expressway"),
            item(3, ImportOutcome.changed, "expressway"),
            item(4, ImportOutcome.refused, "expressway"),
            item(5, ImportOutcome.added, None),
        )
    )
    assert list(report.categories.items()) == [("expressway", 2), ("unclassified", 1)]
