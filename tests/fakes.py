"""The storage of the use cases in memory: as fast as dictionaries, and held to the same contract.

`FakeStore().committed` is a transaction on what has been committed, to look at after the act.
"""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from datetime import datetime
from threading import Lock
from typing import Generic, TypeVar

from geo.frame import Frame
from geo.separation import Separation
from geo.text import Text
from geo.volume import Volume4D
from service.adapters.db import resources
from service.adapters.db.candidates import PLURAL
from service.adapters.db.codec import digest_of, encode
from service.adapters.db.envelopes import FAR, Box, box_around, seconds
from service.adapters.db.journal import Act
from service.adapters.db.paging import (
    cursor_of,
    filters,
    refuse_others,
    refuse_unplaced,
    start_of,
)
from service.adapters.db.replays import REMEMBERED
from service.adapters.db.resources import Identified, Resource
from service.domain.errors import NotFound, Refused
from service.domain.journal import Deed, Entry
from service.domain.question import Surroundings
from service.domain.vehicle import VehicleKey
from service.usecases.ports import Account, Page, Query, Replay, Token
from tests.builders import a_frame
from tests.fake_state import Kept, State, append, head_of
from tests.fake_telemetry import FakeDeadLetters, FakePositions, FakeTelemetry

T = TypeVar("T", bound=Identified)


class FakeRecords(Generic[T]):
    """The values of one resource."""

    def __init__(self, resource: Resource[T], state: State, frame: Frame) -> None:
        self._resource = resource
        self._state = state
        self._frame = frame
        self.kept = state.values.setdefault(resource.name, {})

    def get(self, key: str) -> T:
        if key not in self.kept:
            raise NotFound(self._resource.name, key)
        value: T = self.kept[key].value
        return value

    def find(self, keys: Iterable[str]) -> Mapping[str, T]:
        return {key: self.kept[key].value for key in keys if key in self.kept}

    def page(self, query: Query) -> Page[T]:
        refuse_unplaced(self._resource, query)
        refuse_others(filters(self._resource), query)
        start = start_of(query.cursor)
        listed = sorted(self.kept.values(), key=lambda kept: kept.born)
        found = [kept for kept in listed if kept.born > start and self._keeps(query, kept)]
        some = found[: query.limit]
        more = len(found) > len(some)
        return Page(tuple(kept.value for kept in some), cursor_of(some[-1].born) if more else None)

    def count(self) -> int:
        return len(self.kept)

    def add(self, value: T, deed: Deed) -> None:
        self.add_all([value], deed)

    def add_all(self, values: Sequence[T], deed: Deed) -> None:
        for value in values:
            if value.id in self.kept:
                words = Text(f"{value.id} 已存在", f"There is a {value.id} already")
                raise Refused(words, code="id_taken")
            self._keep(value, deed)

    def put(self, value: T, deed: Deed) -> None:
        self.get(value.id)
        self._keep(value, deed)

    def _keep(self, value: T, deed: Deed) -> None:
        resource = self._resource
        digest = digest_of(encode(resource.content(value)))
        act = Act(resource.subject(value.id), resource.revision(value), digest)
        line = append(self._state.changing(), deed, act)
        born = self.kept[value.id].born if value.id in self.kept else line.seq
        self.kept[value.id] = Kept(value, born, deed.at)

    def _keeps(self, query: Query, kept: Kept) -> bool:
        columns, at = self._resource.columns(kept.value), query.at
        if any(columns[name] not in among for name, among in query.among.items()):
            return False
        if query.updated_since is not None and kept.updated_at < query.updated_since:
            return False
        if at is not None and self._resource.period is not None:
            begins, ends = self._resource.period
            if not columns[begins] <= at < columns[ends]:
                return False
            at = None
        if at is None and query.bbox is None:
            return True
        times = (-FAR, FAR) if at is None else (seconds(at), seconds(at))
        box = Box(*(query.bbox or (-FAR, -FAR, FAR, FAR)), *times, -FAR, FAR)
        return any(
            box.meets(box_around(volume, self._frame.ground))
            for volume in self._resource.volumes(kept.value)
        )


class FakeNearby:
    """The candidate search without an index."""

    def __init__(self, state: State, frame: Frame) -> None:
        self._state = state
        self._frame = frame

    def near(
        self, volumes: Sequence[Volume4D], margin: Separation, kinds: frozenset[type]
    ) -> Surroundings:
        ground = self._frame.ground
        boxes = [box_around(volume, ground, margin) for volume in volumes]
        found = {
            plural: tuple(
                kept.value
                for _, kept in sorted(self._state.values.get(resource.name, {}).items())
                if resource.live(kept.value)
                and any(
                    box.meets(box_around(volume, ground))
                    for box in boxes
                    for volume in resource.volumes(kept.value)
                )
            )
            for plural, resource in PLURAL.items()
            if resource.kind in kinds
        }
        return Surroundings(**found)


