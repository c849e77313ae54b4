"""Which lines of the journal an actor is told of as they are written.

Who may see a thing is told what is done to it; nobody else is, and where it is in doubt nobody.
"""

from collections.abc import Callable, Iterable, Mapping

from service.domain.access import INSIDERS, Action, Allowed, decide, require, require_sight
from service.domain.errors import Forbidden, NotFound
from service.domain.journal import Actor, Entry
from service.usecases import (
    applications,
    imports,
    incidents,
    permits,
    registry,
    restrictions,
    roads,
)
from service.usecases.ports import Tx

Look = Callable[[Tx, Actor, str], object]
"""Gives the thing of that id; NotFound or Forbidden when the actor may not see it."""


def told(tx: Tx, actor: Actor, lines: Iterable[Entry]) -> tuple[Entry, ...]:
    """Those of the lines that the actor may know of, in their order."""
    if isinstance(decide(actor, Action.journal_read), Allowed):
        return tuple(lines)
    seen: dict[str, bool] = {}

    def sees(line: Entry) -> bool:
        if line.subject not in seen:
            seen[line.subject] = _sees(tx, actor, line.subject)
        return seen[line.subject] and _is_public_by_now(tx, actor, line)

    return tuple(line for line in lines if sees(line))


def _sees(tx: Tx, actor: Actor, subject: str) -> bool:
    kind, _, key = subject.partition(":")
    look = _LOOKS.get(kind)
    if look is None:
        return False
    try:
        look(tx, actor, key)
    except (NotFound, Forbidden):
        return False
    return True


def _is_public_by_now(tx: Tx, actor: Actor, line: Entry) -> bool:
    """False of what was done to a place before it was published, for those outside."""
    if actor.role in INSIDERS or line.subject.partition(":")[0] not in _PUBLISHED:
        return True
    if line.action != "withdraw":
        return line.action == "publish"
    before = tx.journal.page(0, limit=1000, subject=line.subject)
    return any(entry.action == "publish" for entry in before)


def _zone(tx: Tx, actor: Actor, key: str) -> object:
    require(actor, Action.zone_read)
    return tx.zones.get(key)


def _restriction(tx: Tx, actor: Actor, key: str) -> object:
    """Also one withdrawn: that it is no more is told to whom it was shown."""
    require(actor, Action.restriction_read)
    restriction = tx.restrictions.get(key)
    if restriction.visibility not in restrictions.seen_by(actor.role)[1]:
        raise NotFound("restriction", key)
    return restriction


def _district(tx: Tx, actor: Actor, key: str) -> object:
    require(actor, Action.road_read)
    return tx.districts.get(key)


def _violation(tx: Tx, actor: Actor, key: str) -> object:
    require(actor, Action.telemetry_read)
    violation = tx.violations.get(key)
    owner_id = violation.organisation_id
    require_sight(actor, Action.telemetry_read, "violation", key, owner_id)
    return violation


_PUBLISHED = frozenset({"zone", "restriction"})
"""What outsiders may see from its publication on."""

_LOOKS: Mapping[str, Look] = {
    "road": roads.get,
    "district": _district,
    "zone": _zone,
    "restriction": _restriction,
    "organisation": registry.get_organisation,
    "person": registry.get_person,
    "vehicle": registry.get_vehicle,
    "insurance": registry.get_insurance,
    "application": applications.get,
    "permit": permits.get,
    "violation": _violation,
    "incident": incidents.get,
    "import_report": imports.get,
}
"""Keys, accounts, tokens and seals are the journal readers' alone."""
