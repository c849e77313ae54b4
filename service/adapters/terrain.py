"""The terrain out of a raster that a city supplies: GeoTIFF or ESRI ASCII, metres above sea level.

What of it lies in the extent is read once, strip by strip, into blocks of their least and greatest
heights and into ever larger blocks above them; then any box is answered from memory. Boxes are
rounded outwards to blocks: an answer may be wider than the raster's and is never narrower.
"""

import warnings
from collections.abc import Iterator
from dataclasses import dataclass, field
from math import ceil, sqrt
from pathlib import Path
from typing import TypeAlias

import numpy as np
import rasterio  # type: ignore[import-untyped]
from numpy.typing import NDArray
from pyproj import CRS
from pyproj.exceptions import CRSError
from rasterio.errors import NotGeoreferencedWarning, RasterioError  # type: ignore[import-untyped]
from rasterio.windows import Window  # type: ignore[import-untyped]

from geo.altitude import Span
from geo.crs import Extent, Positions, from_canonical
from geo.errors import CrsRefused
from geo.ground import Bounds
from geo.text import Text
from service.domain.errors import Malformed, Problem

MOST_BLOCKS = 8_000_000
"""A raster of more cells is kept in blocks of several. All levels together: 86 MB at the most."""
MOST_CELLS = 500_000_000
"""What a raster may have in the extent: to read more takes minutes and serves nobody."""
CREDIBLE = Span(-500.0, 9000.0)
"""Dry land lies between; a mountain in feet does not, nor does a gap that was not declared."""

_STRIP_CELLS = 1_000_000
_MOST_LOOKED_AT = 16_384
# one for what is interpolated from the cells beside a box, one for the bulge of the box's edges
_MARGIN_CELLS = 2
_EDGE_DEG = 0.02
_METRES = {None, "", "m", "metre", "meter", "metres", "meters"}

Heights: TypeAlias = NDArray[np.float32]
Level: TypeAlias = tuple[Heights, Heights]
Affine: TypeAlias = tuple[float, ...]
"""Six numbers: column = a x + b y + c, row = d x + e y + f."""


