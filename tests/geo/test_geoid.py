"""The table of the geoid: bilinear between its crossings, exact at the extremes of any box."""

from typing import Any

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from geo.altitude import Span
from geo.geoid import GeoidTable

# EGM96 around Tianfu Square
SQUARE = GeoidTable(104.0, 30.5, 0.25, 0.25, ((-43.305, -43.199), (-42.327, -42.734)))
HILLS = GeoidTable(103.0, 30.0, 0.5, 0.25, ((0, 8, -2), (1, -9, 3), (4, 5, 7), (-6, 2, 0)))
OPENING = {
    "west": 104.0,
    "south": 30.5,
    "step_lon": 0.25,
    "step_lat": 0.25,
    "rows": ((1.0, 2.0), (3.0, 4.0)),
}


def bilinear(table: GeoidTable, lon: float, lat: float) -> float:
    """The surface at one place, written out."""
    x, y = (lon - table.west) / table.step_lon, (lat - table.south) / table.step_lat
    i, j = min(int(x), len(table.rows[0]) - 2), min(int(y), len(table.rows) - 2)
    x, y = x - i, y - j
    (a, b), (c, d) = (row[i : i + 2] for row in table.rows[j : j + 2])
    return a * (1 - x) * (1 - y) + b * x * (1 - y) + c * (1 - x) * y + d * x * y


@st.composite
def tables(draw) -> GeoidTable:
    width, height = draw(st.integers(2, 5)), draw(st.integers(2, 5))
    row = st.lists(st.integers(-60, 60).map(float), min_size=width, max_size=width).map(tuple)
    rows = draw(st.lists(row, min_size=height, max_size=height).map(tuple))
    steps = st.sampled_from([0.1, 0.25, 1 / 3])
    return GeoidTable(103.0, 30.0, draw(steps), draw(steps), rows)


share = st.floats(0, 1)


@given(tables(), st.lists(share, min_size=4, max_size=4))
def test_a_box_is_given_the_extremes_of_the_surface_in_it(
    table: GeoidTable, shares: list[float]
) -> None:
    (left, right), (down, up) = sorted(shares[:2]), sorted(shares[2:])
    columns = (len(table.rows[0]) - 1) * (1 - 1e-9)
    rows = (len(table.rows) - 1) * (1 - 1e-9)
    west, east = (table.west + x * columns * table.step_lon for x in (left, right))
    south, north = (table.south + y * rows * table.step_lat for y in (down, up))
    found = table.undulation_m((west, south, east, north))
    lines = [table.west + i * table.step_lon for i in range(len(table.rows[0]))]
    parallels = [table.south + j * table.step_lat for j in range(len(table.rows))]
    lons = [*np.linspace(west, east, 9), *(x for x in lines if west < x < east)]
    lats = [*np.linspace(south, north, 9), *(y for y in parallels if south < y < north)]
    surface = [bilinear(table, lon, lat) for lon in lons for lat in lats]
    assert (found.min, found.max) == pytest.approx((min(surface), max(surface)), abs=1e-9)


def test_the_edge_of_a_box_may_be_highest_where_it_crosses_the_grid() -> None:
    """Neither a corner of the box nor a crossing of the grid inside it."""
    ridge = GeoidTable(103.0, 30.0, 0.5, 0.25, ((0, 8, 0), (0, 8, 0)))
    assert ridge.undulation_m((103.25, 30.1, 103.75, 30.2)) == Span(4, 8)


def test_the_city_lies_43_metres_lower_on_the_ellipsoid_than_above_the_sea() -> None:
    tianfu = 104.0657, 30.6574
    found = SQUARE.undulation_m((*tianfu, *tianfu))
    assert found.min == found.max == pytest.approx(-42.75, abs=0.005)


def test_the_error_of_the_model_widens_what_is_said() -> None:
    doubted = GeoidTable(**OPENING, error_m=0.5)
    assert doubted.undulation_m((104.0, 30.5, 104.25, 30.75)) == Span(0.5, 4.5)
    assert doubted.span == Span(1, 4)


@pytest.mark.parametrize(
    "bounds",
    [
        (103.99, 30.6, 104.1, 30.7),
        (104.1, 30.49, 104.1, 30.7),
        (104.1, 30.6, 104.26, 30.7),
        (104.1, 30.6, 104.2, 30.76),
    ],
)
def test_beyond_the_table_nothing_is_known(bounds: tuple) -> None:
    assert SQUARE.undulation_m(bounds) is None


def test_the_edges_of_the_table_belong_to_it() -> None:
    assert SQUARE.undulation_m((104.0, 30.5, 104.25, 30.75)) == SQUARE.span
    assert HILLS.undulation_m((104.0, 30.75, 104.0, 30.75)) == Span(0, 0)


@pytest.mark.parametrize(
    "change",
    [
        {"rows": ((1.0, 2.0),)},
        {"rows": ((1.0,), (2.0,))},
        {"rows": ((1.0, 2.0), (3.0,))},
        {"rows": ((1.0, 2.0), (3.0, float("nan")))},
        {"step_lon": 0.0},
        {"step_lat": -0.25},
        {"west": float("inf")},
        {"error_m": -1.0},
    ],
)
def test_what_is_no_table_is_refused(change: dict[str, Any]) -> None:
    with pytest.raises(ValueError, match="geoid table"):
        GeoidTable(**{**OPENING, **change})
