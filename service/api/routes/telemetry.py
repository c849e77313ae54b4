"""Telemetry in, evidence and figures out."""

import asyncio
from collections.abc import Sequence
from typing import Annotated, Any

from fastapi import Query, Request
from starlette.concurrency import run_in_threadpool

from geo.text import Text
from service.api.deps import Call, Caller
from service.api.endpoint import Endpoint, router
from service.api.ndjson import NDJSON, Line, NdjsonEndpoint, portions
from service.api.paging import Listing
from service.api.policy import needs
from service.domain.access import Action
from service.domain.dead_letter import Channel
from service.domain.errors import Malformed, Problem
from service.domain.kinds import ViolationKind
from service.domain.rulepack import LimitKey
from service.domain.telemetry import Outcome
from service.usecases import dead_letters, telemetry
from service.usecases.telemetry import Post, Receipt, Result
from service.wire.common import Key, PageOut
from service.wire.reports import (
    BatchOut,
    DeadLetterOut,
    GapOut,
    ResultOut,
    SummaryOut,
    Tally,
    ViolationOut,
)
from service.wire.telemetry import Batch, posted, posted_text

routes = router("telemetry", "/v1")


def _also_in_lines(needed: dict[str, Any]) -> dict[str, Any]:
    """The same need, and the word that a file of lines is taken too."""
    content = {NDJSON: {"schema": {"type": "string"}}}
    return {"openapi_extra": {**needed["openapi_extra"], "requestBody": {"content": content}}}


class VehicleListing(Listing):
    """Whose telemetry."""

    vehicle_id: tuple[Key, ...] = ()
    operator_id: tuple[Key, ...] = ()


class SummaryListing(VehicleListing):
    """Whose summaries."""

    permit_id: tuple[Key, ...] = ()


class BootListing(VehicleListing):
    """Of which boots."""

    boot_id: tuple[Key, ...] = ()


class LetterListing(BootListing):
    """Which dead letters."""

    channel: tuple[Channel, ...] = ()
    code: tuple[Key, ...] = ()


class ViolationListing(SummaryListing):
    """Which violations."""

    violation_kind: tuple[ViolationKind, ...] = ()


async def post_file(call: Caller, request: Request) -> BatchOut:
    """A file of summaries, one on a line, stored portion by portion and safe to send again."""
    most, tally = int(call.ctx.pack.number(LimitKey.telemetry_batch)), Tally()
    async for lines in portions(request.stream(), most):
        tally.add(await run_in_threadpool(_take_lines, call, lines))
    if tally.counts[Outcome.rejected] == tally.counts.total() > 0:
        raise _refusal(tally.refused)
    return tally.told(call.reader)


routes.add_api_route(
    "/telemetry/summaries",
    post_file,
    methods=["POST"],
    route_class_override=NdjsonEndpoint,
    include_in_schema=False,
    **needs(Action.telemetry_post),
)


def _take_lines(call: Call, lines: Sequence[Line]) -> Receipt:
    frame = call.ctx.frame
    read = [posted_text(line.index, line.text, frame) for line in lines]
    return _take(call, Post(call.actor, read, Channel.file))


class BatchEndpoint(Endpoint):
    """A route whose items are refused one by one, for NaN as for anything else."""

    nan = True


async def post_summaries(call: Caller, body: Batch) -> BatchOut:
    """One summary or an array; each item is answered for, good ones are kept.

    A file of any length is sent with one summary on a line; of it `results` holds what was refused.
    """
    _refuse_oversize(call, len(body))
    post = await run_in_threadpool(_read, call, body)
    if len(body) == 1:
        receipt = await asyncio.wrap_future(call.registry.singles.submit(post))
    else:
        receipt = await run_in_threadpool(_take, call, post)
    if all(result.status is Outcome.rejected for result in receipt.results):
        raise _refusal(receipt.results)
    return BatchOut.from_domain(receipt, call.reader)


routes.add_api_route(
    "/telemetry/summaries",
    post_summaries,
    methods=["POST"],
    route_class_override=BatchEndpoint,
    **_also_in_lines(needs(Action.telemetry_post)),
)


def _read(call: Call, body: Batch) -> Post:
    return Post(call.actor, posted(body, call.ctx.frame))


def _take(call: Call, post: Post) -> Receipt:
    with call.uow.write() as tx:
        return telemetry.receive(tx, call.registry.context(), [post])[0]


@routes.get("/telemetry/summaries", **needs(Action.telemetry_read))
def list_summaries(
    call: Caller, listing: Annotated[SummaryListing, Query()]
) -> PageOut[SummaryOut]:
    """Summaries as recorded; an operator sees its own."""
    with call.uow.read() as tx:
        page = telemetry.summaries(tx, call.actor, listing.to_query())
    shown = [SummaryOut.from_domain(arrival) for arrival in page.items]
    return PageOut[SummaryOut](items=shown, next=page.next)


@routes.get("/telemetry/gaps", **needs(Action.telemetry_read))
def list_gaps(call: Caller, listing: Annotated[BootListing, Query()]) -> PageOut[GapOut]:
    """Numbers that never came though later ones of the same boot did."""
    with call.uow.read() as tx:
        page = telemetry.gaps(tx, call.actor, listing.to_query())
    shown = [GapOut.from_domain(gap) for gap in page.items]
    return PageOut[GapOut](items=shown, next=page.next)


@routes.get("/telemetry/dead-letters", **needs(Action.telemetry_read))
def list_dead_letters(
    call: Caller, listing: Annotated[LetterListing, Query()]
) -> PageOut[DeadLetterOut]:
    """Telemetry that was refused, with the reason."""
    with call.uow.read() as tx:
        page = dead_letters.page(tx, call.actor, listing.to_query())
    shown = [DeadLetterOut.from_domain(letter, call.reader) for letter in page.items]
    return PageOut[DeadLetterOut](items=shown, next=page.next)


@routes.post("/telemetry/dead-letters/{letter_id}/replay", **needs(Action.telemetry_replay))
def replay_dead_letter(call: Caller, letter_id: Key) -> ResultOut:
    """Hand a dead letter in again, once its reason is gone; what became of it."""

    def read(text: str) -> telemetry.Posted:
        return posted_text(0, text.encode(), call.ctx.frame)

    with call.uow.write() as tx:
        result = dead_letters.replay(tx, call.actor, call.ctx, letter_id, read)
    return ResultOut.from_domain(result, call.reader)


@routes.get("/violations", **needs(Action.telemetry_read))
def list_violations(
    call: Caller, listing: Annotated[ViolationListing, Query()]
) -> PageOut[ViolationOut]:
    """Limits of permits that telemetry shows to be broken."""
    with call.uow.read() as tx:
        page = telemetry.violations(tx, call.actor, listing.to_query())
    shown = [ViolationOut.from_domain(violation, call.reader) for violation in page.items]
    return PageOut[ViolationOut](items=shown, next=page.next)


def _refuse_oversize(call: Call, count: int) -> None:
    most = int(call.ctx.pack.number(LimitKey.telemetry_batch))
    if count > most:
        words = Text(f"一批最多 {most} 条", f"A batch holds {most} at most")
        raise Malformed([Problem("", "batch_too_large", words)])


def _refusal(results: Sequence[Result]) -> Malformed:
    """Of a post of which nothing could be taken: every item with its reason."""
    alone = len(results) == 1 and results[0].index == 0
    return Malformed(
        [
            Problem(
                r.problem.pointer if alone else f"/{r.index}{r.problem.pointer}",
                r.problem.code,
                r.problem.message,
            )
            for r in results
            if r.problem is not None
        ]
    )
