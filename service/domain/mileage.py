"""Where the proved kilometres were driven: by day, mode, zone, road stretch and direction.

The path is matched to the stretches of the permit that it was driven under (Art. 24; CN-ICV-97 on
declared segments). What lies on none of them, as in areas and in the air, is told without a
stretch. Parts add up: to what the summary proves, and to what a day, a stretch or a zone has seen.
"""

from collections import defaultdict
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from functools import lru_cache
from itertools import pairwise
from zoneinfo import ZoneInfo

import numpy as np
import shapely
from numpy.typing import NDArray
from shapely import LineString

from geo.crs import Plane
from geo.network import NetworkIndex, Stretch, StretchUse, match
from service.domain.breach import Case
from service.domain.evidence import Part, Where
from service.domain.kinds import ControlMode
from service.domain.pace import Flags, Floats
from service.domain.place import PlannedVolume
from service.domain.rulepack import LimitKey

_NOWHERE = -1
_QUARTER_S = 900
_NOTHING_M = 1.0
"""Less than this beside the stretches is how a path and a road are drawn, and no place."""


@dataclass(frozen=True)
class Driven:
    """What was proved on each of n segments: metres and seconds, in a mode; 0 where nothing was."""

    metres: Floats
    seconds: Floats
    modes: Sequence[ControlMode]


def parts(case: Case, driven: Driven, network: NetworkIndex | None) -> tuple[Part, ...]:
    """The parts of what was driven, which add up to it, in an order of their own.

    `network` holds the stretches of the permit; None when it names none.
    """
    sums: dict[Where, NDArray[np.float64]] = defaultdict(lambda: np.zeros(4))
    for run in _runs(case, driven):
        for where, amounts in run.spread(case, network):
            sums[where] += amounts
    return tuple(
        Part(where, float(km), float(hours), int(entries), int(exits))
        for where, (km, hours, entries, exits) in sorted(sums.items(), key=_order)
    )


@lru_cache(maxsize=256)
def network_of(stretches: tuple[Stretch, ...], plane: Plane) -> NetworkIndex:
    """The stretches ready to be matched; those of the permits in use are kept."""
    return NetworkIndex(stretches, plane)


@dataclass(frozen=True)
class _Run:
    """Segments that follow on each other in one volume, one mode and one day."""

    first: int
    last: int
    day: date
    mode: ControlMode
    planned: PlannedVolume | None
    driven: Driven

    def spread(
        self, case: Case, network: NetworkIndex | None
    ) -> Iterator[tuple[Where, NDArray[np.float64]]]:
        """Each place of the run with its kilometres, hours, entries and exits."""
        here = slice(self.first, self.last + 1)
        km = float(self.driven.metres[here].sum()) / 1_000
        hours = float(self.driven.seconds[here].sum()) / 3_600
        uses = self._uses(case, network)
        used_m, path_m = sum(map(_length_m, uses)), float(case.sweep.length_m[here].sum())
        beside_m = path_m - used_m if path_m - used_m > _NOTHING_M else 0.0
        for use in uses:
            share = _length_m(use) / (used_m + beside_m)
            ends = self._ends(use, case, network)
            where = self._where(use.stretch_id, use.forward)
            yield where, np.array([km * share, hours * share, *ends])
        if beside_m or not uses:
            share = beside_m / (used_m + beside_m) if uses else 1.0
            yield self._where(), np.array([km * share, hours * share, 0, 0])

    def _where(self, stretch_id: str | None = None, forward: bool | None = None) -> Where:
        zone_id = self.planned.zone_id if self.planned else None
        return Where(self.day, self.mode, zone_id, stretch_id, forward)

    def _uses(self, case: Case, network: NetworkIndex | None) -> tuple[StretchUse, ...]:
        """The stretches of its volume that it runs along, in the directions asked for."""
        if network is None or self.planned is None or not self.planned.stretches:
            return ()
        path = LineString(case.sweep.track.lonlat[self.first : self.last + 2])
        found = match(path, network, _tolerance_m(case), network.plane)
        asked = {(use.stretch_id, use.forward) for use in self.planned.stretches}
        return tuple(use for use in found.uses if (use.stretch_id, use.forward) in asked)

    def _ends(self, use: StretchUse, case: Case, network: NetworkIndex | None) -> tuple[bool, bool]:
        """Whether it came in at the begin of the stretch, and went out at its end."""
        assert network is not None, "uses come of a network"
        near_m = _tolerance_m(case)
        length_m = next(s.length_m for s in network.stretches if s.id == use.stretch_id)
        at_start, at_end = use.from_m <= near_m, use.to_m >= length_m - near_m
        return (at_start, at_end) if use.forward else (at_end, at_start)


