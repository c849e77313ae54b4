"""Uploads that are read line by line as they come: the whole file is never in memory."""

from collections.abc import AsyncIterator
from dataclasses import dataclass

from starlette.datastructures import Headers
from starlette.routing import Match
from starlette.types import Scope

from geo.text import Text
from service.api.endpoint import Endpoint
from service.domain.errors import Malformed, Problem

NDJSON = "application/x-ndjson"
MOST_LINE = 2 << 20
"""Bytes of a line; a summary with as many fixes as it may have takes half of it."""
MOST_TOGETHER = 8 << 20
"""Bytes of lines handed on at once."""


class NdjsonEndpoint(Endpoint):
    """A route that takes a file of lines where another of the same path takes one JSON value."""

    takes_file = True

    def matches(self, scope: Scope) -> tuple[Match, Scope]:
        """As any route does, for this content type alone."""
        if scope["type"] == "http" and _media_type(scope) != NDJSON:
            return Match.NONE, {}
        return super().matches(scope)


@dataclass(frozen=True)
class Line:
    """One line of a file; `index` counts from 0."""

    index: int
    text: bytes


async def portions(pieces: AsyncIterator[bytes], most: int) -> AsyncIterator[list[Line]]:
    """The lines that are not empty, at most so many at once; Malformed when one is too long."""
    portion: list[Line] = []
    size, index, rest = 0, 0, b""
    async for piece in pieces:
        *lines, rest = (rest + piece).split(b"\n")
        for text in lines:
            if text.strip():
                portion.append(Line(index, text))
                size += len(text)
            index += 1
            if len(portion) == most or size > MOST_TOGETHER:
                yield portion
                portion, size = [], 0
        if len(rest) > MOST_LINE:
            words = Text(f"第 {index + 1} 行过长", f"Line {index + 1} is too long")
            raise Malformed([Problem(f"/{index}", "line_too_long", words)])
    if rest.strip():
        portion.append(Line(index, rest))
    if portion:
        yield portion


def _media_type(scope: Scope) -> str:
    sent = Headers(scope=scope).get("content-type", "")
    return sent.partition(";")[0].strip().lower()
