"""A fleet that never was: summaries as vehicles under permits would send them, faults included.

For demonstrations, load and long tests. Everything follows from the seed; nothing is looked up and
nothing is sent here. What is made has the shape of the contract, as any vehicle's would.
"""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import UTC, datetime, timedelta
from random import Random

import numpy as np
import shapely
from numpy.typing import NDArray
from shapely.geometry.base import BaseGeometry

from geo.altitude import AltitudeBand
from geo.crs import geodesic_distances_m
from service.domain.kinds import ControlMode, Direction, Domain
from service.domain.permit import Permit
from service.domain.place import PlannedVolume

Value = str | int | float | None | Sequence["Value"] | Mapping[str, "Value"]
Payload = dict[str, Value]

GROUND_MPS, AIR_MPS = 11.0, 14.0
ACCURACY_M = 0.5
_FIX_S = 5.0
_AUTOMATED = ControlMode.automated.value
_ASIDE_DEGREES = 0.0015
"""Some 150 m: further off than any accuracy excuses."""


@dataclass(frozen=True)
class Faults:
    """How often, 0 to 1, a summary is lost, sent twice, late, told by a wrong clock, jittery, or
    tells of an excursion."""

    lost: float = 0.0
    twice: float = 0.0
    late: float = 0.0
    skewed: float = 0.0
    jittery: float = 0.0
    astray: float = 0.0

    @classmethod
    def alike(cls, rate: float) -> "Faults":
        """Each at the same rate."""
        return cls(rate, rate, rate, rate, rate, rate)


@dataclass(frozen=True, eq=False)
class Ride:
    """A vehicle on its way along a path, to and fro where it may, else from its begin again.

    lonlat: (n, 2) degrees, canonical; along_m: (n,) metres from the begin.
    """

    permit_id: str
    vehicle_id: str
    supervision_mode: str
    lonlat: NDArray[np.float64]
    along_m: NDArray[np.float64]
    to_and_fro: bool
    speed_mps: float
    height_m: float | None = None
    reference: str | None = None


@dataclass(frozen=True)
class Sent:
    """A summary and when it is sent."""

    at: datetime
    payload: Payload


def rides(permits: Sequence[Permit]) -> Iterator[Ride]:
    """A ride for every vehicle of each permit, on its volumes in turn."""
    for permit in permits:
        volumes = permit.content.volumes
        for number, vehicle in enumerate(permit.vehicles):
            yield _ride(permit, vehicle.vehicle_id, volumes[number % len(volumes)])


def fleet(
    some: Sequence[Ride],
    start: datetime,
    lasting: timedelta,
    every: timedelta,
    faults: Faults,
    seed: int,
) -> Iterator[Sent]:
    """All that the rides send, in the order in which it arrives.

    A vehicle tells of one interval after the other and begins its count anew with each fleet.
    """
    chance = Random(seed)
    boot_id = f"simulated-{seed}-{start:%Y%m%dT%H%M%S}"
    waiting: list[Sent] = []
    for number in range(int(lasting / every)):
        begin = start + number * every
        for ride in some:
            payload = _summary(ride, boot_id, number, begin, every, faults, chance)
            waiting += _sendings(Sent(begin + every, payload), every, faults, chance)
        waiting.sort(key=lambda sent: sent.at)
        due = sum(sent.at <= begin + every for sent in waiting)
        yield from waiting[:due]
        del waiting[:due]
    yield from waiting


def _sendings(sent: Sent, every: timedelta, faults: Faults, chance: Random) -> Iterator[Sent]:
    """When a summary arrives: not at all, late, or twice."""
    if _befalls(faults.lost, chance):
        return
    if _befalls(faults.late, chance):
        sent = replace(sent, at=sent.at + chance.randint(1, 20) * every)
    yield sent
    if _befalls(faults.twice, chance):
        yield replace(sent, at=sent.at + chance.randint(0, 3) * every)


def _befalls(rate: float, chance: Random) -> bool:
    return chance.random() < rate


def _ride(permit: Permit, vehicle_id: str, planned: PlannedVolume) -> Ride:
    lonlat = _path(planned.volume.footprint.core)
    steps = geodesic_distances_m(lonlat[:-1], lonlat[1:])
    flies = permit.content.domain is Domain.air
    height_m, reference = _height(planned.volume.altitude) if flies else (None, None)
    return Ride(
        permit_id=permit.id,
        vehicle_id=vehicle_id,
        supervision_mode=permit.content.supervision_mode.value,
        lonlat=lonlat,
        along_m=np.concatenate(([0.0], steps.cumsum())),
        to_and_fro=flies or (planned.direction is Direction.both and not planned.stretches),
        speed_mps=AIR_MPS if flies else GROUND_MPS,
        height_m=height_m,
        reference=reference,
    )


