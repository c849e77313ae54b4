"""Which revision an edit is based on: ETag out, If-Match in (RFC 9110)."""

import re
from typing import Annotated

from fastapi import Depends, Header, Response

from service.api.refusals import PreconditionRequired, UnknownTag

_STRONG = re.compile(r'\s*"(\d{1,15})"\s*')


def tag(response: Response, revision: int) -> None:
    """Mark the answer with the revision it shows."""
    response.headers["ETag"] = f'"{revision}"'


def _revision(if_match: Annotated[str | None, Header(max_length=200)] = None) -> int:
    """The revision in If-Match; it must name exactly one, so that nothing is overwritten unseen."""
    if if_match is None or if_match.strip() == "*":
        raise PreconditionRequired
    found = _STRONG.fullmatch(if_match)
    if found is None:
        raise UnknownTag
    return int(found[1])


IfMatch = Annotated[int, Depends(_revision)]
