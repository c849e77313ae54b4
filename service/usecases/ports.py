"""What use cases need of storage, as Protocols; adapters/db implements them, tests fake them.

Every write takes a Deed: there is no change without its journal line. A candidate search may return
too much and never too little; geo decides.
"""

from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from contextlib import AbstractContextManager
from dataclasses import dataclass, field, replace
from datetime import datetime
from typing import Generic, Protocol, TypeVar

from geo.separation import Separation
from geo.volume import Volume4D
from service.domain.application import Application
from service.domain.boot import Gap
from service.domain.dead_letter import DeadLetter
from service.domain.evidence import Evidence, Mileage, Violation
from service.domain.importing import ImportReport
from service.domain.incident import Incident
from service.domain.journal import Deed, Entry
from service.domain.live import LastSummary, Position
from service.domain.organisation import Organisation, Person
from service.domain.pace import Span
from service.domain.permit import Permit
from service.domain.question import Surroundings
from service.domain.restriction import Restriction
from service.domain.road import District, Road
from service.domain.telemetry import Arrival, Outcome, Summary, SummaryKey
from service.domain.vehicle import Insurance, Vehicle, VehicleKey
from service.domain.zone import Zone

T = TypeVar("T")


@dataclass(frozen=True)
class Query:
    """One page of a list: what to keep, where to go on.

    `among` keeps what has one of the given values in each named column; `bbox` is west, south,
    east, north; `at` keeps what is scheduled then.
    """

    limit: int = 100
    cursor: str | None = None
    among: Mapping[str, frozenset[str]] = field(default_factory=dict)
    bbox: tuple[float, float, float, float] | None = None
    at: datetime | None = None
    updated_since: datetime | None = None

    def only(self, column: str, values: Iterable[str]) -> "Query":
        """The same query, narrowed to these values of a column (and to those asked for before)."""
        kept = frozenset(values)
        if column in self.among:
            kept &= self.among[column]
        return replace(self, among={**self.among, column: kept})


@dataclass(frozen=True)
class Page(Generic[T]):
    """The items of one page and the cursor of the next, in stable order."""

    items: tuple[T, ...]
    next: str | None


class Records(Protocol[T]):
    """All values of one kind."""

    def get(self, key: str) -> T:
        """The current value; NotFound when there is none."""

    def find(self, keys: Iterable[str]) -> Mapping[str, T]:
        """Those of `keys` that exist."""

    def page(self, query: Query) -> Page[T]:
        """One page of a list."""

    def count(self) -> int:
        """How many there are."""

    def add(self, value: T, deed: Deed) -> None:
        """Store a new value and its journal line."""

    def add_all(self, values: Sequence[T], deed: Deed) -> None:
        """Store many new values, each with its journal line."""

    def put(self, value: T, deed: Deed) -> None:
        """Replace the value of the same id and write its journal line."""


def every(page_of: Callable[[Query], Page[T]], query: Query) -> Iterator[T]:
    """All that the query keeps, page after page."""
    page = page_of(query)
    yield from page.items
    while page.next is not None:
        page = page_of(replace(query, cursor=page.next))
        yield from page.items


class Nearby(Protocol):
    """The candidate search (decision 1)."""

    def near(
        self, volumes: Sequence[Volume4D], margin: Separation, kinds: frozenset[type]
    ) -> Surroundings:
        """Everything of those kinds that counts and whose envelope, grown by `margin`, meets one of
        the volumes: published zones, restrictions in force, allocating permits, pending
        applications, roads. `kinds` are the domain classes asked for."""


class Telemetry(Protocol):
    """Summaries, their keys and what they prove."""

    def seen(self, keys: Sequence[SummaryKey]) -> Mapping[SummaryKey, str]:
        """The payload digest of each key already recorded."""

    def told_of(self, windows: Mapping[str, Span]) -> Mapping[str, Sequence[Span]]:
        """When the summaries of each vehicle took place that share time with its window, in the
        order of their start."""

    def record(
        self,
        accepted: Sequence[tuple[Summary, Evidence]],
        at: datetime,
        refused: Sequence[SummaryKey] = (),
    ) -> None:
        """Store summaries never seen before, with their evidence; the numbers of these and of the
        refused ones are answered for."""

    def upto(self, vehicle_id: str, boot_id: str) -> int:
        """The highest number of that boot up to which every one from 1 was answered for."""

    def gaps(self, query: Query) -> Page[Gap]:
        """One page of the numbers that never came though later ones did."""

    def summaries(self, query: Query) -> Page[Arrival]:
        """One page of summaries, in the order of arrival."""

    def evidence(self, query: Query) -> Sequence[Evidence]:
        """All evidence of the permits, vehicles or organisations that `query.among` names."""

    def recorded(self, cursor: str | None, limit: int) -> Page[tuple[Summary, Evidence]]:
        """One page of summaries that are still there, with what they prove, as they arrived."""

    def mileage(self, query: Query, by: Sequence[str]) -> Sequence[Mileage]:
        """The sums of the parts of evidence of each group and mode; `by` names their columns."""

    def unsealed_before(self, moment: datetime) -> int:
        """How many summaries that arrived before `moment` no journal line covers yet."""

    def seal(self, until: datetime, deed: Deed) -> int:
        """Digest the summaries that arrived before `until` into one journal line; how many."""

    def make_room(self, now: datetime) -> None:
        """Have a place for what arrives in the coming months, where that has to be made."""

    def retire(self, before: datetime, deed: Deed) -> int:
        """Take away sealed summaries of months that ended before then; how many. All else stays."""