def _path(core: BaseGeometry) -> NDArray[np.float64]:
    """The first line of a core; across an area, from one inner place to another."""
    first = shapely.get_parts(core)[0]
    if shapely.get_dimensions(first) == 1:
        return shapely.get_coordinates(first)
    middle = shapely.get_coordinates(first.representative_point())[0]
    if shapely.get_dimensions(first) == 0:
        return np.array([middle, middle + np.array([0, 1e-4])])
    edge = shapely.get_coordinates(first.exterior)
    return np.array([middle, middle + (edge[0] - middle) * 0.5])


def _height(band: AltitudeBand | None) -> tuple[float | None, str | None]:
    """The middle of a band; unknown where the band has no ends."""
    if band is None or band.lower is None or band.upper is None:
        return None, None
    span = band.span
    return (span.min + span.max) / 2, band.reference.value


def _summary(
    ride: Ride,
    boot_id: str,
    number: int,
    begin: datetime,
    every: timedelta,
    faults: Faults,
    chance: Random,
) -> Payload:
    """What the vehicle tells of the interval that begins then."""
    stations, seconds = _stations(ride, number, every.total_seconds())
    lonlat = np.column_stack([np.interp(stations, ride.along_m, c) for c in ride.lonlat.T])
    km = float(geodesic_distances_m(lonlat[:-1], lonlat[1:]).sum()) / 1_000
    if _befalls(faults.skewed, chance):
        begin += timedelta(seconds=chance.randint(1, 240))
    times = [begin + timedelta(seconds=s) for s in seconds.tolist()]
    took_s = float(seconds[-1])
    return {
        "id": f"{boot_id}-{ride.vehicle_id}-{number + 1}",
        "vehicle_id": ride.vehicle_id,
        "permit_id": ride.permit_id,
        "boot_id": boot_id,
        "seq": number + 1,
        "started_at": _instant(times[0]),
        "ended_at": _instant(times[-1]),
        "software_version": "simulated",
        "supervision_mode": ride.supervision_mode,
        "distance_km": {_AUTOMATED: km},
        "duration_s": {_AUTOMATED: took_s},
        "max_speed_mps": ride.speed_mps,
        "mean_speed_mps": km * 1_000 / took_s,
        "horizontal_accuracy_m": ACCURACY_M,
        "crs": "EPSG:4490",
        **_path_told(ride, _disturbed(lonlat, faults, chance), times),
    }


def _path_told(ride: Ride, lonlat: NDArray[np.float64], times: Sequence[datetime]) -> Payload:
    told: Payload = {
        "path": {"type": "LineString", "coordinates": lonlat.round(7).tolist()},
        "path_times": list(map(_instant, times)),
        "path_modes": [_AUTOMATED] * (len(lonlat) - 1),
    }
    if ride.height_m is not None:
        told["path_altitudes"] = [ride.height_m] * len(lonlat)
        told["altitude_reference"] = ride.reference
    return told


def _disturbed(lonlat: NDArray[np.float64], faults: Faults, chance: Random) -> NDArray[np.float64]:
    """The positions as its receiver tells them."""
    if _befalls(faults.jittery, chance):
        lonlat = lonlat + np.array([[chance.gauss(0, 4e-6) for _ in "xy"] for _ in lonlat])
    if _befalls(faults.astray, chance):
        lonlat[len(lonlat) // 2] += _ASIDE_DEGREES
    return lonlat


def _stations(
    ride: Ride, number: int, lasting_s: float
) -> tuple[NDArray[np.float64], NDArray[np.float64]]:
    """Metres along the path at each fix of an interval, and its seconds since that began.

    A ride that goes one way ends where its path does.
    """
    seconds = np.append(np.arange(0.0, lasting_s, _FIX_S), lasting_s)
    length_m = float(ride.along_m[-1])
    travelled = (number * lasting_s + seconds) * ride.speed_mps
    if ride.to_and_fro:
        return length_m - np.abs(length_m - travelled % (2 * length_m)), seconds
    here = travelled - travelled[0] // length_m * length_m
    kept = here <= length_m
    kept[:2] = True
    return np.minimum(here[kept], length_m), seconds[kept]


def _instant(moment: datetime) -> str:
    return moment.astimezone(UTC).isoformat().replace("+00:00", "Z")
