"""What happens, as it happens, for those who may see it."""

from typing import Annotated

from fastapi import Header, Query, Response
from pydantic import BaseModel, ConfigDict, Field

from service.api.deps import Caller
from service.api.endpoint import router
from service.api.events import EventStream
from service.api.policy import needs
from service.domain.access import Action
from service.wire.common import MOST_SAFE

routes = router("journal", "/v1/events")
Seq = Annotated[int, Field(ge=0, le=MOST_SAFE)]


class EventListing(BaseModel):
    """From where on; without `follow` the answer ends with what there is."""

    model_config = ConfigDict(extra="forbid")

    last_event_id: Seq | None = None
    follow: bool = True


@routes.get("", status_code=200, response_class=EventStream, **needs(Action.event_read))
async def follow_events(
    call: Caller,
    listing: Annotated[EventListing, Query()],
    last_event_id: Annotated[Seq | None, Header()] = None,
) -> Response:
    """Server-Sent Events: a line of the journal each, with its seq as id, from the one after
    `Last-Event-ID` on or, without it, from now on; beside them `position`, without id."""
    after = listing.last_event_id if last_event_id is None else last_event_id
    streams = call.registry.streams
    return EventStream(streams, call.actor, call.uow, after, follow=listing.follow)