class DeadLetters(Protocol):
    """Telemetry that could not be taken."""

    def bury(self, letters: Sequence[DeadLetter]) -> None:
        """Keep them; of one that is kept already the reason is brought up to date."""

    def get(self, key: str) -> DeadLetter:
        """The letter; NotFound when there is none."""

    def page(self, query: Query) -> Page[DeadLetter]:
        """One page of letters, oldest first."""

    def replayed(self, key: str, outcome: Outcome, at: datetime) -> None:
        """Note what became of a letter that was handed in again."""

    def forget(self, before: datetime) -> None:
        """Letters that were received before then are gone."""


class Positions(Protocol):
    """The last position of each vehicle, and the last summary it sent."""

    def last(self, vehicle_ids: Iterable[str]) -> Mapping[str, Position]:
        """The last position of each of the vehicles that told one."""

    def put_all(self, positions: Iterable[Position]) -> None:
        """Store each position in place of its vehicle's last one."""

    def head(self) -> int:
        """The number of the last change; 0 when there was none."""

    def after(self, number: int, limit: int) -> Sequence[tuple[int, Position]]:
        """What changed after change `number`, with the number of each change, in their order."""

    def page(self, query: Query) -> Page[Position]:
        """One page of positions, those that changed longest ago first."""

    def last_summaries(self, vehicle_ids: Iterable[str]) -> Mapping[str, LastSummary]:
        """The latest summary of each of the registered vehicles that ever sent one."""


class Journal(Protocol):
    """The chained record of everything."""

    def head(self) -> tuple[int, str]:
        """The last seq and hash; (0, genesis) when nothing was written yet."""

    def page(self, after: int, limit: int, subject: str | None = None) -> Sequence[Entry]:
        """Entries after a seq, in order."""


@dataclass(frozen=True)
class Account:
    """A local account; the password is kept as an argon2 hash."""

    id: str
    username: str
    password_hash: str
    role: str
    organisation_id: str | None
    district: str | None
    disabled: bool = False


@dataclass(frozen=True)
class Token:
    """A bearer token of an account; only its digest is kept."""

    digest: str
    account_id: str
    expires_at: datetime
    read_only: bool
    label: str = ""

    @property
    def id(self) -> str:
        """What it goes by."""
        return self.digest


class Identities(Protocol):
    """Accounts, tokens and vehicle keys."""

    def account(self, username: str) -> Account | None:
        """The account of that name."""

    def account_by_id(self, key: str) -> Account | None:
        """The account of that id."""

    def add_account(self, account: Account, deed: Deed) -> None:
        """Store a new account; its journal line carries no secret."""

    def token(self, digest: str) -> Token | None:
        """The token with that digest."""

    def add_token(self, token: Token, deed: Deed) -> None:
        """Store a token and its journal line."""

    def vehicle_key(self, digest: str) -> VehicleKey | None:
        """The vehicle key with that digest."""

    def vehicle_keys(self, vehicle_id: str) -> Sequence[VehicleKey]:
        """All keys of a vehicle, oldest first."""

    def put_vehicle_key(self, key: VehicleKey, deed: Deed) -> None:
        """Store a key or its revocation."""


@dataclass(frozen=True)
class Replay:
    """An answer given before to the same Idempotency-Key."""

    body_digest: str
    status: int
    body: str


class Replays(Protocol):
    """Answers remembered by Idempotency-Key (decision 14)."""

    def get(self, actor: str, route: str, key: str, now: datetime) -> Replay | None:
        """The answer remembered and not yet too old."""

    def put(self, actor: str, route: str, key: str, replay: Replay, now: datetime) -> None:
        """Remember an answer."""


class Tx(Protocol):
    """One transaction: everything in it is committed together or not at all."""

    @property
    def roads(self) -> Records[Road]:
        """The reference network."""
        ...

    @property
    def districts(self) -> Records[District]:
        """Administrative areas."""
        ...

    @property
    def zones(self) -> Records[Zone]:
        """Places opened for tests."""
        ...

    @property
    def restrictions(self) -> Records[Restriction]:
        """Restricted places."""
        ...

    @property
    def organisations(self) -> Records[Organisation]:
        """Test subjects."""
        ...

    @property
    def people(self) -> Records[Person]:
        """Drivers, pilots and monitors."""
        ...

    @property
    def vehicles(self) -> Records[Vehicle]:
        """Vehicles and aircraft."""
        ...

    @property
    def insurance(self) -> Records[Insurance]:
        """Liability policies."""
        ...

    @property
    def applications(self) -> Records[Application]:
        """Applications, current version."""
        ...

    @property
    def permits(self) -> Records[Permit]:
        """Permits."""
        ...

    @property
    def violations(self) -> Records[Violation]:
        """Limits found broken."""
        ...

    @property
    def incidents(self) -> Records[Incident]:
        """Incidents, current version."""
        ...

    @property
    def imports(self) -> Records[ImportReport]:
        """What became of imported files."""
        ...

    @property
    def nearby(self) -> Nearby:
        """The candidate search."""
        ...

    @property
    def telemetry(self) -> Telemetry:
        """Summaries and evidence."""
        ...

    @property
    def dead_letters(self) -> DeadLetters:
        """Telemetry that could not be taken."""
        ...

    @property
    def positions(self) -> Positions:
        """Where vehicles are."""
        ...

    @property
    def journal(self) -> Journal:
        """The chained record."""
        ...

    @property
    def identities(self) -> Identities:
        """Accounts, tokens and keys."""
        ...

    @property
    def replays(self) -> Replays:
        """Answers by Idempotency-Key."""
        ...


class UnitOfWork(Protocol):
    """Opens transactions; the body of a route, message or job opens exactly one."""

    def read(self) -> AbstractContextManager[Tx]:
        """A consistent view that writes nothing."""

    def write(self) -> AbstractContextManager[Tx]:
        """The registry's write lock is held; commits as the block ends, rolls back on an error."""
