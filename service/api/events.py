"""The event streams of this process: one poller reads what is new, for all who listen.

The journal's head is the clock that all processes share. Nobody holds a connection to the database
while waiting, and who reads too slowly is let go: by the id of its last event it can come again.
"""

import asyncio
import logging
from collections.abc import AsyncIterator, Collection, Mapping, Sequence
from dataclasses import dataclass
from time import monotonic

from starlette.concurrency import run_in_threadpool
from starlette.responses import StreamingResponse
from starlette.types import Message, Receive, Scope, Send

from service.api.refusals import TooMany
from service.domain.errors import RegistryError
from service.domain.journal import Actor, Entry
from service.usecases import events, live
from service.usecases.ports import Tx, UnitOfWork
from service.wire.live import EventOut, position_block

POLL_S = 1.0
HEARTBEAT_S = 15.0
LONGEST_S = 900.0
"""After this a stream ends and the reader has to prove again who it is."""
PATIENCE_S = 30.0
"""A reader that takes nothing for so long is let go."""
MOST_OPEN = 200
MOST_OF_ONE = 4
MOST_WAITING = 1 << 20
"""Characters that may wait for one reader."""
MOST_AT_ONCE = 1000
AGAIN_S = 5

_OPENING = "retry: 2000\n\n"
_HEARTBEAT = ": heartbeat\n\n"
_log = logging.getLogger("testzone.events")


class Stream:
    """What waits for one reader."""

    def __init__(self, actor: Actor) -> None:
        self.actor = actor
        self.begun: asyncio.Future[int | None] = asyncio.get_running_loop().create_future()
        """The last seq that is not told here, once that is known; None when it ended before."""
        self._waiting: asyncio.Queue[str | None] = asyncio.Queue()
        self._size = 0

    def tell(self, text: str) -> None:
        """Let the reader have it, unless too much waits for it already: then it has to go."""
        self._size += len(text)
        if self._size > MOST_WAITING:
            self.end()
        elif text:
            self._waiting.put_nowait(text)

    def end(self) -> None:
        """Let the reader go after what it was told."""
        if not self.begun.done():
            self.begun.set_result(None)
        self._waiting.put_nowait(None)

    async def told(self) -> AsyncIterator[str]:
        """What it is told, as it comes, and heartbeats where nothing does."""
        until = monotonic() + LONGEST_S
        while monotonic() < until:
            try:
                text = await asyncio.wait_for(self._waiting.get(), HEARTBEAT_S)
            except TimeoutError:
                yield _HEARTBEAT
                continue
            if text is None:
                return
            self._size -= len(text)
            yield text


class Streams:
    """All that are open in this process; the poller runs while there is one."""

    def __init__(self) -> None:
        self._open: set[Stream] = set()
        self._poller: asyncio.Task[None] | None = None

    def open(self, actor: Actor, uow: UnitOfWork) -> Stream:
        """A stream for the actor; TooMany when it has, or all have, as many as they may."""
        of_one = sum(stream.actor.id == actor.id for stream in self._open)
        if of_one >= MOST_OF_ONE or len(self._open) >= MOST_OPEN:
            raise TooMany(after_s=AGAIN_S)
        stream = Stream(actor)
        self._open.add(stream)
        if self._poller is None:
            self._poller = asyncio.create_task(self._poll(uow))
            self._poller.add_done_callback(self._polled)
        return stream

    def leave(self, stream: Stream) -> None:
        """Forget a stream that is over."""
        self._open.discard(stream)
        if not self._open and self._poller is not None:
            self._poller.cancel()
            self._poller = None

    def end(self) -> None:
        """Let every reader go, as when the service stops."""
        for stream in self._open:
            stream.end()

    async def _poll(self, uow: UnitOfWork) -> None:
        """Tell every stream what is new, once a second."""
        at: _Point | None = None
        while True:
            begun = [stream for stream in self._open if stream.begun.done()]
            actors = {stream.actor for stream in begun}
            try:
                now, texts = await run_in_threadpool(_news, uow, at, actors)
            except RegistryError as refused:
                _log.warning("put off: %s %s", refused.code, refused.message.en)
            else:
                for stream in begun:
                    stream.tell(texts[stream.actor])
                for stream in self._open.difference(begun):
                    # it came while that was read, and reads up to there by itself
                    stream.begun.set_result(now.seq)
                at = now
            await asyncio.sleep(POLL_S)

    def _polled(self, poller: asyncio.Task[None]) -> None:
        """After a failure none is left waiting for what nobody reads."""
        if not poller.cancelled():
            _log.error("events are no longer read", exc_info=poller.exception())
            self._poller = None
            self.end()


