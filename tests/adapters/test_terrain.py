"""Rasters of the terrain: what they say of a box is never too narrow, nor said of the unknown."""

from dataclasses import replace
from math import nan
from pathlib import Path
from typing import Any

import numpy as np
import pytest
import rasterio
from hypothesis import given, settings
from hypothesis import strategies as st

from geo.altitude import Ground, Span
from geo.crs import Extent, from_canonical
from service.adapters import terrain
from service.adapters.terrain import TerrainRaster, read_terrain
from service.app import compose
from service.domain.errors import Malformed
from service.settings import Settings
from tests.adapters.test_geoid import a_grid

CITY = Extent(104.0, 30.5, 104.2, 30.7)
WHOLE = Span(280, 6300)
STEP = 0.01
WEST, NORTH = 103.952, 30.752
SHAPE = (30, 30)
HILLS = np.random.default_rng(7).uniform(450, 1050, SHAPE)


def a_tiff(path: Path, heights: np.ndarray = HILLS, **changes: Any) -> Path:
    """A GeoTIFF; by default of cells of a hundredth of a degree, 5 of them beyond CITY."""
    about = {
        "crs": "EPSG:4490",
        "transform": rasterio.Affine(STEP, 0, WEST, 0, -STEP, NORTH),
        "nodata": None,
        "dtype": "float64",
        **changes,
    }
    scale, offset, unit = (about.pop(key, None) for key in ("scale", "offset", "unit"))
    bands = np.atleast_3d(heights.T).T
    size = {"count": bands.shape[0], "height": bands.shape[1], "width": bands.shape[2]}
    with rasterio.open(path, "w", driver="GTiff", **size, **about) as file:
        file.write(bands.astype(about["dtype"]))
        if scale is not None:
            file.scales, file.offsets = (scale,), (offset,)
        if unit is not None:
            file.units = (unit,)
    return path


def an_asc(path: Path, heights: np.ndarray = HILLS) -> Path:
    """The same as an ESRI ASCII grid, which names no reference system; unknown is -9999."""
    south = NORTH - STEP * heights.shape[0]
    head = f"ncols {heights.shape[1]}\nnrows {heights.shape[0]}\nxllcorner {WEST}\n"
    head += f"yllcorner {south}\ncellsize {STEP}\nNODATA_value -9999\n"
    rows = np.where(np.isnan(heights), -9999, heights)
    path.write_text(head + "\n".join(" ".join(map(str, row)) for row in rows.tolist()) + "\n")
    return path


def raster(path: Path, **changes: Any) -> TerrainRaster:
    return read_terrain(path, **{"extent": CITY, "within": WHOLE, "error_m": 0, **changes})


def cell(column: int, row: int) -> tuple[float, float]:
    """The middle of a cell."""
    return WEST + (column + 0.5) * STEP, NORTH - (row + 0.5) * STEP


def about(column: int, row: int) -> tuple[float, float, float, float]:
    """A box in the middle of a cell."""
    lon, lat = cell(column, row)
    return lon - STEP / 4, lat - STEP / 4, lon + STEP / 4, lat + STEP / 4


# what it says


@pytest.mark.parametrize("make", [a_tiff, lambda path: an_asc(path)], ids=["tiff", "asc"])
def test_a_box_is_given_the_cells_it_touches_and_those_beside_them(make, tmp_path: Path) -> None:
    found = raster(make(tmp_path / "dem"), crs="EPSG:4490").height_m(about(12, 15))
    beside = HILLS[13:18, 10:15]
    assert (found.min, found.max) == pytest.approx((beside.min(), beside.max()), abs=1e-3)


def test_the_error_of_the_raster_widens_what_is_said(tmp_path: Path) -> None:
    flat = raster(a_tiff(tmp_path / "dem.tif", np.full(SHAPE, 500.0)), error_m=16)
    assert flat.height_m(about(12, 15)) == Span(484, 516)
    assert flat.heights == Span(500, 500)


shares = st.lists(st.floats(0, 1), min_size=2, max_size=2).map(sorted)


def projected() -> tuple[str, rasterio.Affine]:
    """A grid that does not run along the meridians: cells of about a kilometre."""
    ((x, y),) = from_canonical(np.array([[WEST, NORTH]]), "EPSG:4544")
    return "EPSG:4544", rasterio.Affine(1000, 0, x, 0, -1100, y)


