"""Which revision an edit, or a copy kept elsewhere, is based on (RFC 9110): ETag, If-Match,
If-None-Match."""

import re
from http import HTTPStatus
from typing import Annotated

from fastapi import Depends, Header, Response

from service.api.refusals import PreconditionRequired, UnknownTag

_STRONG = re.compile(r'\s*"(\d{1,15})"\s*')
_ANY_TAG = re.compile(r'(?:W/)?"([\x21\x23-\x7e]*)"')


def tag(response: Response, revision: int | str) -> None:
    """Mark the answer with the revision it shows."""
    response.headers["ETag"] = f'"{revision}"'


def not_modified(revision: str) -> Response:
    """The answer to who has that revision already."""
    response = Response(status_code=HTTPStatus.NOT_MODIFIED)
    tag(response, revision)
    return response


def _revision(if_match: Annotated[str | None, Header(max_length=200)] = None) -> int:
    """The revision in If-Match; it must name exactly one, so that nothing is overwritten unseen."""
    if if_match is None or if_match.strip() == "*":
        raise PreconditionRequired
    found = _STRONG.fullmatch(if_match)
    if found is None:
        raise UnknownTag
    return int(found[1])


def _known(
    if_none_match: Annotated[str | None, Header(max_length=2000)] = None,
) -> frozenset[str]:
    """The revisions that the caller keeps copies of; what is no tag is none."""
    return frozenset(_ANY_TAG.findall(if_none_match or ""))


IfMatch = Annotated[int, Depends(_revision)]
IfNoneMatch = Annotated[frozenset[str], Depends(_known)]
