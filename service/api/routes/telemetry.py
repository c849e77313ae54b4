"""Telemetry in, evidence and figures out."""

from typing import Annotated

from fastapi import Query

from geo.text import Text
from service.api.deps import Call, Caller
from service.api.endpoint import router
from service.api.paging import Listing
from service.api.policy import needs
from service.domain.access import Action
from service.domain.errors import Malformed, Problem
from service.domain.kinds import ViolationKind
from service.domain.rulepack import LimitKey
from service.domain.telemetry import Outcome
from service.usecases import statistics, telemetry
from service.usecases.telemetry import Posted, Result
from service.wire.common import Key, PageOut
from service.wire.reports import BatchOut, FiguresOut, SummaryOut, ViolationOut
from service.wire.telemetry import Batch, posted

routes = router("telemetry", "/v1")


class SummaryListing(Listing):
    """Whose summaries."""

    vehicle_id: tuple[Key, ...] = ()
    permit_id: tuple[Key, ...] = ()
    operator_id: tuple[Key, ...] = ()


class ViolationListing(SummaryListing):
    """Which violations."""

    violation_kind: tuple[ViolationKind, ...] = ()


@routes.post("/telemetry/summaries", **needs(Action.telemetry_post))
def post_summaries(call: Caller, body: Batch) -> BatchOut:
    """One summary or an array; each item is answered for, good ones are kept."""
    _refuse_oversize(call, len(body))
    batch = posted(body, call.ctx.frame)
    with call.uow.write() as tx:
        results = telemetry.record(tx, call.actor, call.ctx, batch)
        opened = tx.violations.find({key for r in results for key in r.violation_ids})
    _refuse_when_none_is_good(batch, results)
    return BatchOut.from_domain(results, opened, call.reader)


@routes.get("/telemetry/summaries", **needs(Action.telemetry_read))
def list_summaries(
    call: Caller, listing: Annotated[SummaryListing, Query()]
) -> PageOut[SummaryOut]:
    """Summaries as recorded; an operator sees its own."""
    with call.uow.read() as tx:
        page = telemetry.summaries(tx, call.actor, listing.to_query())
    shown = [SummaryOut.from_domain(summary) for summary in page.items]
    return PageOut[SummaryOut](items=shown, next=page.next)


@routes.get("/violations", **needs(Action.telemetry_read))
def list_violations(
    call: Caller, listing: Annotated[ViolationListing, Query()]
) -> PageOut[ViolationOut]:
    """Limits of permits that telemetry shows to be broken."""
    with call.uow.read() as tx:
        page = telemetry.violations(tx, call.actor, listing.to_query())
    shown = [ViolationOut.from_domain(violation, call.reader) for violation in page.items]
    return PageOut[ViolationOut](items=shown, next=page.next)


class FiguresListing(Listing):
    """Whose figures, and by what they are grouped."""

    no_filters = frozenset({"group_by"})

    group_by: Key = "operator"
    permit_id: tuple[Key, ...] = ()
    operator_id: tuple[Key, ...] = ()


@routes.get("/statistics", **needs(Action.statistics_read))
def get_statistics(
    call: Caller, listing: Annotated[FiguresListing, Query()]
) -> PageOut[FiguresOut]:
    """Kilometres, hours, takeovers and incidents of each group."""
    with call.uow.read() as tx:
        figures = statistics.by(tx, call.actor, listing.group_by, listing.to_query())
    return PageOut[FiguresOut](items=[FiguresOut.from_domain(f) for f in figures], next=None)


def _refuse_oversize(call: Call, count: int) -> None:
    most = int(call.ctx.pack.number(LimitKey.telemetry_batch))
    if count > most:
        words = Text(f"一批最多 {most} 条", f"A batch holds {most} at most")
        raise Malformed([Problem("", "batch_too_large", words)])


def _refuse_when_none_is_good(batch: tuple[Posted, ...], results: tuple[Result, ...]) -> None:
    """A batch of which nothing could be taken is refused as a whole, every item with its reason."""
    problems = [
        Problem(
            f"/{r.index}{r.problem.pointer}" if len(batch) > 1 else r.problem.pointer,
            r.problem.code,
            r.problem.message,
        )
        for r in results
        if r.status is Outcome.rejected and r.problem is not None
    ]
    if len(problems) == len(results):
        raise Malformed(problems)