@dataclass(frozen=True)
class _Point:
    """How far has been read: in the journal and in the positions."""

    seq: int
    number: int


def _news(
    uow: UnitOfWork, at: _Point | None, actors: Collection[Actor]
) -> tuple[_Point, Mapping[Actor, str]]:
    """How far there is something to read, and what of it each of the actors is told."""
    with uow.read() as tx:
        if at is None:
            return _Point(tx.journal.head()[0], tx.positions.head()), dict.fromkeys(actors, "")
        lines = tx.journal.page(at.seq, MOST_AT_ONCE)
        moved = tx.positions.after(at.number, MOST_AT_ONCE)
        texts = {
            actor: _told(tx, actor, lines)
            + "".join(map(position_block, live.shown(actor, (p for _, p in moved))))
            for actor in actors
        }
    seq = lines[-1].seq if lines else at.seq
    return _Point(seq, moved[-1][0] if moved else at.number), texts


def _missed(uow: UnitOfWork, actor: Actor, after: int, until: int) -> tuple[int, str]:
    """How far the next lines go that were missed, and what of them the actor is told."""
    with uow.read() as tx:
        lines = [line for line in tx.journal.page(after, MOST_AT_ONCE) if line.seq <= until]
        return lines[-1].seq if lines else until, _told(tx, actor, lines)


def _told(tx: Tx, actor: Actor, lines: Sequence[Entry]) -> str:
    return "".join(EventOut.from_domain(line).block() for line in events.told(tx, actor, lines))


class EventStream(StreamingResponse):
    """The answer to a reader: what it missed since `after`, then, to `follow`, what happens."""

    media_type = "text/event-stream"

    def __init__(
        self, streams: Streams, actor: Actor, uow: UnitOfWork, after: int | None, *, follow: bool
    ) -> None:
        self._streams, self._stream, self._uow = streams, streams.open(actor, uow), uow
        # a proxy that gathers an answer before it passes it on would hold events back
        super().__init__(self._blocks(after, follow), headers={"X-Accel-Buffering": "no"})

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Answer until either side ends it."""
        try:
            await super().__call__(scope, receive, send)
        finally:
            self._streams.leave(self._stream)

    async def stream_response(self, send: Send) -> None:
        """Send block by block; a reader that takes none for long is let go."""

        async def patiently(message: Message) -> None:
            async with asyncio.timeout(PATIENCE_S):
                await send(message)

        try:
            await super().stream_response(patiently)
        except TimeoutError:
            _log.info("let go of %s, who reads too slowly", self._stream.actor.id)
        except RegistryError as refused:
            _log.warning("cut off: %s %s", refused.code, refused.message.en)

    async def _blocks(self, after: int | None, follow: bool) -> AsyncIterator[str]:
        yield _OPENING
        until = await self._stream.begun
        if until is None:
            return
        reached = until if after is None else after
        while reached < until:
            about = (self._uow, self._stream.actor, reached, until)
            reached, text = await run_in_threadpool(_missed, *about)
            if text:
                yield text
        # also who was told nothing knows from where to go on
        yield f"id: {until}\n\n"
        if follow:
            async for text in self._stream.told():
                yield text
