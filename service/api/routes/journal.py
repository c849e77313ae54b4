"""The journal, for those who audit."""

from typing import Annotated

from fastapi import Query
from pydantic import BaseModel, ConfigDict, Field

from service.api.deps import Caller
from service.api.endpoint import router
from service.api.policy import needs
from service.domain.access import Action
from service.wire.common import PageOut
from service.wire.journal import EntryOut

routes = router("journal", "/v1/journal")


class JournalListing(BaseModel):
    """Which lines; the cursor is the seq of the last one seen."""

    model_config = ConfigDict(extra="forbid")

    limit: Annotated[int, Field(ge=1, le=1000)] = 100
    cursor: Annotated[int, Field(ge=0, le=2**53 - 1)] = 0
    subject: Annotated[str | None, Field(pattern=r"^[A-Za-z0-9._:~-]{1,200}$")] = None


@routes.get("", **needs(Action.journal_read))
def list_journal(call: Caller, listing: Annotated[JournalListing, Query()]) -> PageOut[EntryOut]:
    """Lines in their order, of everything or of one subject."""
    with call.uow.read() as tx:
        lines = tx.journal.page(listing.cursor, listing.limit, listing.subject)
    more = str(lines[-1].seq) if len(lines) == listing.limit else None
    return PageOut[EntryOut](items=[EntryOut.from_domain(line) for line in lines], next=more)
