"""Reads the height of sea level from a grid in the GTX format, as proj-data packages have it.

Debian's proj-data installs /usr/share/proj/egm96_15.gtx. A file is one header and the nodes of the
grid, row by row from the south-west, all of it big-endian.
"""

from math import ceil, floor
from pathlib import Path

import numpy as np

from geo.altitude import Span
from geo.crs import Extent
from geo.geoid import GeoidTable
from geo.text import Text
from service.domain.errors import Malformed, Problem

_HEADER = np.dtype(
    {
        "names": ("south", "west", "step_lat", "step_lon", "rows", "columns"),
        "formats": (">f8", ">f8", ">f8", ">f8", ">i4", ">i4"),
    }
)


def read_gtx(path: Path, extent: Extent, within: Span, error_m: float) -> GeoidTable:
    """The part of a grid about the extent; Malformed when that is not there or leaves `within`.

    `error_m`: how far the sea level that heights are measured from may lie from the grid's.
    """
    size = path.stat().st_size if path.is_file() else 0
    header = np.fromfile(path, _HEADER, count=1) if size >= _HEADER.itemsize else np.empty(0)
    if not len(header):
        raise _refused(path, "geoid_unreadable", Text("不是 GTX 格网文件", "is no GTX grid"))
    south, west, step_lat, step_lon, *shape = header[0].item()
    whole = step_lat > 0 and step_lon > 0 and min(shape) >= 2
    if not whole or size != _HEADER.itemsize + 4 * shape[0] * shape[1]:
        raise _refused(
            path, "geoid_unreadable", Text("不是完整的 GTX 格网", "is no whole GTX grid")
        )
    rows = _about((extent.south - south) / step_lat, (extent.north - south) / step_lat, shape[0])
    columns = _about((extent.west - west) / step_lon, (extent.east - west) / step_lon, shape[1])
    if rows is None or columns is None:
        raise _refused(path, "geoid_elsewhere", Text("不覆盖受理范围", "does not hold the extent"))
    grid = np.memmap(path, ">f4", mode="r", offset=_HEADER.itemsize, shape=tuple(shape))
    nodes = grid[rows, columns].astype(np.float64)
    least, greatest = float(nodes.min()), float(nodes.max())
    # the mark of a gap, -88.8888, is such a number too
    if not (within.min <= least and greatest <= within.max):
        raise _refused(path, "geoid_beyond_pack", _beyond(least, greatest, within))
    return GeoidTable(
        west=west + columns.start * step_lon,
        south=south + rows.start * step_lat,
        step_lon=step_lon,
        step_lat=step_lat,
        rows=tuple(map(tuple, nodes.tolist())),
        error_m=error_m,
    )


def _about(first: float, last: float, nodes: int) -> slice | None:
    """The nodes around a stretch counted in steps, and one more on either side where there is one.

    None when the stretch is not all on the grid.
    """
    if not 0 <= first <= last <= nodes - 1:
        return None
    return slice(max(floor(first) - 1, 0), min(ceil(last) + 2, nodes))


def _beyond(least: float, greatest: float, within: Span) -> Text:
    return Text(
        f"给出 {least:.1f} 至 {greatest:.1f} 米，超出规则 jurisdiction.ground 的 "
        f"{within.min:g} 至 {within.max:g} 米",
        f"says {least:.1f} to {greatest:.1f} m, where the rule jurisdiction.ground says "
        f"{within.min:g} to {within.max:g} m",
    )


def _refused(path: Path, code: str, words: Text) -> Malformed:
    return Malformed([Problem("", code, Text(f"{path} {words.zh}", f"{path} {words.en}"))])