def _runs(case: Case, driven: Driven) -> Iterator[_Run]:
    days, volumes, modes = _days(case), _volumes(case), driven.modes
    counts = (driven.metres > 0) | (driven.seconds > 0)
    turns = np.flatnonzero(_turns(counts) | _turns(days) | _turns(volumes) | _mode_turns(modes)) + 1
    for first, end in pairwise((0, *turns.tolist(), len(counts))):
        if counts[first]:
            day, volume = date.fromordinal(int(days[first])), int(volumes[first])
            planned = None if volume == _NOWHERE else case.permit.content.volumes[volume]
            yield _Run(first, end - 1, day, modes[first], planned, driven)


def _turns(values: NDArray[np.generic]) -> Flags:
    """Where the value of a segment differs from that of the one before it, from the second on."""
    turns: Flags = values[1:] != values[:-1]
    return turns


def _mode_turns(modes: Sequence[ControlMode]) -> Flags:
    if modes.count(modes[0]) == len(modes):
        return np.zeros(len(modes) - 1, np.bool_)
    return np.array([one is not other for one, other in pairwise(modes)], np.bool_)


def _days(case: Case) -> NDArray[np.int64]:
    """The day on which each segment began, on the jurisdiction's clocks, as an ordinal."""
    zone, times = ZoneInfo(case.law.frame.zone), case.sweep.track.times
    if times is None:
        return np.full(len(case.bound), case.summary.started_at.astimezone(zone).toordinal())
    first, last = (datetime.fromtimestamp(at, zone).toordinal() for at in (times[0], times[-2]))
    if first == last:
        return np.full(len(case.bound), first)
    # clocks are put on, and days begin, at quarters of an hour
    quarters, of = np.unique(times[:-1] // _QUARTER_S, return_inverse=True)
    ordinals = [datetime.fromtimestamp(at * _QUARTER_S, zone).toordinal() for at in quarters]
    return np.array(ordinals)[of]


def _volumes(case: Case) -> NDArray[np.intp]:
    """In which of the permit's volumes the middle of each segment lies: the first, or -1."""
    plane, tolerance_m = case.law.frame.plane, _tolerance_m(case)
    planned, home = case.permit.content.volumes, _NOWHERE
    if case.limit(LimitKey.excursion_tolerance_m) <= tolerance_m:
        # what holds all of the path is near all of it: only a volume before that one may be, too
        home = case.home
    found = np.full(len(case.bound), home)
    others = planned if home == _NOWHERE else planned[:home]
    if others:
        ends = case.sweep.track.lonlat
        middles = shapely.points(plane.project_positions((ends[:-1] + ends[1:]) / 2))
    for number, one in reversed(list(enumerate(others))):
        footprint = one.volume.footprint
        reach_m = footprint.radius_m + tolerance_m
        found[shapely.dwithin(footprint.on(plane), middles, reach_m)] = number
    return found


def _tolerance_m(case: Case) -> float:
    return max(case.limit(LimitKey.match_tolerance_m), case.summary.horizontal_accuracy_m)


def _length_m(use: StretchUse) -> float:
    return use.to_m - use.from_m


def _order(item: tuple[Where, object]) -> tuple[str, ...]:
    where = item[0]
    return tuple(map(str, (where.day, where.mode, where.zone_id, where.stretch_id, where.forward)))
