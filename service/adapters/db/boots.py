"""The counters of vehicles: how far each boot was answered for, and what is missing of it."""

from collections import defaultdict
from collections.abc import Collection, Iterable
from datetime import datetime

from sqlalchemy import Connection, delete, insert, select, tuple_

from service.adapters.db.contents import at_once
from service.adapters.db.paging import cursor_of, kept_among, start_of
from service.adapters.db.record_tables import VehicleRow
from service.adapters.db.tables import BootRow, GapRow
from service.adapters.db.upsert import upsert
from service.domain.boot import Boot, BootKey, Gap, Run
from service.domain.telemetry import SummaryKey
from service.usecases.ports import Page, Query


class SqlBoots:
    """The counters, as one transaction sees them; each is read once."""

    def __init__(self, connection: Connection) -> None:
        self._connection = connection
        self._known: dict[BootKey, Boot] = {}

    def get(self, keys: Collection[BootKey]) -> dict[BootKey, Boot]:
        """Every one of the boots; one never heard of has answered for nothing."""
        self._read([key for key in keys if key not in self._known])
        return {key: self._known[key] for key in keys}

    def settle(self, keys: Iterable[SummaryKey], at: datetime) -> None:
        """The numbers are answered for."""
        seqs: dict[BootKey, list[int]] = defaultdict(list)
        for vehicle_id, boot_id, seq in keys:
            seqs[vehicle_id, boot_id].append(seq)
        before = self.get(seqs)
        after = {key: boot.after(seqs[key]) for key, boot in before.items()}
        self._known |= after
        changed = [boot for key, boot in after.items() if boot != before[key]]
        if not changed:
            return
        self._connection.execute(_UPSERT, [_row(boot, at) for boot in changed])
        gone = [
            (*boot.key, first)
            for boot in changed
            for first, _ in {*before[boot.key].missing} - {*boot.missing}
        ]
        for some in at_once(gone):
            self._connection.execute(delete(GapRow).where(tuple_(*_PLACE).in_(some)))
        opened = [
            _gap_row(boot, run)
            for boot in changed
            for run in sorted({*boot.missing} - {*before[boot.key].missing})
        ]
        if opened:
            self._connection.execute(insert(GapRow), opened)

    def gaps(self, query: Query) -> Page[Gap]:
        """One page of what is missing, in the order in which it was found to be."""
        rows = select(_GAPS).join_from(_GAPS, _VEHICLES, _VEHICLES.c.id == _GAP.vehicle_id)
        kept = kept_among(rows, _OWNERS, query).where(_GAP.id > start_of(query.cursor))
        found = self._connection.execute(kept.order_by(_GAP.id).limit(query.limit + 1)).all()
        some = found[: query.limit]
        gaps = tuple(Gap(r.vehicle_id, r.boot_id, r.first_seq, r.last_seq) for r in some)
        return Page(gaps, cursor_of(some[-1].id) if len(found) > len(some) else None)

    def _read(self, keys: Collection[BootKey]) -> None:
        self._known |= {key: Boot(*key) for key in keys}
        with_gaps: list[BootKey] = []
        for some in at_once(list(keys)):
            rows = select(_BOOTS).where(tuple_(_BOOT.vehicle_id, _BOOT.boot_id).in_(some))
            for row in self._connection.execute(rows):
                key = (row.vehicle_id, row.boot_id)
                self._known[key] = Boot(*key, row.last_seq)
                if row.upto < row.last_seq:
                    with_gaps.append(key)
        missing: dict[BootKey, list[Run]] = defaultdict(list)
        for some in at_once(with_gaps):
            gaps = select(_GAPS).where(tuple_(_GAP.vehicle_id, _GAP.boot_id).in_(some))
            for row in self._connection.execute(gaps.order_by(_GAP.first_seq)):
                missing[row.vehicle_id, row.boot_id].append((row.first_seq, row.last_seq))
        for key, runs in missing.items():
            self._known[key] = Boot(*key, self._known[key].last_seq, tuple(runs))


def _row(boot: Boot, at: datetime) -> dict[str, object]:
    return {
        "vehicle_id": boot.vehicle_id,
        "boot_id": boot.boot_id,
        "upto": boot.upto,
        "last_seq": boot.last_seq,
        "last_received_at": at,
    }


def _gap_row(boot: Boot, run: Run) -> dict[str, object]:
    return {
        "vehicle_id": boot.vehicle_id,
        "boot_id": boot.boot_id,
        "first_seq": run[0],
        "last_seq": run[1],
    }


_BOOTS, _GAPS, _VEHICLES = BootRow.table(), GapRow.table(), VehicleRow.table()
_BOOT, _GAP = _BOOTS.c, _GAPS.c
_UPSERT = upsert(_BOOTS, "vehicle_id, boot_id", updated=("upto", "last_seq", "last_received_at"))
_PLACE = (_GAP.vehicle_id, _GAP.boot_id, _GAP.first_seq)
_OWNERS = {
    "vehicle_id": _GAP.vehicle_id,
    "boot_id": _GAP.boot_id,
    "organisation_id": _VEHICLES.c.organisation_id,
}
