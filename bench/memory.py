"""What values and geometries that stay in memory weigh, seen from outside: a process of its own."""

import os
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

from bench.machine import Figure
from bench.permits import permit
from bench.synthetic import volumes
from geo.crs import Plane
from service.adapters.db.codec import decode, encode
from service.adapters.db.contents import CAPACITY
from service.domain.permit import Permit

_VALUES = 10_000
_PLANE = Plane(lon_0=104.06, lat_0=30.75, lat_1=30.11, lat_2=31.39)


def figures() -> Iterator[Figure]:
    """Kilobytes for each permit, its geometry in degrees and in the plane, and the cap of all."""
    command = [sys.executable, "-m", "bench.memory"]
    out = subprocess.run(command, check=True, capture_output=True, text=True).stdout
    characters, value_kb, planar_kb = map(float, out.split())
    most = CAPACITY / characters
    yield Figure(
        "memory for each permit remembered",
        f"{planar_kb:.1f} kB planar core, {value_kb:.1f} kB value with its core in degrees, of "
        f"{characters / 1e3:.1f} kB text; at most {CAPACITY / 1e6:.0f} MB of text, so "
        f"{most:,.0f} such permits in {most * (planar_kb + value_kb) / 1e3:.0f} MB",
        "stated",
        True,
    )


def main() -> None:
    """Print the mean length of a text, kilobytes for a value, kilobytes for its planar core."""
    texts = [encode(permit(n, use)) for n, use in enumerate(volumes(_VALUES, seed=1))]
    before = _resident_kb()
    values = [decode(Permit, text) for text in texts]
    decoded = _resident_kb()
    for value in values:
        for planned in value.content.volumes:
            planned.volume.footprint.on(_PLANE)
    after = _resident_kb()
    characters = sum(map(len, texts)) / _VALUES
    print(characters, (decoded - before) / _VALUES, (after - decoded) / _VALUES)


def _resident_kb() -> float:
    pages = int(Path("/proc/self/statm").read_text().split()[1])
    return pages * os.sysconf("SC_PAGE_SIZE") / 1e3


if __name__ == "__main__":
    main()
