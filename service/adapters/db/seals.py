"""What a seal digests: the telemetry that arrived in a period, each summary with its evidence and
the time of its arrival (decision 11)."""

from collections.abc import Sequence
from datetime import datetime
from typing import Any

from sqlalchemy import select

from service.adapters.db.codec import canonical, codec_of
from service.adapters.db.tables import EvidenceRow, SummaryRow

SEALED = "telemetry:"
"""How the subjects of seals begin; each goes by the seq of its own line."""

_SUMMARY, _EVIDENCE = SummaryRow.table(), EvidenceRow.table()
parts = (
    select(
        _SUMMARY.c.id, _SUMMARY.c.received_at, _SUMMARY.c.digest, _EVIDENCE.c.digest.label("proof")
    )
    .join_from(_SUMMARY, _EVIDENCE, _SUMMARY.c.arrival == _EVIDENCE.c.arrival)
    .order_by(_SUMMARY.c.arrival)
)
"""What is digested of each summary, in the order of arrival; to be narrowed."""


def sealed_text(rows: Sequence[Any]) -> str:
    """What a seal digests: of each summary its id, its arrival, its digest and its evidence's."""
    instant = codec_of(datetime).encode
    return canonical([[r.id, instant(r.received_at), r.digest, r.proof] for r in rows])
