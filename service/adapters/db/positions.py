"""The last position of each vehicle, numbered anew with every change so that it can be followed.

Outside the journal and without history: what was driven, summaries tell.
"""

from collections.abc import Iterable, Mapping, Sequence
from enum import Enum
from typing import Any

from sqlalchemy import Connection, Row, func, select

from geo.altitude import Reference
from service.adapters.db.contents import at_once
from service.adapters.db.paging import cursor_of, kept_among, start_of
from service.adapters.db.record_tables import VehicleRow
from service.adapters.db.tables import EvidenceRow, SummaryRow, VehicleStateRow
from service.adapters.db.upsert import upsert
from service.domain.kinds import ControlMode
from service.domain.live import Heartbeat, LastSummary, Position
from service.usecases.ports import Page, Query

OWNERS = ("vehicle_id", "organisation_id", "permit_id")
_TOLD = tuple(Heartbeat.__dataclass_fields__)
_CODES = {"altitude_reference": Reference, "control_mode": ControlMode}


class SqlPositions:
    """The table of states, as one transaction sees it."""

    def __init__(self, connection: Connection) -> None:
        self._connection = connection

    def last(self, vehicle_ids: Iterable[str]) -> Mapping[str, Position]:
        """The last position of each of the vehicles that told one."""
        rows = select(_TABLE)
        return {
            row.vehicle_id: _position(row)
            for some in at_once(list(vehicle_ids))
            for row in self._connection.execute(rows.where(_STATE.vehicle_id.in_(some)))
        }

    def put_all(self, positions: Iterable[Position]) -> None:
        """Store each position in place of its vehicle's last one."""
        # the write lock is held: numbers are given in the order in which they are committed
        numbered = enumerate(positions, self.head() + 1)
        if rows := [{**_row(position), "number": number} for number, position in numbered]:
            self._connection.execute(_PUT, rows)

    def head(self) -> int:
        """The number of the last change; 0 when there was none."""
        last = select(func.coalesce(func.max(_STATE.number), 0))
        number: int = self._connection.execute(last).scalar_one()
        return number

    def after(self, number: int, limit: int) -> Sequence[tuple[int, Position]]:
        """What changed after change `number`, with the number of each change, in their order."""
        rows = select(_TABLE).where(_STATE.number > number).order_by(_STATE.number).limit(limit)
        return [(row.number, _position(row)) for row in self._connection.execute(rows)]

    def page(self, query: Query) -> Page[Position]:
        """One page of positions, those that changed longest ago first."""
        rows = kept_among(select(_TABLE), _owners, query)
        rows = rows.where(_STATE.number > start_of(query.cursor))
        if query.updated_since is not None:
            rows = rows.where(_STATE.received_at >= query.updated_since)
        if query.bbox is not None:
            west, south, east, north = query.bbox
            rows = rows.where(_STATE.lon.between(west, east), _STATE.lat.between(south, north))
        found = self._connection.execute(rows.order_by(_STATE.number).limit(query.limit + 1)).all()
        kept = found[: query.limit]
        more = cursor_of(kept[-1].number) if len(found) > len(kept) else None
        return Page(tuple(map(_position, kept)), more)

    def last_summaries(self, vehicle_ids: Iterable[str]) -> Mapping[str, LastSummary]:
        """The latest summary of each of the vehicles that ever sent one."""
        its = _EVIDENCES.alias()
        latest = (
            select(its.c.arrival)
            .where(its.c.vehicle_id == _VEHICLE.id)
            .order_by(its.c.ended_at.desc())
            .limit(1)
            .correlate(_VEHICLES)
            .scalar_subquery()
        )
        rows = (
            select(_VEHICLE.id, _EVIDENCE.permit_id, _SUMMARY.received_at)
            .join_from(_VEHICLES, _EVIDENCES, _EVIDENCE.arrival == latest)
            .join(_SUMMARIES, _SUMMARY.arrival == _EVIDENCE.arrival)
        )
        return {
            row.id: LastSummary(row.received_at, row.permit_id)
            for some in at_once(list(vehicle_ids))
            for row in self._connection.execute(rows.where(_VEHICLE.id.in_(some)))
        }


def _row(position: Position) -> dict[str, Any]:
    return {
        "vehicle_id": position.vehicle_id,
        "organisation_id": position.organisation_id,
        "received_at": position.received_at,
        **{name: _text_of(told) for name, told in vars(position.heartbeat).items()},
    }


def _position(row: Row[Any]) -> Position:
    told = {name: getattr(row, name) for name in _TOLD}
    for name, code in _CODES.items():
        told[name] = None if told[name] is None else code(told[name])
    return Position(row.vehicle_id, row.organisation_id, row.received_at, Heartbeat(**told))


def _text_of(told: object) -> object:
    return told.value if isinstance(told, Enum) else told


_TABLE = VehicleStateRow.table()
_STATE = _TABLE.c
_PUT = upsert(_TABLE, "vehicle_id", [c.name for c in _STATE if c.name != "vehicle_id"])
_VEHICLES, _SUMMARIES, _EVIDENCES = VehicleRow.table(), SummaryRow.table(), EvidenceRow.table()
_VEHICLE, _SUMMARY, _EVIDENCE = _VEHICLES.c, _SUMMARIES.c, _EVIDENCES.c
_owners = {name: _STATE[name] for name in OWNERS}
