"""Telemetry: summaries in the order of arrival, the keys that make them unique, what they prove.

Arriving summaries have no journal line of their own; a seal digests those of a period into one.
"""

from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import Any

from sqlalchemy import Connection, func, insert, select, tuple_, update

from service.adapters.db.codec import decode, digest_of, encode_quickly
from service.adapters.db.contents import Contents, at_once
from service.adapters.db.journal import Act, SqlJournal
from service.adapters.db.paging import cursor_of, kept_among, start_of
from service.adapters.db.seals import SEALED, parts, sealed_text
from service.adapters.db.tables import EvidenceRow, SummaryKeyRow, SummaryRow
from service.domain.evidence import Evidence
from service.domain.journal import Deed
from service.domain.kinds import ControlMode
from service.domain.pace import Span
from service.domain.telemetry import Summary
from service.usecases.ports import Page, Query

Key = tuple[str, str, int]

OWNERS = ("vehicle_id", "permit_id", "organisation_id")


def evidence_columns(evidence: Evidence) -> dict[str, Any]:
    """What the row of one piece of evidence repeats of it."""
    return {
        "vehicle_id": evidence.vehicle_id,
        "permit_id": evidence.permit_id,
        "organisation_id": evidence.organisation_id,
        "started_at": evidence.started_at,
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


def seen(connection: Connection, keys: Sequence[Key]) -> dict[Key, str]:
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

    def seen(self, keys: Sequence[Key]) -> Mapping[Key, str]:
        """The payload digest of each key already recorded."""
        return seen(self._connection, keys)

    def told_of(self, vehicle_id: str, after: datetime, before: datetime) -> Sequence[Span]:
        """When the vehicle's summaries took place that started between the two times."""
        rows = select(_SUMMARY.started_at, _SUMMARY.ended_at).join_from(*_together)
        found = rows.where(
            _EVIDENCE.vehicle_id == vehicle_id,
            _EVIDENCE.started_at > after,
            _EVIDENCE.started_at < before,
        ).order_by(_EVIDENCE.started_at, _EVIDENCE.arrival)
        return [(row.started_at, row.ended_at) for row in self._connection.execute(found)]

    def record(self, accepted: Sequence[tuple[Summary, Evidence]], at: datetime) -> None:
        """Store summaries never seen before, with their evidence."""
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
        self._connection.execute(insert(SummaryKeyRow), keys)
        self._connection.execute(insert(SummaryRow), summaries)
        self._connection.execute(insert(EvidenceRow), evidence)

    def summaries(self, query: Query) -> Page[Summary]:
        """One page of summaries, in the order of arrival."""
        rows = kept_among(
            select(_SUMMARY.arrival, _SUMMARY.body).join_from(*_together), _owners, query
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
        items = tuple(decode(Summary, row.body) for row in kept)
        return Page(items, cursor_of(kept[-1].arrival) if len(found) > len(kept) else None)

    def evidence(self, query: Query) -> Sequence[Evidence]:
        """All evidence of the permits, vehicles or organisations that `query.among` names."""
        rows = kept_among(select(_EVIDENCE.body), _owners, query)
        ordered = rows.order_by(_EVIDENCE.started_at, _EVIDENCE.arrival)
        return [decode(Evidence, body) for body in self._connection.execute(ordered).scalars()]

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


_KEY = SummaryKeyRow.table().c
_SUMMARIES, _EVIDENCES = SummaryRow.table(), EvidenceRow.table()
_SUMMARY, _EVIDENCE = _SUMMARIES.c, _EVIDENCES.c
_owners = {name: _EVIDENCE[name] for name in OWNERS}
_together = (_SUMMARIES, _EVIDENCES, _SUMMARY.arrival == _EVIDENCE.arrival)
