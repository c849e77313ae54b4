"""Telemetry: summaries in the order of arrival, the keys that make them unique, what they prove.

Arriving summaries have no journal line of their own; a seal digests those of a period into one.
"""

from collections import defaultdict
from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import Any

from sqlalchemy import (
    ColumnElement,
    Connection,
    and_,
    func,
    or_,
    select,
    tuple_,
    update,
)

from service.adapters.db.boots import SqlBoots
from service.adapters.db.bulk import insert_all
from service.adapters.db.codec import decode, digest_of, encode_quickly
from service.adapters.db.contents import Contents, at_once
from service.adapters.db.journal import Act, SqlJournal
from service.adapters.db.mileage import mileage, record_parts
from service.adapters.db.months import Month, detach, make_room, over
from service.adapters.db.paging import cursor_of, kept_among, start_of
from service.adapters.db.seals import RETIRED, SEALED, Retirement, parts, sealed_text
from service.adapters.db.tables import EvidenceRow, SummaryKeyRow, SummaryRow
from service.domain.boot import Gap
from service.domain.evidence import Evidence, Mileage
from service.domain.journal import Deed
from service.domain.kinds import ControlMode
from service.domain.pace import Span
from service.domain.telemetry import Arrival, Summary, SummaryKey
from service.usecases.ports import Page, Query

OWNERS = ("vehicle_id", "permit_id", "organisation_id")
AT_ONCE = 100
"""Vehicles asked for in one statement, each with a time of its own."""


def evidence_columns(evidence: Evidence) -> dict[str, Any]:
    """What the row of one piece of evidence repeats of it."""
    return {
        "vehicle_id": evidence.vehicle_id,
        "permit_id": evidence.permit_id,
        "organisation_id": evidence.organisation_id,
        "started_at": evidence.started_at,
        "ended_at": evidence.ended_at,
        "uncertain": evidence.uncertain,
        "automated_km": evidence.km.get(ControlMode.automated, 0.0),
        "automated_hours": evidence.hours.get(ControlMode.automated, 0.0),
        "outside_km": evidence.outside_km,
        "claimed_km": evidence.claimed_km,
        "takeovers": evidence.takeovers,
    }


def summary_columns(summary: Summary) -> dict[str, Any]:
    """What the row of one summary repeats of it."""
    west, south = summary.track.lonlat.min(axis=0).tolist()
    east, north = summary.track.lonlat.max(axis=0).tolist()
    return {
        "id": summary.id,
        "started_at": summary.started_at,
        "ended_at": summary.ended_at,
        "west": west,
        "south": south,
        "east": east,
        "north": north,
    }


def seen(connection: Connection, keys: Sequence[SummaryKey]) -> dict[SummaryKey, str]:
    """The payload digest of each of the keys that there is."""
    own = (_KEY.vehicle_id, _KEY.boot_id, _KEY.seq)
    rows = select(*own, _KEY.payload_digest)
    return {
        (vehicle_id, boot_id, seq): digest
        for some in at_once(keys)
        for vehicle_id, boot_id, seq, digest in connection.execute(
            rows.where(tuple_(*own).in_(some))
        )
    }


def _key_row(summary: Summary) -> dict[str, Any]:
    return {
        "vehicle_id": summary.vehicle_id,
        "boot_id": summary.boot_id,
        "seq": summary.seq,
        "payload_digest": summary.digest,
    }


def _text(value: Summary | Evidence) -> dict[str, str]:
    body = encode_quickly(value)
    return {"digest": digest_of(body), "body": body}


