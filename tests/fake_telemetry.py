"""Telemetry in memory: summaries in a list, counters and letters in dictionaries."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import replace
from datetime import datetime
from typing import Any

from service.adapters.db.codec import digest_of
from service.adapters.db.dead_letters import OWNERS as LETTER_OWNERS
from service.adapters.db.envelopes import FAR
from service.adapters.db.journal import Act
from service.adapters.db.paging import (
    cursor_of,
    refuse_others,
    start_of,
)
from service.adapters.db.positions import OWNERS as POSITION_OWNERS
from service.adapters.db.seals import SEALED
from service.adapters.db.telemetry import OWNERS
from service.domain.boot import Boot, Gap
from service.domain.dead_letter import DeadLetter
from service.domain.errors import NotFound
from service.domain.evidence import Evidence, Mileage
from service.domain.journal import Deed
from service.domain.live import LastSummary, Position
from service.domain.pace import Span
from service.domain.telemetry import Arrival, Outcome, Summary
from service.usecases.ports import Page, Query
from tests.fake_state import Key, State, Stored, append


class FakeTelemetry:
    """Summaries in a list."""

    def __init__(self, state: State) -> None:
        self._state = state

    def seen(self, keys: Sequence[Key]) -> Mapping[Key, str]:
        known = {arrival.summary.key: arrival.summary.digest for arrival in self._state.arrivals}
        return {key: known[key] for key in keys if key in known}

    def told_of(self, windows: Mapping[str, Span]) -> Mapping[str, Sequence[Span]]:
        told = [a.summary for a in self._state.arrivals]
        return {
            vehicle_id: sorted(
                (s.started_at, s.ended_at)
                for s in told
                if s.vehicle_id == vehicle_id and s.started_at < end and s.ended_at > start
            )
            for vehicle_id, (start, end) in windows.items()
        }

    def record(
        self,
        accepted: Sequence[tuple[Summary, Evidence]],
        at: datetime,
        refused: Sequence[Key] = (),
    ) -> None:
        for summary, evidence in accepted:
            assert not self.seen([summary.key]), f"{summary.key} was recorded before"
            arrivals = self._state.changing().arrivals
            arrivals.append(Stored(len(arrivals) + 1, summary, evidence, at))
        for vehicle_id, boot_id, seq in (*(summary.key for summary, _ in accepted), *refused):
            boot = self._boot(vehicle_id, boot_id)
            self._state.changing().boots[boot.key] = boot.after([seq])

    def upto(self, vehicle_id: str, boot_id: str) -> int:
        return self._boot(vehicle_id, boot_id).upto

    def gaps(self, query: Query) -> Page[Gap]:
        refuse_others(("vehicle_id", "boot_id", "organisation_id"), query)
        vehicles = self._state.values["vehicle"]
        start = start_of(query.cursor)
        found = [
            Gap(*boot.key, *run)
            for boot in self._state.boots.values()
            for run in boot.missing
            if boot.vehicle_id in vehicles
            and all(
                getattr(
                    vehicles[boot.vehicle_id].value if name == "organisation_id" else boot, name
                )
                in kept
                for name, kept in query.among.items()
            )
        ]
        some = found[start:][: query.limit]
        more = len(found) > start + len(some)
        return Page(tuple(some), cursor_of(start + len(some)) if more else None)

    def _boot(self, vehicle_id: str, boot_id: str) -> Boot:
        return self._state.boots.get((vehicle_id, boot_id), Boot(vehicle_id, boot_id))

    def summaries(self, query: Query) -> Page[Arrival]:
        start = start_of(query.cursor)
        found = [a for a in self._among(query) if a.number > start and _happened(a, query)]
        some = found[: query.limit]
        more = len(found) > len(some)
        shown = tuple(Arrival(a.summary, a.at) for a in some)
        return Page(shown, cursor_of(some[-1].number) if more else None)

    def evidence(self, query: Query) -> Sequence[Evidence]:
        found = [arrival.evidence for arrival in self._among(query)]
        return sorted(found, key=lambda evidence: (evidence.started_at, evidence.summary_id))

    def recorded(self, cursor: str | None, limit: int) -> Page[tuple[Summary, Evidence]]:
        start = start_of(cursor)
        some = self._state.arrivals[start : start + limit]
        more = len(self._state.arrivals) > start + limit
        items = tuple((arrival.summary, arrival.evidence) for arrival in some)
        return Page(items, cursor_of(start + limit) if more else None)

    def mileage(self, query: Query, by: Sequence[str]) -> Sequence[Mileage]:
        sums: dict[tuple[Any, ...], list[float]] = {}
        for found in (arrival.evidence for arrival in self._state.arrivals):
            for part in found.parts:
                row = {**vars(found), **vars(part.where)}
                if all(row[name] in kept for name, kept in query.among.items()):
                    group = (*(row[name] for name in by), part.where.mode)
                    amounts = (part.km, part.hours, part.entries, part.exits)
                    before = sums.get(group, [0.0, 0.0, 0, 0])
                    sums[group] = [a + b for a, b in zip(before, amounts, strict=True)]
        return [
            Mileage(group[:-1], group[-1], km, hours, int(entries), int(exits))
            for group, (km, hours, entries, exits) in sorted(sums.items(), key=str)
        ]

    def unsealed_before(self, moment: datetime) -> int:
        return sum(a.at < moment and not a.sealed for a in self._state.arrivals)

    def seal(self, until: datetime, deed: Deed) -> int:
        sealing = self.unsealed_before(until)
        state = self._state.changing()
        if sealing:
            subject = f"{SEALED}{len(state.lines) + 1}"
            append(state, deed, Act(subject, 1, digest_of(f"{sealing} summaries")))
            state.arrivals[:] = [
                replace(a, sealed=a.sealed or a.at < until) for a in state.arrivals
            ]
        return sealing

    def make_room(self, now: datetime) -> None:
        """There is room."""

    def retire(self, before: datetime, deed: Deed) -> int:
        return 0

    def _among(self, query: Query) -> list[Stored]:
        refuse_others(OWNERS, query)
        return [
            arrival
            for arrival in self._state.arrivals
            if all(getattr(arrival.evidence, name) in kept for name, kept in query.among.items())
        ]


class FakeDeadLetters:
    """Letters in a dictionary."""

    def __init__(self, state: State) -> None:
        self._state = state

    def bury(self, letters: Sequence[DeadLetter]) -> None:
        for letter in letters:
            kept = self._state.letters.get(letter.id)
            now = letter if kept is None else replace(kept, problem=letter.problem)
            self._state.changing().letters[letter.id] = now

    def get(self, key: str) -> DeadLetter:
        if key not in self._state.letters:
            raise NotFound("dead_letter", key)
        return self._state.letters[key]

    def page(self, query: Query) -> Page[DeadLetter]:
        refuse_others(LETTER_OWNERS, query)
        found = [
            letter
            for letter in self._state.letters.values()
            if all(_told_by(letter)[name] in kept for name, kept in query.among.items())
            and (query.updated_since is None or letter.received_at >= query.updated_since)
        ]
        start = start_of(query.cursor)
        some = found[start:][: query.limit]
        more = len(found) > start + len(some)
        return Page(tuple(some), cursor_of(start + len(some)) if more else None)

    def replayed(self, key: str, outcome: Outcome, at: datetime) -> None:
        letter = replace(self.get(key), outcome=outcome, replayed_at=at)
        self._state.changing().letters[key] = letter

    def forget(self, before: datetime) -> None:
        letters = self._state.changing().letters
        for key in [key for key, letter in letters.items() if letter.received_at < before]:
            del letters[key]


def _told_by(letter: DeadLetter) -> dict[str, str | None]:
    vehicle_id, boot_id, _ = letter.key or (None, None, None)
    return {
        "vehicle_id": vehicle_id,
        "boot_id": boot_id,
        "organisation_id": letter.organisation_id,
        "channel": letter.channel.value,
        "code": letter.problem.code,
    }


class FakePositions:
    """The last position of each vehicle, with the number of its last change."""

    def __init__(self, state: State) -> None:
        self._state = state

    def last(self, vehicle_ids: Iterable[str]) -> Mapping[str, Position]:
        known = self._state.positions
        return {key: known[key][1] for key in vehicle_ids if key in known}

    def put_all(self, positions: Iterable[Position]) -> None:
        for number, position in enumerate(positions, self.head() + 1):
            self._state.changing().positions[position.vehicle_id] = number, position

    def head(self) -> int:
        return max((number for number, _ in self._state.positions.values()), default=0)

    def after(self, number: int, limit: int) -> Sequence[tuple[int, Position]]:
        changed = sorted(self._state.positions.values(), key=lambda numbered: numbered[0])
        return [numbered for numbered in changed if numbered[0] > number][:limit]

    def page(self, query: Query) -> Page[Position]:
        refuse_others(POSITION_OWNERS, query)
        start = start_of(query.cursor)
        found = [
            (n, p) for n, p in self.after(start, len(self._state.positions)) if _lies(p, query)
        ]
        some = found[: query.limit]
        more = len(found) > len(some)
        return Page(tuple(p for _, p in some), cursor_of(some[-1][0]) if more else None)

    def last_summaries(self, vehicle_ids: Iterable[str]) -> Mapping[str, LastSummary]:
        told = sorted(self._state.arrivals, key=lambda arrival: arrival.summary.ended_at)
        last = {a.summary.vehicle_id: LastSummary(a.at, a.evidence.permit_id) for a in told}
        return {key: last[key] for key in vehicle_ids if key in last}


def _lies(position: Position, query: Query) -> bool:
    told, of = position.heartbeat, {"permit_id": position.heartbeat.permit_id, **vars(position)}
    if any(of[name] not in kept for name, kept in query.among.items()):
        return False
    if query.updated_since is not None and position.received_at < query.updated_since:
        return False
    west, south, east, north = query.bbox or (-FAR, -FAR, FAR, FAR)
    return west <= told.lon <= east and south <= told.lat <= north


def _happened(arrival: Stored, query: Query) -> bool:
    summary = arrival.summary
    if query.updated_since is not None and arrival.at < query.updated_since:
        return False
    if query.at is not None and not summary.started_at <= query.at < summary.ended_at:
        return False
    if query.bbox is None:
        return True
    west, south, east, north = query.bbox
    low, high = summary.track.lonlat.min(axis=0), summary.track.lonlat.max(axis=0)
    return bool(low[0] <= east and high[0] >= west and low[1] <= north and high[1] >= south)
