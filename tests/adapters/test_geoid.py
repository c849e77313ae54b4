"""Grids of the geoid: files are read as PROJ reads them, and the packaged table is the model's."""

import struct
from collections.abc import Sequence
from datetime import date
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from pyproj import Transformer

from geo.altitude import Span
from geo.crs import Extent
from geo.geoid import GeoidTable
from service.adapters.geoid import read_gtx
from service.domain.errors import Malformed
from tests.surroundings import a_context, chengdu

DEBIAN = Path("/usr/share/proj/egm96_15.gtx")
PLACE = chengdu().at(date(2026, 12, 1)).jurisdiction
SMALL = Extent(104.0, 30.5, 104.2, 30.7)
CREDIBLE = Span(-45, -29)


def a_grid(path: Path, rows: Sequence[Sequence[float]], **header: Any) -> Path:
    """A GTX file; by default its south-west node lies a step of 0.1 degrees from SMALL."""
    given = {"south": 30.4, "west": 103.9, "step_lat": 0.1, "step_lon": 0.1, **header}
    numbers = [given[name] for name in ("south", "west", "step_lat", "step_lon")]
    shape = given.get("height", len(rows)), len(rows[0])
    nodes = [height for row in rows for height in row]
    path.write_bytes(struct.pack(f">4d2i{len(nodes)}f", *numbers, *shape, *nodes))
    return path


def slanting(rows: int = 6, columns: int = 6) -> list[list[float]]:
    """Heights that are all different, and exact as 32-bit numbers."""
    return [[-40 - row - column / 8 for column in range(columns)] for row in range(rows)]


def by_proj(grid: Path, lonlat: np.ndarray) -> np.ndarray:
    """The heights of sea level that PROJ finds in a grid."""
    pipeline = Transformer.from_pipeline(
        "+proj=pipeline +step +proj=unitconvert +xy_in=deg +xy_out=rad "
        f"+step +inv +proj=vgridshift +grids={grid} +multiplier=1 "
        "+step +proj=unitconvert +xy_in=rad +xy_out=deg"
    )
    return -np.asarray(pipeline.transform(*lonlat.T, np.zeros(len(lonlat)))[2])


def by_table(table: GeoidTable, lonlat: np.ndarray) -> np.ndarray:
    spans = [table.undulation_m((*place, *place)) for place in lonlat]
    return np.array([(span.min + span.max) / 2 for span in spans])


def random_places(extent: Extent, number: int = 500) -> np.ndarray:
    chance = np.random.default_rng(96)
    low, high = (extent.west, extent.south), (extent.east, extent.north)
    return chance.uniform(low, high, (number, 2))


def test_a_grid_is_read_as_far_as_the_extent_needs_it(tmp_path: Path) -> None:
    corner = {"south": 29.75, "west": 103.25, "step_lat": 0.25, "step_lon": 0.25}
    grid = a_grid(tmp_path / "grid.gtx", slanting(9, 8), **corner)
    table = read_gtx(grid, SMALL, Span(-60, 0), error_m=0.5)
    assert (table.west, table.south) == (103.75, 30.25)
    assert table.rows == tuple(tuple(row[2:6]) for row in slanting(9, 8)[2:6])
    assert table.error_m == 0.5


def test_a_grid_is_read_as_proj_reads_it(tmp_path: Path) -> None:
    rough = np.random.default_rng(3).uniform(-44, -30, (6, 6)).tolist()
    grid = a_grid(tmp_path / "grid.gtx", rough)
    places = random_places(SMALL)
    table = read_gtx(grid, SMALL, CREDIBLE, error_m=0)
    assert by_table(table, places) == pytest.approx(by_proj(grid, places), abs=1e-6)


def test_the_packaged_table_is_read_as_proj_reads_it(tmp_path: Path) -> None:
    packaged = PLACE.geoid
    assert packaged is not None
    corner = {"south": packaged.south, "west": packaged.west}
    steps = {"step_lat": packaged.step_lat, "step_lon": packaged.step_lon}
    grid = a_grid(tmp_path / "grid.gtx", packaged.rows, **corner, **steps)
    places = random_places(PLACE.extent)
    assert by_table(packaged, places) == pytest.approx(by_proj(grid, places), abs=1e-5)


@pytest.mark.parametrize(
    ("lon", "lat", "metres"),
    [
        (104.0657, 30.6574, -42.75),
        (103.947, 30.578, -42.92),
        (104.441, 30.313, -43.06),
        (103.1, 30.7, -36.75),
    ],
)
def test_the_packaged_table_knows_egm96_in_the_city(lon: float, lat: float, metres: float) -> None:
    """Square, both airports and the western mountains, as measured with PROJ's own grid."""
    found = a_context().frame.ground_at((lon, lat, lon, lat)).geoid
    assert (found.min + found.max) / 2 == pytest.approx(metres, abs=0.02)
    assert found.max - found.min == pytest.approx(2)


@pytest.mark.real
@pytest.mark.skipif(not DEBIAN.is_file(), reason=f"no EGM96: {DEBIAN} is not there")
def test_the_packaged_table_is_the_model_of_proj_data() -> None:
    model = read_gtx(DEBIAN, PLACE.extent, PLACE.ground.geoid, error_m=1)
    places = random_places(PLACE.extent)
    assert PLACE.geoid is not None
    assert by_table(PLACE.geoid, places) == pytest.approx(by_table(model, places), abs=0.001)
    assert by_table(model, places) == pytest.approx(by_proj(DEBIAN, places), abs=1e-6)


@pytest.mark.parametrize(
    ("rows", "header", "code"),
    [
        (slanting(), {"height": 7}, "geoid_unreadable"),
        (slanting(1), {}, "geoid_unreadable"),
        (slanting(), {"step_lon": 0.0}, "geoid_unreadable"),
        (slanting(), {"step_lat": float("nan")}, "geoid_unreadable"),
        (slanting(), {"south": 30.55}, "geoid_elsewhere"),
        (slanting(), {"west": 103.65}, "geoid_elsewhere"),
        (slanting(), {"west": float("nan")}, "geoid_elsewhere"),
        ([*slanting(5), [-88.8888] * 6], {}, "geoid_beyond_pack"),
        ([*slanting(5), [float("nan")] * 6], {}, "geoid_beyond_pack"),
    ],
)
def test_what_is_no_grid_of_the_place_is_refused(
    tmp_path: Path, rows: list, header: dict[str, float], code: str
) -> None:
    grid = a_grid(tmp_path / "grid.gtx", rows, **header)
    with pytest.raises(Malformed, match=r"grid\.gtx") as refused:
        read_gtx(grid, SMALL, Span(-60, 0), error_m=0)
    assert [problem.code for problem in refused.value.problems] == [code]


@pytest.mark.parametrize("content", [b"", b"ncols 3\n", b"\0" * 40])
def test_a_file_that_is_no_grid_is_refused(tmp_path: Path, content: bytes) -> None:
    (tmp_path / "grid.gtx").write_bytes(content)
    for name in ("grid.gtx", "absent.gtx"):
        with pytest.raises(Malformed, match=name):
            read_gtx(tmp_path / name, SMALL, CREDIBLE, error_m=0)