class SqlTelemetry:
    """The telemetry tables, as one transaction sees them."""

    def __init__(self, connection: Connection, contents: Contents, journal: SqlJournal) -> None:
        self._connection = connection
        self._contents = contents
        self._journal = journal
        self._boots = SqlBoots(connection)

    def seen(self, keys: Sequence[SummaryKey]) -> Mapping[SummaryKey, str]:
        """The payload digest of each key already recorded."""
        boots = self._boots.get({key[:2] for key in keys})
        # a number that nobody was answered for was never recorded
        return seen(self._connection, [key for key in keys if boots[key[:2]].has(key[2])])

    def told_of(self, windows: Mapping[str, Span]) -> Mapping[str, Sequence[Span]]:
        """When the summaries of each vehicle took place that share time with its window."""
        rows = select(_EVIDENCE.vehicle_id, _EVIDENCE.started_at, _EVIDENCE.ended_at)
        told: dict[str, list[Span]] = defaultdict(list)
        for some in at_once(list(windows.items()), AT_ONCE):
            shared = or_(*(_shares_time(vehicle_id, window) for vehicle_id, window in some))
            found = rows.where(shared).order_by(_EVIDENCE.started_at, _EVIDENCE.arrival)
            for row in self._connection.execute(found):
                told[row.vehicle_id].append((row.started_at, row.ended_at))
        return told

    def record(
        self,
        accepted: Sequence[tuple[Summary, Evidence]],
        at: datetime,
        refused: Sequence[SummaryKey] = (),
    ) -> None:
        """Store summaries never seen before, with their evidence; all numbers are answered for."""
        self._boots.settle([*(summary.key for summary, _ in accepted), *refused], at)
        if not accepted:
            return
        last = select(func.coalesce(func.max(_EVIDENCE.arrival), 0))
        first = self._connection.execute(last).scalar_one() + 1
        keys, summaries, evidence = [], [], []
        for arrival, (summary, proof) in enumerate(accepted, first):
            row = {"arrival": arrival}
            keys.append(_key_row(summary))
            summaries.append(
                {**row, "received_at": at, **summary_columns(summary), **_text(summary)}
            )
            evidence.append({**row, **evidence_columns(proof), **_text(proof)})
        insert_all(self._connection, SummaryKeyRow.table(), keys)
        insert_all(self._connection, _SUMMARIES, summaries)
        insert_all(self._connection, _EVIDENCES, evidence)
        arrived = [(arrival, proof) for arrival, (_, proof) in enumerate(accepted, first)]
        record_parts(self._connection, arrived)

    def upto(self, vehicle_id: str, boot_id: str) -> int:
        """The highest number of that boot up to which every one from 1 was answered for."""
        key = (vehicle_id, boot_id)
        return self._boots.get([key])[key].upto

    def gaps(self, query: Query) -> Page[Gap]:
        """One page of the numbers that never came though later ones did."""
        return self._boots.gaps(query)

    def summaries(self, query: Query) -> Page[Arrival]:
        """One page of summaries, in the order of arrival."""
        rows = kept_among(
            select(_SUMMARY.arrival, _SUMMARY.received_at, _SUMMARY.body).join_from(*_together),
            _owners,
            query,
        )
        rows = rows.where(_SUMMARY.arrival > start_of(query.cursor))
        if query.updated_since is not None:
            rows = rows.where(_SUMMARY.received_at >= query.updated_since)
        if query.at is not None:
            rows = rows.where(_SUMMARY.started_at <= query.at, _SUMMARY.ended_at > query.at)
        if query.bbox is not None:
            west, south, east, north = query.bbox
            rows = rows.where(_SUMMARY.west <= east, _SUMMARY.east >= west)
            rows = rows.where(_SUMMARY.south <= north, _SUMMARY.north >= south)
        limited = rows.order_by(_SUMMARY.arrival).limit(query.limit + 1)
        found = self._connection.execute(limited).all()
        kept = found[: query.limit]
        items = tuple(Arrival(decode(Summary, row.body), row.received_at) for row in kept)
        return Page(items, cursor_of(kept[-1].arrival) if len(found) > len(kept) else None)

    def recorded(self, cursor: str | None, limit: int) -> Page[tuple[Summary, Evidence]]:
        """Summaries that are still there with what they prove, in the order of arrival."""
        both = select(_SUMMARY.arrival, _SUMMARY.body, _EVIDENCE.body.label("proof"))
        rows = both.join_from(*_together).where(_SUMMARY.arrival > start_of(cursor))
        found = self._connection.execute(rows.order_by(_SUMMARY.arrival).limit(limit + 1)).all()
        kept = found[:limit]
        items = tuple((decode(Summary, row.body), decode(Evidence, row.proof)) for row in kept)
        return Page(items, cursor_of(kept[-1].arrival) if len(found) > len(kept) else None)

    def evidence(self, query: Query) -> Sequence[Evidence]:
        """All evidence of the permits, vehicles or organisations that `query.among` names."""
        rows = kept_among(select(_EVIDENCE.body), _owners, query)
        ordered = rows.order_by(_EVIDENCE.started_at, _EVIDENCE.arrival)
        return [decode(Evidence, body) for body in self._connection.execute(ordered).scalars()]

    def mileage(self, query: Query, by: Sequence[str]) -> Sequence[Mileage]:
        """Kilometres, hours and passes of each group and mode, in the order of the groups."""
        return mileage(self._connection, query, by)

    def unsealed_before(self, moment: datetime) -> int:
        """How many summaries that arrived before `moment` no journal line covers yet."""
        rows = select(func.count()).where(_SUMMARY.seal.is_(None), _SUMMARY.received_at < moment)
        return self._connection.execute(rows).scalar_one()

    def seal(self, until: datetime, deed: Deed) -> int:
        """Digest the summaries that arrived before `until` into one journal line; how many."""
        open_until = _SUMMARY.seal.is_(None) & (_SUMMARY.received_at < until)
        rows = self._connection.execute(parts.where(open_until)).all()
        if not rows:
            return 0
        (digest,) = self._contents.write([sealed_text(rows)])
        next_seq = self._journal.head()[0] + 1
        (seq,) = self._journal.append(deed, [Act(f"{SEALED}{next_seq}", 1, digest)])
        self._connection.execute(update(SummaryRow).where(open_until).values(seal=seq))
        return len(rows)

    def make_room(self, now: datetime) -> None:
        """There is a place for what arrives in the coming months."""
        make_room(self._connection, now)

    def retire(self, before: datetime, deed: Deed) -> int:
        """Take away the sealed summaries of the months that ended before then; how many."""
        return sum(self._retire(month, deed) for month in list(over(self._connection, before)))

    def _retire(self, month: Month, deed: Deed) -> int:
        held = month.table
        rows = self._connection.execute(select(held).order_by(held.c.arrival)).all()
        seals = {row.seal for row in rows}
        if None in seals:
            return 0
        detach(self._connection, month, empty=not rows)
        if not rows:
            return 0
        gone = Retirement.of(self._connection, [row.arrival for row in rows], seals)
        (digest,) = self._contents.write([gone.text()])
        self._journal.append(deed, [Act(f"{RETIRED}{month.name}", 1, digest)])
        # what else those seals covered is sealed anew: they can no longer be held against it
        left = update(SummaryRow).where(_SUMMARY.seal.in_(gone.seals))
        self._connection.execute(left.values(seal=None))
        return gone.count


def _shares_time(vehicle_id: str, window: Span) -> ColumnElement[bool]:
    start, end = window
    here = _EVIDENCE.vehicle_id == vehicle_id
    return and_(here, _EVIDENCE.ended_at > start, _EVIDENCE.started_at < end)


_KEY = SummaryKeyRow.table().c
_SUMMARIES, _EVIDENCES = SummaryRow.table(), EvidenceRow.table()
_SUMMARY, _EVIDENCE = _SUMMARIES.c, _EVIDENCES.c
_owners = {name: _EVIDENCE[name] for name in OWNERS}
_together = (_SUMMARIES, _EVIDENCES, _SUMMARY.arrival == _EVIDENCE.arrival)