class FakeJournal:
    """The chain in a list."""

    def __init__(self, state: State) -> None:
        self._state = state

    def head(self) -> tuple[int, str]:
        return head_of(self._state)

    def page(self, after: int, limit: int, subject: str | None = None) -> Sequence[Entry]:
        lines = self._state.lines[after:]
        return [line for line in lines if subject in (None, line.subject)][:limit]


class FakeIdentities:
    """Accounts, tokens and keys in dictionaries."""

    def __init__(self, state: State, frame: Frame) -> None:
        self._accounts = FakeRecords(resources.ACCOUNTS, state, frame)
        self._tokens = FakeRecords(resources.TOKENS, state, frame)
        self._keys = FakeRecords(resources.VEHICLE_KEYS, state, frame)

    def account(self, username: str) -> Account | None:
        accounts = (kept.value for kept in self._accounts.kept.values())
        return next((account for account in accounts if account.username == username), None)

    def account_by_id(self, key: str) -> Account | None:
        return self._accounts.find([key]).get(key)

    def add_account(self, account: Account, deed: Deed) -> None:
        self._accounts.add(account, deed)

    def token(self, digest: str) -> Token | None:
        return self._tokens.find([digest]).get(digest)

    def add_token(self, token: Token, deed: Deed) -> None:
        self._tokens.add(token, deed)

    def vehicle_key(self, digest: str) -> VehicleKey | None:
        keys = (kept.value for kept in self._keys.kept.values())
        return next((key for key in keys if key.digest == digest), None)

    def vehicle_keys(self, vehicle_id: str) -> Sequence[VehicleKey]:
        kept = sorted(self._keys.kept.values(), key=lambda kept: kept.born)
        return [one.value for one in kept if one.value.vehicle_id == vehicle_id]

    def put_vehicle_key(self, key: VehicleKey, deed: Deed) -> None:
        if key.id in self._keys.kept:
            self._keys.put(key, deed)
        else:
            self._keys.add(key, deed)


class FakeReplays:
    """Answers in a dictionary."""

    def __init__(self, state: State) -> None:
        self._state = state

    def get(self, actor: str, route: str, key: str, now: datetime) -> Replay | None:
        replay, at = self._state.replays.get((actor, route, key), (None, now))
        return replay if at > now - REMEMBERED else None

    def put(self, actor: str, route: str, key: str, replay: Replay, now: datetime) -> None:
        self._state.changing().replays[actor, route, key] = (replay, now)


class FakeTx:
    """One transaction in memory."""

    def __init__(self, state: State, frame: Frame) -> None:
        self.roads = FakeRecords(resources.ROADS, state, frame)
        self.districts = FakeRecords(resources.DISTRICTS, state, frame)
        self.zones = FakeRecords(resources.ZONES, state, frame)
        self.restrictions = FakeRecords(resources.RESTRICTIONS, state, frame)
        self.organisations = FakeRecords(resources.ORGANISATIONS, state, frame)
        self.people = FakeRecords(resources.PEOPLE, state, frame)
        self.vehicles = FakeRecords(resources.VEHICLES, state, frame)
        self.insurance = FakeRecords(resources.INSURANCE, state, frame)
        self.applications = FakeRecords(resources.APPLICATIONS, state, frame)
        self.permits = FakeRecords(resources.PERMITS, state, frame)
        self.violations = FakeRecords(resources.VIOLATIONS, state, frame)
        self.incidents = FakeRecords(resources.INCIDENTS, state, frame)
        self.imports = FakeRecords(resources.IMPORTS, state, frame)
        self.nearby = FakeNearby(state, frame)
        self.telemetry = FakeTelemetry(state)
        self.dead_letters = FakeDeadLetters(state)
        self.positions = FakePositions(state)
        self.journal = FakeJournal(state)
        self.identities = FakeIdentities(state, frame)
        self.replays = FakeReplays(state)


class FakeStore:
    """Opens transactions in memory; one writer at a time."""

    def __init__(self, frame: Frame | None = None) -> None:
        self.frame = frame or a_frame()
        self._state = State()
        self._turn = Lock()

    @property
    def committed(self) -> FakeTx:
        return FakeTx(self._state.snapshot(writable=False), self.frame)

    @contextmanager
    def read(self) -> Iterator[FakeTx]:
        yield self.committed

    @contextmanager
    def write(self) -> Iterator[FakeTx]:
        with self._turn:
            state = self._state.snapshot(writable=True)
            yield FakeTx(state, self.frame)
            self._state = state
