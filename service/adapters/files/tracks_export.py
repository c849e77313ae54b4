"""Summaries written out for analysis: CSV with WKT, or GeoParquet 1.1 with WKB.

Row by row, so that any number fits. Vehicles go by their ids: no VIN and no plate stands in here.
"""

import csv
import json
from collections.abc import Callable, Iterable, Sequence
from contextlib import ExitStack
from dataclasses import dataclass
from datetime import UTC, datetime
from itertools import islice
from pathlib import Path
from typing import Protocol, TextIO

import pyarrow as pa  # type: ignore[import-untyped]
import pyarrow.parquet as pq  # type: ignore[import-untyped]
import shapely
from rasterio.crs import CRS  # type: ignore[import-untyped]

from geo.crs import CANONICAL
from geo.text import Text
from service.domain.errors import Malformed, Problem
from service.domain.kinds import ControlMode
from service.domain.telemetry import Arrival, Track

ENDINGS = (".csv", ".parquet")
GEOMETRY = "path"
ROW_GROUP = 500
"""Summaries written at once; each may have some thousand fixes."""
_FORMULA = ("=", "+", "-", "@", "\t", "\r")

_TEXT, _REAL, _WHOLE = pa.string(), pa.float64(), pa.int64()
_INSTANT = pa.timestamp("us", tz="UTC")


@dataclass(frozen=True)
class Column:
    """One column: what it is called, of what type, and what it holds of a summary."""

    name: str
    type: pa.DataType
    of: Callable[[Arrival], object]


def _told(name: str, kind: pa.DataType) -> Column:
    return Column(name, kind, lambda arrival: getattr(arrival.summary, name))


def _by_mode(field: str, unit: str) -> list[Column]:
    def of(mode: ControlMode) -> Callable[[Arrival], object]:
        return lambda arrival: getattr(arrival.summary, field).get(mode, 0.0)

    return [Column(f"{mode}_{unit}", _REAL, of(mode)) for mode in ControlMode]


def _times(track: Track) -> list[datetime] | None:
    if track.times is None:
        return None
    return [datetime.fromtimestamp(seconds, UTC) for seconds in track.times.tolist()]


COLUMNS: Sequence[Column] = (
    *(_told(name, _TEXT) for name in ("id", "vehicle_id", "permit_id", "activity_id", "boot_id")),
    _told("seq", _WHOLE),
    *(_told(name, _INSTANT) for name in ("started_at", "ended_at")),
    Column("received_at", _INSTANT, lambda arrival: arrival.received_at),
    *(_told(name, _TEXT) for name in ("software_version", "supervision_mode")),
    *_by_mode("distance_km", "km"),
    *_by_mode("duration_s", "s"),
    Column("takeovers_driver", _WHOLE, lambda arrival: arrival.summary.takeovers.driver),
    Column("takeovers_system", _WHOLE, lambda arrival: arrival.summary.takeovers.system),
    Column("takeovers_remote", _WHOLE, lambda arrival: arrival.summary.takeovers.remote),
    *(_told(name, _WHOLE) for name in ("hard_brakes", "minimal_risk_manoeuvres")),
    *(_told(name, _REAL) for name in ("max_speed_mps", "mean_speed_mps", "horizontal_accuracy_m")),
    Column("path_times", pa.list_(_INSTANT), lambda arrival: _times(arrival.summary.track)),
    Column("path_modes", pa.list_(_TEXT), lambda arrival: arrival.summary.track.modes),
    Column("path_speeds_mps", pa.list_(_REAL), lambda arrival: arrival.summary.track.speeds_mps),
    Column("path_altitudes_m", pa.list_(_REAL), lambda arrival: arrival.summary.track.altitudes),
    Column(
        "altitude_reference", _TEXT, lambda arrival: arrival.summary.track.altitude_reference
    ),
)  # fmt: skip


class Writer(Protocol):
    """Takes summaries, some at once."""

    def write(self, arrivals: Sequence[Arrival]) -> None:
        """Write these."""


def export_to(
    file: Path, arrivals: Iterable[Arrival], progress: Callable[[int], None] = lambda written: None
) -> int:
    """How many summaries were written to a file whose ending says the format.

    It takes its name when it is complete: what breaks off leaves no file that looks like one.
    """
    suffix = file.suffix.lower()
    if suffix not in ENDINGS:
        words = Text("可写出 .csv 或 .parquet", "What is written: .csv or .parquet")
        raise Malformed([Problem("/out", "format_unknown", words)])
    unfinished, written = file.with_name(file.name + ".part"), 0
    each = iter(arrivals)
    with ExitStack() as stack:
        stack.callback(unfinished.unlink, missing_ok=True)
        with ExitStack() as opened:
            writer: Writer
            if suffix == ".csv":
                text = unfinished.open("w", encoding="utf-8", newline="")
                writer = _Csv(opened.enter_context(text))
            else:
                writer = _Parquet(opened.enter_context(pq.ParquetWriter(unfinished, _schema())))
            while some := list(islice(each, ROW_GROUP)):
                writer.write(some)
                written += len(some)
                progress(written)
        unfinished.replace(file)
    return written


class _Csv:
    def __init__(self, stream: TextIO) -> None:
        self._rows = csv.writer(stream)
        self._rows.writerow([*(column.name for column in COLUMNS), GEOMETRY])

    def write(self, arrivals: Sequence[Arrival]) -> None:
        for arrival in arrivals:
            cells = [_cell(column.of(arrival)) for column in COLUMNS]
            self._rows.writerow([*cells, shapely.to_wkt(_path(arrival), rounding_precision=-1)])


class _Parquet:
    def __init__(self, file: pq.ParquetWriter) -> None:
        self._file = file

    def write(self, arrivals: Sequence[Arrival]) -> None:
        columns = [
            pa.array([column.of(arrival) for arrival in arrivals], column.type)
            for column in COLUMNS
        ]
        paths = [shapely.to_wkb(_path(arrival)) for arrival in arrivals]
        columns.append(pa.array(paths, pa.binary()))
        self._file.write_batch(pa.record_batch(columns, schema=self._file.schema))


def _schema() -> pa.Schema:
    """The columns, and what GeoParquet wants told of the geometry among them."""
    fields = [pa.field(column.name, column.type) for column in COLUMNS]
    geometry = {
        "encoding": "WKB",
        "geometry_types": ["LineString"],
        "crs": CRS.from_string(CANONICAL).to_dict(projjson=True),
        "edges": "planar",
    }
    told = {"version": "1.1.0", "primary_column": GEOMETRY, "columns": {GEOMETRY: geometry}}
    return pa.schema([*fields, pa.field(GEOMETRY, pa.binary())], {"geo": json.dumps(told)})


def _path(arrival: Arrival) -> shapely.LineString:
    return shapely.LineString(arrival.summary.track.lonlat)


def _cell(value: object) -> str:
    """The value as text; a list has spaces between, and no table program runs what it says."""
    match value:
        case None:
            return ""
        case datetime():
            return value.astimezone(UTC).isoformat().replace("+00:00", "Z")
        case str():
            return f"'{value}" if value.startswith(_FORMULA) else value
        case int() | float():
            return repr(value)
        case _ if isinstance(value, Iterable):
            return " ".join(_cell(one) for one in value)
        case _:
            return str(value)