@dataclass(frozen=True, eq=False)
class TerrainRaster:
    """Heights of the terrain in blocks of a grid; see geo.ground.Terrain.

    `to_blocks` leads from positions in `crs` to columns and rows of the smallest blocks, `margin`
    is counted in them. `levels` are the least and the greatest height of each block, NaN where not
    all of it is known, every level half as fine as the one before. `heights`: the range of them
    all. `error_m`: how far the true terrain may lie from the raster's.
    """

    crs: str
    to_blocks: Affine
    margin: float
    levels: tuple[Level, ...] = field(repr=False)
    heights: Span
    error_m: float

    def height_m(self, bounds: Bounds) -> Span | None:
        """The least and the greatest height in the box, error counted in; None where unknown."""
        first, last = _reach(bounds, self.crs, self.to_blocks, self.margin)
        rows, columns = self.levels[0][0].shape
        if not (first.min() >= 0 and last[0] < columns and last[1] < rows):
            return None
        (left, top), (right, bottom) = first.astype(int).tolist(), last.astype(int).tolist()
        level = 0
        while (right - left + 1) * (bottom - top + 1) > _MOST_LOOKED_AT:
            left, top, right, bottom = (side // 2 for side in (left, top, right, bottom))
            level += 1
        least, greatest = self.levels[level]
        box = slice(top, bottom + 1), slice(left, right + 1)
        low, high = float(least[box].min()), float(greatest[box].max())
        # a block that is not known makes the least of them NaN
        return Span(low - self.error_m, high + self.error_m) if low <= high else None


def read_terrain(
    path: Path, extent: Extent, within: Span, error_m: float, crs: str | None = None
) -> TerrainRaster:
    """The raster as far as it lies in the extent; Malformed says why it cannot be used.

    `within`: the heights that the rule pack gives the extent, which candidates are searched by; a
    raster that leaves them contradicts the pack. `crs`: for a file that does not name its own.
    """
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("error", NotGeoreferencedWarning)
            with rasterio.open(path, driver=_driver(path)) as dataset:
                return _read(path, dataset, extent, within, error_m, crs)
    except (OSError, RasterioError, CRSError) as error:
        words = Text(
            f"无法作为 GeoTIFF 或 ASC 读取：{error}", f"cannot be read as GeoTIFF or ASC: {error}"
        )
        raise _refused(path, "terrain_unreadable", words) from error
    except NotGeoreferencedWarning as error:
        words = Text("没有地理参考", "does not say where it lies")
        raise _refused(path, "terrain_unplaced", words) from error


def _read(
    path: Path,
    dataset: rasterio.DatasetReader,
    extent: Extent,
    within: Span,
    error_m: float,
    given: str | None,
) -> TerrainRaster:
    _refuse_unfit(path, dataset)
    crs = _system(path, dataset, given)
    window = _window(path, dataset, extent, crs)
    size = ceil(sqrt(max(window.width * window.height / MOST_BLOCKS, 1)))
    finest = _blocks(dataset, window, size)
    if np.isnan(finest[0]).all():
        words = Text("在受理范围内没有高程", "knows no height in the extent")
        raise _refused(path, "terrain_elsewhere", words)
    heights = Span(float(np.nanmin(finest[0])), float(np.nanmax(finest[1])))
    if not CREDIBLE.holds(heights):
        raise _refused(path, "terrain_not_credible", _not_credible(heights))
    if not within.holds(heights):
        raise _refused(path, "terrain_beyond_pack", _beyond(heights, within))
    a, b, c, d, e, f = _to_cells(dataset)
    to_window = a, b, c - window.col_off, d, e, f - window.row_off
    return TerrainRaster(
        crs=crs,
        to_blocks=tuple(number / size for number in to_window),
        margin=_MARGIN_CELLS / size,
        levels=tuple(_levels(finest)),
        heights=heights,
        error_m=error_m,
    )


def _driver(path: Path) -> str:
    # only these two: other formats may name further files, or hosts
    with path.open("rb") as file:
        return "GTiff" if file.read(2) in (b"II", b"MM") else "AAIGrid"


def _system(path: Path, dataset: rasterio.DatasetReader, given: str | None) -> str:
    """The horizontal reference system, as the file names it or as it was given."""
    own = None
    if dataset.crs:
        system = CRS.from_wkt(dataset.crs.to_wkt(version="WKT2_2019"))
        if len(system.axis_info) == 3 and not system.is_compound:
            words = Text(
                "的高程从椭球面起算，须为海拔", "is above the ellipsoid, not above the sea"
            )
            raise _refused(path, "terrain_not_amsl", words)
        code = (system.sub_crs_list[0] if system.is_compound else system).to_epsg()
        own = code and f"EPSG:{code}"
    if own and given and own != given:
        words = Text(f"自称 {own}，与设置的 {given} 不符", f"says {own}, the settings say {given}")
        raise _refused(path, "terrain_crs_differs", words)
    crs = own or given
    if crs is None:
        words = Text("未声明坐标参考系", "names no reference system: set TESTZONE_TERRAIN_CRS")
        raise _refused(path, "terrain_crs_unknown", words)
    try:
        from_canonical(np.zeros((1, 2)), crs)
    except CrsRefused as refused:
        raise _refused(path, "terrain_crs_unknown", refused.message) from refused
    return crs


def _refuse_unfit(path: Path, dataset: rasterio.DatasetReader) -> None:
    unit = dataset.units[0]
    if dataset.transform.is_degenerate:
        words = Text("的格网没有大小", "has cells without a size")
        raise _refused(path, "terrain_unplaced", words)
    if dataset.count != 1:
        words = Text(f"有 {dataset.count} 个波段，须为 1 个", f"has {dataset.count} bands, not one")
        raise _refused(path, "terrain_not_one_band", words)
    if unit not in _METRES:
        words = Text(f"的单位是 {unit}，须为米", f"is in {unit}, not in metres")
        raise _refused(path, "terrain_not_metres", words)


def _window(path: Path, dataset: rasterio.DatasetReader, extent: Extent, crs: str) -> Window:
    """The cells about the extent, as far as the file has them."""
    bounds = extent.west, extent.south, extent.east, extent.north
    first, last = _reach(bounds, crs, _to_cells(dataset), _MARGIN_CELLS)
    shape = np.array([dataset.width, dataset.height])
    start, stop = first.clip(0, shape).astype(int), (last + 1).clip(0, shape).astype(int)
    if (start >= stop).any():
        words = Text("不在受理范围内", "does not lie in the extent")
        raise _refused(path, "terrain_elsewhere", words)
    (left, top), (width, height) = start.tolist(), (stop - start).tolist()
    if width * height > MOST_CELLS:
        words = Text(
            f"在受理范围内有 {width} × {height} 个格网，超过 {MOST_CELLS:,}：请先降低分辨率",
            f"has {width} x {height} cells in the extent, more than {MOST_CELLS:,}: resample it",
        )
        raise _refused(path, "terrain_too_fine", words)
    return Window(left, top, width, height)


def _to_cells(dataset: rasterio.DatasetReader) -> Affine:
    return tuple(map(float, (~dataset.transform)[:6]))


def _reach(bounds: Bounds, crs: str, to_grid: Affine, margin: float) -> tuple[Positions, Positions]:
    """The first and the last column and row that a box, grown by the margin, reaches."""
    west, south, east, north = bounds
    lon = np.linspace(west, east, ceil((east - west) / _EDGE_DEG) + 2)
    lat = np.linspace(south, north, ceil((north - south) / _EDGE_DEG) + 2)
    outline = (
        np.concatenate((lon, lon, np.full_like(lat, west), np.full_like(lat, east))),
        np.concatenate((np.full_like(lon, south), np.full_like(lon, north), lat, lat)),
    )
    x, y = from_canonical(np.stack(outline, axis=1), crs).T
    a, b, c, d, e, f = to_grid
    grid = np.stack((a * x + b * y + c, d * x + e * y + f), axis=1)
    return np.floor(grid.min(axis=0) - margin), np.floor(grid.max(axis=0) + margin)


def _blocks(dataset: rasterio.DatasetReader, window: Window, size: int) -> Level:
    """The least and the greatest height in each whole block of size by size cells of the window."""
    rows, columns = window.height // size, window.width // size
    least: Heights = np.empty((rows, columns), np.float32)
    greatest = np.empty_like(least)
    strip = max(_STRIP_CELLS // (window.width * size), 1)
    for first in range(0, rows, strip):
        last = min(first + strip, rows)
        top, height = window.row_off + first * size, (last - first) * size
        cells = _heights(dataset, Window(window.col_off, top, columns * size, height))
        least[first:last] = _coarser(np.minimum, cells, size)
        greatest[first:last] = _coarser(np.maximum, cells, size)
    return least, greatest


def _heights(dataset: rasterio.DatasetReader, part: Window) -> Heights:
    """The cells in metres, NaN where unknown."""
    raw = dataset.read(1, window=part, masked=True)
    scale, offset = dataset.scales[0], dataset.offsets[0]
    cells: Heights = (raw.astype(np.float64) * scale + offset).astype(np.float32).filled(np.nan)
    cells[~np.isfinite(cells)] = np.nan
    return cells


def _levels(finest: Level) -> Iterator[Level]:
    level = finest
    yield level
    while level[0].size > 1:
        level = _coarser(np.minimum, level[0], 2), _coarser(np.maximum, level[1], 2)
        yield level


def _coarser(pick: np.ufunc, cells: Heights, size: int) -> Heights:
    """What `pick` takes out of each block of size by size cells; NaN where one is NaN."""
    if size == 1:
        return cells
    rows = pick.reduceat(cells, np.arange(0, cells.shape[0], size), axis=0)
    return np.asarray(pick.reduceat(rows, np.arange(0, cells.shape[1], size), axis=1))


def _not_credible(heights: Span) -> Text:
    span = f"{heights.min:g} … {heights.max:g}"
    return Text(
        f"的高程 {span} 不是以米为单位的陆地海拔：单位是否为英尺，缺测值是否未声明?",
        f"holds heights of {span}, no land in metres: in feet, or with a gap not declared?",
    )


def _beyond(heights: Span, within: Span) -> Text:
    return Text(
        f"的高程 {heights.min:g} 至 {heights.max:g} 米超出规则 jurisdiction.ground 的 "
        f"{within.min:g} 至 {within.max:g} 米",
        f"holds heights of {heights.min:g} to {heights.max:g} m, where the rule "
        f"jurisdiction.ground says {within.min:g} to {within.max:g} m",
    )


def _refused(path: Path, code: str, words: Text) -> Malformed:
    return Malformed([Problem("", code, Text(f"{path} {words.zh}", f"{path} {words.en}"))])
