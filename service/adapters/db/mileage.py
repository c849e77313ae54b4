"""The parts of evidence as rows, so that SQL can add them up; a projection of the evidence."""

from collections.abc import Sequence
from typing import Any

from sqlalchemy import Connection, func, insert, select

from service.adapters.db.paging import kept_among
from service.adapters.db.tables import EvidencePartRow
from service.domain.evidence import Evidence, Mileage
from service.domain.kinds import ControlMode
from service.usecases.ports import Query

_PART = EvidencePartRow.table().c
_COLUMNS = {name: _PART[name] for name in EvidencePartRow.model_fields}
_SUMS = ("km", "hours", "entries", "exits")


def part_columns(evidence: Evidence) -> list[dict[str, Any]]:
    """The rows of one piece of evidence, without its arrival."""
    return [
        {
            "position": position,
            "vehicle_id": evidence.vehicle_id,
            "permit_id": evidence.permit_id,
            "organisation_id": evidence.organisation_id,
            "day": part.where.day,
            "mode": part.where.mode.value,
            "zone_id": part.where.zone_id,
            "stretch_id": part.where.stretch_id,
            "forward": part.where.forward,
            **{name: getattr(part, name) for name in _SUMS},
        }
        for position, part in enumerate(evidence.parts)
    ]


def record_parts(connection: Connection, arrived: Sequence[tuple[int, Evidence]]) -> None:
    """Store the rows of evidence that arrived under these numbers."""
    rows = [
        {"arrival": arrival, **row} for arrival, found in arrived for row in part_columns(found)
    ]
    if rows:
        connection.execute(insert(EvidencePartRow), rows)


def mileage(connection: Connection, query: Query, by: Sequence[str]) -> Sequence[Mileage]:
    """The sums of each group and mode, ordered by group; `by` names columns."""
    groups = [_COLUMNS[name] for name in by]
    sums = [func.sum(_COLUMNS[name]) for name in _SUMS]
    rows = kept_among(select(*groups, _PART.mode, *sums), _COLUMNS, query)
    found = connection.execute(rows.group_by(*groups, _PART.mode).order_by(*groups, _PART.mode))
    return [
        Mileage(tuple(row[: len(groups)]), ControlMode(row[len(groups)]), *row[len(groups) + 1 :])
        for row in found
    ]
