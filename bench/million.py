"""The questions of conflicts.py about a million uses; by hand, since it takes 14 GB and an hour.

Permits that no question finds lie in the registry as spatial rows alone: the index is that of a
million, and what is never read is not written.
"""

from collections.abc import Iterator, Sequence
from pathlib import Path

import numpy as np
import shapely

from bench.conflicts import IN_MEMORY, LIMIT, MEMORY, POSTGIS, compete, growth, in_store, means_of
from bench.contest import Ratio, Times
from bench.machine import Figure
from bench.permits import fill, permit
from bench.places import opened, postgis
from bench.rivals import connected
from bench.synthetic import volumes
from bench.uses import SEPARATION, Uses
from geo.altitude import Ground
from geo.separation import NONE, Separation
from geo.volume import Volume4D
from service.adapters.db.columns import SRID
from service.adapters.db.envelopes import DIMENSIONS, box_around
from service.adapters.db.resources import PERMITS
from service.adapters.db.volumes import spatial_rows
from service.api.deps import Registry

SIZES = (10_000, 1_000_000)
_NEEDED_GB = 14
_REMEMBERED_MB = 600
"""What the questions find among a million, all over the city: more than one process is asked."""
_CONTESTS = (IN_MEMORY, (Ratio(POSTGIS, LIMIT),))
_COLUMNS = (
    *("kind", "subject_id", "position", "content_digest", "live", "core"),
    *(side for sides in DIMENSIONS for side in sides),
)


def figures() -> Iterator[Figure]:
    """Both sizes in one run: the index, the check on PostGIS, and how their means grow."""
    _refuse_without_memory()
    every = list(volumes(SIZES[-1], seed=1))
    means = []
    for size in SIZES:
        with postgis() as url, opened(url, remembered_mb=_REMEMBERED_MB) as made:
            uses = Uses(every[:size], made.context().frame)
            _fill(made, url, uses)
            times: dict[str, Times] = {}
            with made.store.read() as tx:
                contenders = {
                    LIMIT: uses.limit(),
                    MEMORY: uses.in_memory(),
                    POSTGIS: in_store(uses, tx),
                }
                yield from compete(uses, contenders, _CONTESTS, times)
            means.append(means_of(uses, times))
    yield from (growth(name, SIZES, means) for name in (MEMORY, POSTGIS))


def _fill(made: Registry, url: str, uses: Uses) -> None:
    """Permits for what the questions find, spatial rows of nothing for the rest."""
    ground = uses.frame.ground
    found = _found(uses, ground)
    fill(made, [(number, uses.all[number]) for number in found])
    rest = np.setdiff1d(np.arange(len(uses.all)), found)
    with connected(url) as connection:
        (digest,) = connection.execute("SELECT min(digest) FROM content").fetchone() or ("",)
        copy_in = f"COPY volume ({', '.join(_COLUMNS)}) FROM STDIN"
        with connection.cursor().copy(copy_in) as copy:
            for number in rest.tolist():
                (row,) = spatial_rows(PERMITS, permit(number, uses.all[number]), digest, ground)
                row["core"] = shapely.to_wkb(
                    shapely.set_srid(row["core"], SRID), hex=True, include_srid=True
                )
                copy.write_row([row[column] for column in _COLUMNS])
        connection.execute("ANALYZE volume")


def _found(uses: Uses, ground: Ground) -> list[int]:
    """The numbers of the uses that the candidate search finds for any question."""
    sides = _sides(uses.all, ground, NONE)
    found = np.zeros(len(uses.all), bool)
    for asked in _sides(uses.asked, ground, SEPARATION).T:
        met = np.ones(len(uses.all), bool)
        for low in range(0, len(sides), 2):
            met &= (sides[low] <= asked[low + 1]) & (asked[low] <= sides[low + 1])
        found |= met
    return np.flatnonzero(found).tolist()


def _sides(uses: Sequence[Volume4D], ground: Ground, margin: Separation) -> np.ndarray:
    """The boxes by side, shape (8, n), the two sides of a dimension after each other."""
    names = [side for sides in DIMENSIONS for side in sides]
    boxes = (box_around(use, ground, margin) for use in uses)
    return np.array([[getattr(box, name) for name in names] for box in boxes]).T


def _refuse_without_memory() -> None:
    told = Path("/proc/meminfo").read_text().split("MemAvailable:")[1]
    if int(told.split()[0]) < _NEEDED_GB * 1e6:
        raise SystemExit(f"a million uses take {_NEEDED_GB} GB of free memory")