@pytest.mark.parametrize("most_blocks", [10_000, 100, 20])
@pytest.mark.parametrize(
    ("crs", "placed"), [("EPSG:4490", rasterio.Affine(STEP, 0, WEST, 0, -STEP, NORTH)), projected()]
)
def test_no_cell_that_a_box_touches_lies_outside_what_is_said(
    most_blocks: int,
    crs: str,
    placed: rasterio.Affine,
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr(terrain, "MOST_BLOCKS", most_blocks)
    monkeypatch.setattr(terrain, "_STRIP_CELLS", 70)
    monkeypatch.setattr(terrain, "_MOST_LOOKED_AT", 16)
    read = raster(a_tiff(tmp_path / "dem.tif", crs=crs, transform=placed))
    a, b, c, d, e, f = (~placed)[:6]

    @settings(max_examples=60)
    @given(shares, shares)
    def holds(x: list[float], y: list[float]) -> None:
        (west, east), (south, north) = (104.0 + 0.2 * s for s in x), (30.5 + 0.2 * s for s in y)
        said = read.height_m((west, south, east, north))
        lon, lat = np.meshgrid(np.linspace(west, east, 23), np.linspace(south, north, 23))
        x, y = from_canonical(np.stack((lon.ravel(), lat.ravel()), axis=1), crs).T
        columns, rows = (a * x + b * y + c).astype(int), (d * x + e * y + f).astype(int)
        touched = Span(float(HILLS[rows, columns].min()), float(HILLS[rows, columns].max()))
        assert said is None or Span(said.min - 1e-3, said.max + 1e-3).holds(touched)
        # where blocks are large, they end short of the extent's border
        assert said is not None or most_blocks < SHAPE[0] * SHAPE[1]

    holds()


def test_the_edge_of_a_long_box_bulges_on_the_grid(tmp_path: Path) -> None:
    """200 km of a parallel sag by eight of these rows; the height of a row is its number."""
    west, east, lat = 104.0, 106.0, 30.6
    lonlat = np.stack((np.linspace(west, east, 999), np.full(999, lat)), axis=1)
    x, y = from_canonical(lonlat, "EPSG:4544").T
    placed = rasterio.Affine(1000, 0, x.min() - 5000, 0, -50, y.max() + 500)
    rows = np.repeat(np.arange(500.0, 540.0)[:, None], 210, axis=1)
    path = a_tiff(tmp_path / "dem.tif", rows, crs="EPSG:4544", transform=placed)
    said = raster(path, extent=Extent(west, lat - 0.003, east, lat + 0.003)).height_m(
        (west, lat, east, lat)
    )
    touched = 500 + ((placed.f - y) // 50)
    assert touched.max() - touched.min() == 8
    assert said == Span(touched.min() - 2, touched.max() + 2)


def test_a_raster_is_kept_in_no_more_blocks_than_its_limit(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    path = a_tiff(tmp_path / "dem.tif")
    assert raster(path).levels[0][0].shape == (25, 25)
    monkeypatch.setattr(terrain, "MOST_BLOCKS", 100)
    coarse = raster(path)
    assert coarse.levels[0][0].shape == (8, 8)
    assert [least.shape for least, _ in coarse.levels[1:]] == [(4, 4), (2, 2), (1, 1)]
    assert coarse.height_m((104.05, 30.55, 104.15, 30.65)) is not None


# what is not known


@pytest.mark.parametrize(
    "make",
    [
        lambda path, heights: a_tiff(path, heights),
        lambda path, heights: a_tiff(path, np.nan_to_num(heights, nan=-32768), nodata=-32768),
        an_asc,
    ],
    ids=["nan", "nodata", "asc"],
)
def test_a_box_beside_an_unknown_cell_is_unknown(make, tmp_path: Path) -> None:
    heights = HILLS.copy()
    heights[15, 12] = nan
    found = raster(make(tmp_path / "dem", heights), crs="EPSG:4490")
    assert found.height_m(about(12, 15)) is None
    assert found.height_m(about(14, 15)) is None
    assert found.height_m(about(15, 15)) is not None
    assert found.height_m((104.0, 30.5, 104.2, 30.7)) is None


@pytest.mark.parametrize(
    "bounds",
    [
        (103.90, 30.6, 104.1, 30.65),
        (104.1, 30.6, 104.3, 30.65),
        (104.1, 30.4, 104.15, 30.6),
        (104.1, 30.6, 104.15, 30.8),
        (-180, -90, 180, 90),
    ],
)
@pytest.mark.parametrize("crs", ["EPSG:4490", "EPSG:4544"])
def test_beyond_the_raster_nothing_is_known(bounds: tuple, crs: str, tmp_path: Path) -> None:
    changes = (
        {} if crs == "EPSG:4490" else dict(zip(("crs", "transform"), projected(), strict=True))
    )
    assert raster(a_tiff(tmp_path / "dem.tif", **changes)).height_m(bounds) is None


def test_what_lies_beyond_the_extent_is_not_even_read(tmp_path: Path) -> None:
    """Else the mountains of the next province would contradict the pack."""
    heights = HILLS.copy()
    heights[:, :2] = 7000
    assert raster(a_tiff(tmp_path / "dem.tif", heights)).heights.max < 1050


# how it is written


def test_scale_and_offset_of_a_file_are_applied(tmp_path: Path) -> None:
    decimetres = a_tiff(
        tmp_path / "dem.tif", np.full(SHAPE, 3000), dtype="int16", scale=0.1, offset=200, unit="m"
    )
    assert raster(decimetres).height_m(about(12, 15)) == Span(500, 500)


@pytest.mark.parametrize("crs", ["EPSG:4326", "EPSG:4326+5773", "EPSG:4490"])
def test_the_vertical_system_of_a_file_may_be_stated(crs: str, tmp_path: Path) -> None:
    assert raster(a_tiff(tmp_path / "dem.tif", crs=crs)).crs in ("EPSG:4326", "EPSG:4490")


def test_a_file_may_run_from_south_to_north(tmp_path: Path) -> None:
    south = NORTH - STEP * SHAPE[0]
    upwards = rasterio.Affine(STEP, 0, WEST, 0, STEP, south)
    turned = raster(a_tiff(tmp_path / "up.tif", HILLS[::-1], transform=upwards))
    usual = raster(a_tiff(tmp_path / "down.tif"))
    assert turned.height_m(about(12, 15)) == usual.height_m(about(12, 15))


@pytest.mark.parametrize(
    ("changes", "code"),
    [
        ({"crs": None}, "terrain_crs_unknown"),
        ({"crs": "EPSG:4979"}, "terrain_not_amsl"),
        ({"crs": "EPSG:4610"}, "terrain_crs_unknown"),
        ({"transform": rasterio.Affine(STEP, 0, 110, 0, -STEP, NORTH)}, "terrain_elsewhere"),
        ({"heights": np.full(SHAPE, nan)}, "terrain_elsewhere"),
        ({"heights": HILLS * 10}, "terrain_not_credible"),
        ({"heights": np.where(HILLS > 1000, -32768, HILLS)}, "terrain_not_credible"),
        ({"heights": HILLS - 400}, "terrain_beyond_pack"),
        ({"heights": HILLS / 0.3048, "unit": "ft"}, "terrain_not_metres"),
        ({"heights": np.stack((HILLS, HILLS))}, "terrain_not_one_band"),
    ],
)
def test_a_raster_that_cannot_be_used_is_refused(
    changes: dict[str, Any], code: str, tmp_path: Path
) -> None:
    path = a_tiff(tmp_path / "dem.tif", **changes)
    with pytest.raises(Malformed, match=r"dem\.tif") as refused:
        raster(path)
    assert [problem.code for problem in refused.value.problems] == [code]


def test_a_raster_that_lies_nowhere_is_refused(tmp_path: Path) -> None:
    nowhere = tmp_path / "dem.tif"
    with pytest.warns(rasterio.errors.NotGeoreferencedWarning):
        a_tiff(nowhere, transform=None)
    sizeless = an_asc(tmp_path / "dem.asc")
    sizeless.write_text(sizeless.read_text().replace(f"cellsize {STEP}", "cellsize 0"))
    for path in (nowhere, sizeless):
        with pytest.raises(Malformed) as refused:
            raster(path)
        assert refused.value.problems[0].code == "terrain_unplaced"


@pytest.mark.parametrize("content", [b"", b"II*\0", b"MM no", b"ncols 3\n", b"<VRTDataset/>"])
def test_a_file_that_is_no_raster_is_refused(content: bytes, tmp_path: Path) -> None:
    (tmp_path / "dem").write_bytes(content)
    for path in (tmp_path / "dem", tmp_path / "absent", tmp_path):
        with pytest.raises(Malformed) as refused:
            raster(path)
        assert refused.value.problems[0].code == "terrain_unreadable"


def test_a_file_and_the_settings_must_agree_on_the_reference_system(tmp_path: Path) -> None:
    asc = an_asc(tmp_path / "dem.asc")
    with pytest.raises(Malformed, match="TESTZONE_TERRAIN_CRS"):
        raster(asc)
    with pytest.raises(Malformed, match="unknown reference system"):
        raster(asc, crs="EPSG:0001")
    with pytest.raises(Malformed, match="EPSG:4490"):
        raster(a_tiff(tmp_path / "dem.tif"), crs="EPSG:4326")


def test_more_cells_than_can_be_read_are_refused(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(terrain, "MOST_CELLS", 500)
    with pytest.raises(Malformed, match="25 x 25 cells"):
        raster(a_tiff(tmp_path / "dem.tif"))


# in the registry


def test_the_registry_judges_by_the_models_that_its_settings_name(tmp_path: Path) -> None:
    plain = a_tiff(tmp_path / "dem.tif", np.full(SHAPE, 480.0))
    grid = a_grid(
        tmp_path / "geoid.gtx", [[-43.5] * 30] * 30, south=29, west=102, step_lat=1, step_lon=1
    )
    database = f"sqlite:///{tmp_path / 'registry.sqlite'}"
    models = {"terrain": plain, "terrain_error_m": 10, "geoid": grid, "geoid_error_m": 0.5}
    registry = compose(Settings(database_url=database, **models))
    frame = registry.context().frame
    assert frame.ground_at(about(12, 15)) == Ground(470, 490, -44, -43)
    # beyond the raster the pack's ground
    assert frame.ground_at((103.3, 30.5, 103.31, 30.51)).terrain == frame.ground.terrain
    assert replace(frame, terrains=(), geoid=None).ground_at(about(12, 15)) == frame.ground
