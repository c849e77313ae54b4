"""What the storage in memory holds, and the chain of its journal."""

from copy import copy
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

from service.adapters.db.journal import GENESIS, Act, chained
from service.domain.boot import Boot, BootKey
from service.domain.dead_letter import DeadLetter
from service.domain.evidence import Evidence
from service.domain.journal import Deed, Entry
from service.domain.live import Position
from service.domain.telemetry import Summary
from service.usecases.ports import Replay

Key = tuple[str, str, int]


@dataclass(frozen=True)
class Kept:
    """A value, the seq of its first act and the time of its last."""

    value: Any
    born: int
    updated_at: datetime


@dataclass(frozen=True)
class Stored:
    """A summary that was recorded."""

    number: int
    summary: Summary
    evidence: Evidence
    at: datetime
    sealed: bool = False


@dataclass
class State:
    """Everything stored; its values never change, so a copy of the containers is a snapshot."""

    values: dict[str, dict[str, Kept]] = field(default_factory=dict)
    lines: list[Entry] = field(default_factory=list)
    arrivals: list[Stored] = field(default_factory=list)
    boots: dict[BootKey, Boot] = field(default_factory=dict)
    letters: dict[str, DeadLetter] = field(default_factory=dict)
    replays: dict[tuple[str, str, str], tuple[Replay, datetime]] = field(default_factory=dict)
    positions: dict[str, tuple[int, Position]] = field(default_factory=dict)
    writable: bool = False

    def snapshot(self, *, writable: bool) -> "State":
        return State(
            {name: copy(kept) for name, kept in self.values.items()},
            copy(self.lines),
            copy(self.arrivals),
            copy(self.boots),
            copy(self.letters),
            copy(self.replays),
            copy(self.positions),
            writable,
        )

    def changing(self) -> "State":
        """Itself, when it may be changed."""
        assert self.writable, "a transaction that reads cannot write"
        return self


def head_of(state: State) -> tuple[int, str]:
    return (state.lines[-1].seq, state.lines[-1].hash) if state.lines else (0, GENESIS)


def append(state: State, deed: Deed, act: Act) -> Entry:
    state.lines.append(chained(*head_of(state), deed, act))
    return state.lines[-1]
