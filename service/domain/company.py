"""Zones that together open what none of them opens alone: hours, heights (Art. 24-25).

What is asked is cut where an opening begins or ends. Of each part of the hours and heights the
zones that open it are a company, and every company must hold all of the place that is asked for.
"""

from collections import defaultdict
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, replace
from functools import lru_cache
from itertools import compress, pairwise
from math import isfinite
from zoneinfo import ZoneInfo

from geo.almanac import Calendar
from geo.altitude import AltitudeBand, Ground, Span, Unit, covers
from geo.openings import openings
from geo.schedule import Interval, Schedule
from geo.text import Text
from service.domain.kinds import Phase
from service.domain.zone import Zone

# heights that differ by less are one height, whatever unit they are written in
_HAIR_M = 0.001

Bands = tuple[AltitudeBand | None, ...]


@dataclass(frozen=True)
class Company:
    """Zones that hold a place together, and of which hours and heights that is asked.

    `either_way`: the direction in which they open roads does not count yet.
    """

    zones: tuple[Zone, ...]
    either_way: bool = True
    first: Interval | None = None
    band: AltitudeBand | None = None

    def told(self, zone: str) -> Text:
        """Of which hours and heights, where not of all that are asked; on `zone`'s clocks."""
        zh, en = "", ""
        if self.first is not None:
            since = f"{self.first.start.astimezone(ZoneInfo(zone)):%Y-%m-%d %H:%M}"
            zh, en = f"；最早自 {since} 起", f"; first from {since}"
        if self.band is not None:
            low, high = ("…" if end is None else f"{end:g}" for end in _ends(self.band))
            unit, reference = self.band.unit, self.band.reference
            zh = f"{zh}；涉及高度 {low} 至 {high} {unit}（{reference}）"
            en = f"{en}; at heights of {low} to {high} {unit} {reference}"
        return Text(zh, en)


def one_way(company: Company) -> Iterator[Company]:
    """The company as it opens roads in a direction."""
    matters = any(zone.is_one_way for zone in company.zones)
    yield replace(company, either_way=False) if matters else company


def open_for(company: Company, phase: Phase) -> Iterator[Company]:
    """What of the company is open to the phase."""
    yield replace(company, zones=tuple(z for z in company.zones if phase in z.phases_open))


def open_at(company: Company, asked: Schedule, calendar: Calendar) -> Iterator[Company]:
    """Who of the company opens what part of the hours asked for."""
    numbers = dict[Schedule, int]()
    of_zone = [numbers.setdefault(z.volume.schedule, len(numbers)) for z in company.zones]
    found = openings(asked, tuple(numbers), calendar)
    if found.keys() <= {frozenset(of_zone)}:
        # also where nothing is known to be asked at any time
        yield company
        return
    for held, first in found.items():
        zones = tuple(compress(company.zones, [number in held for number in of_zone]))
        yield replace(company, zones=zones, first=first)


def open_up(
    company: Company, asked: AltitudeBand | None, ground: Ground, *, surely: bool
) -> Iterator[Company]:
    """Who of the company opens, surely or perhaps, what part of the heights asked for."""
    whole = company.band or asked
    slabs = _opened(whole, _joined(company.zones, whole), ground, surely)
    for slab, held in slabs:
        zones = tuple(compress(company.zones, held))
        yield replace(company, zones=zones, band=slab if len(slabs) > 1 else company.band)


def least(companies: Iterable[Company]) -> Sequence[Company]:
    """The companies without those that have all the zones of another: what it holds, they hold."""
    kept: list[Company] = []
    for company in sorted(companies, key=lambda company: len(company.zones)):
        ids = {zone.id for zone in company.zones}
        if not any(ids.issuperset(zone.id for zone in other.zones) for other in kept):
            kept.append(company)
    return kept


@lru_cache(maxsize=2048)
def _opened(
    asked: AltitudeBand | None, bands: Bands, ground: Ground, surely: bool
) -> Sequence[tuple[AltitudeBand | None, Sequence[bool]]]:
    """The heights asked for, cut, and of each part which bands open it, surely or perhaps."""
    slabs = _slabs(asked, bands, ground) if asked else [None]
    return [
        (slab, [holds is True if surely else holds is not False for holds in held])
        for slab in slabs
        for held in [[covers(band, slab, ground) for band in bands]]
    ]


def _joined(zones: Sequence[Zone], asked: AltitudeBand | None) -> Bands:
    """The band of each zone, as one with those that adjoin it in zones otherwise alike.

    Above another reference it is in doubt where a band ends, but not that the next begins there.
    """
    joined = [zone.volume.altitude for zone in zones]
    alike: dict[object, list[tuple[int, AltitudeBand]]] = defaultdict(list)
    for number, zone in enumerate(zones):
        band = zone.volume.altitude
        if band is not None and asked is not None and band.reference is not asked.reference:
            place = replace(zone.volume, altitude=None), zone.road_ids, zone.direction
            alike[place, band.reference, band.unit].append((number, band))
    for stack in alike.values():
        stack.sort(key=lambda numbered: numbered[1].span.min)
        run: list[int] = []
        whole = stack[0][1]
        for number, band in stack:
            if band.span.min > whole.span.max:
                run, whole = [], band
            elif band.span.max > whole.span.max:
                whole = replace(whole, upper=band.upper)
            run.append(number)
            for member in run:
                joined[member] = whole
    return tuple(joined)


def _slabs(
    asked: AltitudeBand, bands: Iterable[AltitudeBand | None], ground: Ground
) -> Iterator[AltitudeBand]:
    """The heights asked for, cut wherever a band begins or ends or may do so."""
    low, high = asked.span.min, asked.span.max
    ends = {
        round(end, 3) for band in bands if band is not None for end in _cuts(band, asked, ground)
    }
    cuts = sorted(end for end in ends if low + _HAIR_M < end < high - _HAIR_M)
    if not cuts:
        yield asked
        return
    metre = 1.0 if asked.unit is not Unit.FL else _metres(asked)
    unit = Unit.FL if asked.unit is Unit.FL else Unit.m
    for lower, upper in pairwise([low, *cuts, high]):
        lower = lower + _HAIR_M if lower in ends else lower
        upper = upper - _HAIR_M if upper in ends else upper
        if lower < upper:
            within = [end / metre if isfinite(end) else None for end in (lower, upper)]
            yield replace(asked, lower=within[0], upper=within[1], unit=unit)


def _cuts(band: AltitudeBand, asked: AltitudeBand, ground: Ground) -> Iterator[float]:
    """Where the band may begin and end, in metres of the reference asked for."""
    if (band.unit is Unit.FL) is not (asked.unit is Unit.FL):
        return
    # levels are counted alike, whatever they are said to be measured from
    is_level = band.unit is Unit.FL
    step = Span(0.0, 0.0) if is_level else ground.step(band.reference, asked.reference)
    for end in (band.span.min, band.span.max):
        yield from (end + by for by in (step.min, step.max) if isfinite(end + by))


def _metres(band: AltitudeBand) -> float:
    """How many metres the unit of a band has."""
    return replace(band, lower=1.0, upper=2.0).span.min


def _ends(band: AltitudeBand) -> tuple[float | None, float | None]:
    """The ends as people write them, to a decimetre."""
    lower, upper = (None if end is None else round(end, 1) for end in (band.lower, band.upper))
    return lower, upper
