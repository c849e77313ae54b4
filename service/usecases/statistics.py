"""Figures per operator, vehicle or permit: kilometres, hours, takeovers, incidents (Art. 12)."""

from collections import defaultdict
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace

from geo.text import Text
from service.domain.access import Action
from service.domain.errors import Malformed, Problem
from service.domain.evidence import Evidence, Mileage
from service.domain.incident import Incident
from service.domain.incident_kinds import IncidentState
from service.domain.journal import Actor
from service.domain.kinds import ControlMode
from service.usecases.ports import Query, Tx, every
from service.usecases.registry import own

GROUPS = {
    "operator": "organisation_id",
    "vehicle": "vehicle_id",
    "permit": "permit_id",
}


PARTS = {
    **GROUPS,
    "zone": "zone_id",
    "stretch": "stretch_id",
    "direction": "forward",
    "day": "day",
}


@dataclass
class Figures:
    """The sums of one group; `uncertain_km` is counted apart and earns nothing."""

    group: str
    km: dict[ControlMode, float] = field(default_factory=lambda: defaultdict(float))
    hours: dict[ControlMode, float] = field(default_factory=lambda: defaultdict(float))
    uncertain_km: float = 0.0
    outside_km: float = 0.0
    summaries: int = 0
    takeovers: int = 0
    incidents: int = 0

    def count(self, evidence: Evidence) -> None:
        """Add what one summary proves."""
        self.summaries += 1
        self.takeovers += evidence.takeovers
        self.outside_km += evidence.outside_km
        if evidence.uncertain:
            self.uncertain_km += evidence.claimed_km
            return
        for mode, km in evidence.km.items():
            self.km[mode] += km
        for mode, hours in evidence.hours.items():
            self.hours[mode] += hours

    @property
    def automated_km(self) -> float:
        """The denominator of rates: kilometres in automated mode that are certain."""
        return self.km.get(ControlMode.automated, 0.0)


def by(tx: Tx, actor: Actor, group_by: str, query: Query) -> tuple[Figures, ...]:
    """The figures of each group, by id; an operator sees only its own."""
    narrowed = own(actor, Action.statistics_read, query)
    column = _column(GROUPS, group_by)
    groups: dict[str, Figures] = {}
    for evidence in tx.telemetry.evidence(narrowed):
        key = str(getattr(evidence, column))
        groups.setdefault(key, Figures(key)).count(evidence)
    for incident in _incidents(tx, narrowed):
        for key in _groups_of(incident, group_by, narrowed):
            groups.setdefault(key, Figures(key)).incidents += 1
    return tuple(groups[key] for key in sorted(groups))


def mileage(tx: Tx, actor: Actor, group_by: Sequence[str], query: Query) -> Sequence[Mileage]:
    """Kilometres, hours and passes by mode of each group; an operator sees only its own."""
    columns = [_column(PARTS, one) for one in dict.fromkeys(group_by)]
    return tx.telemetry.mileage(own(actor, Action.statistics_read, query), columns)


def _column(ways: Mapping[str, str], group_by: str) -> str:
    column = ways.get(group_by)
    if column is None:
        known = ", ".join(ways)
        words = Text(f"可按以下分组：{known}", f"Group by one of: {known}")
        raise Malformed([Problem("/group_by", "unknown_group", words)])
    return column


def _incidents(tx: Tx, query: Query) -> Iterator[Incident]:
    """The incidents of the permits, vehicles or organisations that the query names; no drafts."""
    among = {column: kept for column, kept in query.among.items() if column != "vehicle_id"}
    known = replace(query, among=among).only("state", set(IncidentState) - {IncidentState.draft})
    for incident in every(tx.incidents.page, known):
        if "vehicle_id" not in query.among or _vehicles(incident, query):
            yield incident


def _vehicles(incident: Incident, query: Query) -> tuple[str, ...]:
    """Its vehicles, of those that the query names if it names any."""
    kept = query.among.get("vehicle_id")
    return tuple(key for key in incident.facts.vehicle_ids if kept is None or key in kept)


def _groups_of(incident: Incident, group_by: str, query: Query) -> tuple[str, ...]:
    if group_by == "operator":
        return (incident.organisation_id,)
    if group_by == "vehicle":
        return _vehicles(incident, query)
    return (incident.facts.permit_id,) if incident.facts.permit_id else ()
