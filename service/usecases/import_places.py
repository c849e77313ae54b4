"""Where imported things lie beside where the registry has them: the same place, or all of it moved.

A file in another datum reads well and lies hundreds of metres off, and no range check sees that
(decision 6); the things that are known already give it away.
"""

from collections.abc import Mapping, Sequence
from dataclasses import replace

import shapely
from shapely.geometry.base import BaseGeometry

from geo.crs import Positions
from geo.footprint import Footprint
from geo.text import Text
from service.domain.errors import Problem, Refused
from service.domain.importing import ImportKind, Shift
from service.domain.restriction import Restriction
from service.domain.road import District, Road
from service.domain.zone import Zone
from service.usecases.context import Context
from service.usecases.ports import Query, Tx, every
from service.usecases.restrictions import RestrictionRequest
from service.usecases.zones import ZoneRequest

SAME_DEG = 1e-9
"""A tenth of a millimetre; what is exported has nine decimals."""

Value = Road | District | ZoneRequest | RestrictionRequest


class Moved(Refused):
    """All that is known of a file would move one way, as under another datum."""

    code = "all_moved"


def place_of(value: Value | None) -> BaseGeometry | None:
    """The geometry of what was read; None where it has none of its own."""
    match value:
        case None:
            return None
        case Road():
            return value.line
        case District():
            return value.area
        case ZoneRequest() | RestrictionRequest():
            return value.geometry


def road_as_kept(new: Road, kept: Road) -> Road:
    """The new road where the registry has it, if that is the same place."""
    same = _same(new.line, kept.line)
    return replace(new, line=kept.line, length_m=kept.length_m) if same else new


def district_as_kept(new: District, kept: District) -> District:
    """The new district where the registry has it, if that is the same place."""
    same = _same(new.area, kept.area)
    return replace(new, area=kept.area, repaired=kept.repaired) if same else new


def zone_as_kept(new: Zone, kept: Zone) -> Zone:
    """The new zone where the registry has it, stated as it was, if that is the same place."""
    there = kept.volume.footprint
    if not _same_footprint(new.volume.footprint, there):
        return new
    volume = replace(new.volume, footprint=there)
    return replace(new, volume=volume, declared=kept.declared, width_m=kept.width_m)


def restriction_as_kept(new: Restriction, kept: Restriction) -> Restriction:
    """The new restriction where the registry has it, stated as it was, if that is the place."""
    there = kept.volume.footprint
    if not _same_footprint(new.volume.footprint, there):
        return new
    return replace(new, volume=replace(new.volume, footprint=there), declared=kept.declared)


def moves(
    tx: Tx,
    ctx: Context,
    kind: ImportKind,
    wanted: Mapping[str, BaseGeometry],
    crs: str,
    *,
    allowed: bool,
) -> tuple[Problem, ...]:
    """What is to be said when known things would move far and all one way; `wanted` is by id.

    Moved when that is most of them, unless it is `allowed`.
    """
    known = _known(tx, kind, wanted)
    if not known:
        return ()
    before, after = (_centres(ctx, [places[key] for key in known]) for places in (known, wanted))
    shift = Shift.between(before, after)
    if shift is None:
        return ()
    words = _words(shift, _earlier_crs(tx, kind), crs)
    if not shift.is_of_all:
        return (Problem("", "some_moved", words),)
    if not allowed:
        raise Moved(
            Text(
                f"{words.zh}。如确已移动，请注明 moved（命令行 --moved）后重新导入",
                f"{words.en}. If they have really moved, import it again with `moved` (--moved)",
            )
        )
    return (Problem("/crs", Moved.code, words),)


def _same_footprint(one: Footprint, other: Footprint) -> bool:
    return one.radius_m == other.radius_m and _same(one.core, other.core)


def _same(one: BaseGeometry, other: BaseGeometry) -> bool:
    return bool(shapely.equals_exact(one, other, SAME_DEG))


def _known(
    tx: Tx, kind: ImportKind, wanted: Mapping[str, BaseGeometry]
) -> Mapping[str, BaseGeometry]:
    """Where the registry has those of the things that it knows."""
    match kind:
        case ImportKind.roads:
            return {key: road.line for key, road in tx.roads.find(wanted).items()}
        case ImportKind.districts:
            return {key: found.area for key, found in tx.districts.find(wanted).items()}
        case ImportKind.zones:
            zones = tx.zones.find(wanted)
            return {key: zone.volume.footprint.core for key, zone in zones.items()}
        case ImportKind.restrictions | ImportKind.runways | ImportKind.rail:
            restrictions = tx.restrictions.find(wanted)
            return {key: found.volume.footprint.core for key, found in restrictions.items()}
        case ImportKind.telemetry:
            return {}


def _centres(ctx: Context, places: Sequence[BaseGeometry]) -> Positions:
    lonlat = shapely.get_coordinates(shapely.centroid(places))
    return ctx.frame.plane.project_positions(lonlat)


def _earlier_crs(tx: Tx, kind: ImportKind) -> str:
    """The reference system of the last import of that kind; a dash where none is known."""
    reports = every(tx.imports.page, Query().only("kind", [kind]))
    return next((report.crs for report in reversed(list(reports)) if report.crs), "-")


def _words(shift: Shift, earlier: str, crs: str) -> Text:
    moved, known, distance = shift.moved, shift.known, f"{shift.distance_m:,.0f}"
    return Text(
        f"已登记的 {known} 项中有 {moved} 项朝同一方向移动约 {distance} 米；"
        f"此前导入的坐标系为 {earlier}，本次为 {crs}",
        f"{moved} of the {known} items that are known move by about {distance} m, all one way; "
        f"the earlier import was in {earlier}, this file is in {crs}",
    )
