"""The journal's values: who did what to which subject, when, and what it was afterwards.

One journal is audit trail, history, event cursor and registry revision at once (decision 11). The
hash chain itself is computed where the rows are written; nothing here does I/O.
"""

from dataclasses import dataclass
from datetime import datetime

from service.domain.kinds import Role


@dataclass(frozen=True)
class Actor:
    """Who acts: a person, a vehicle, or nobody in particular (`public`)."""

    id: str
    name: str
    role: Role
    organisation_id: str | None = None
    district: str | None = None
    vehicle_id: str | None = None
    read_only: bool = False


NOBODY = Actor(id="public", name="public", role=Role.public)


@dataclass(frozen=True)
class Deed:
    """One act about to be written: by whom, what, when."""

    actor: Actor
    action: str
    at: datetime

    @property
    def by(self) -> str:
        """The actor as a journal line names it: the office at the time of the act, and who."""
        return f"{self.actor.role}:{self.actor.id}"


@dataclass(frozen=True)
class Entry:
    """One line of the journal; `actor` is `role:id`, `hash` chains it to the line before."""

    seq: int
    at: datetime
    actor: str
    subject: str
    revision: int
    action: str
    payload_digest: str
    prev: str
    hash: str
