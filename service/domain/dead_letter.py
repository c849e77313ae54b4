"""Telemetry that could not be taken, kept with the reason so that it can be handed in again.

The same text of the same organisation is one letter, however often it is sent.
"""

import hashlib
from dataclasses import dataclass
from datetime import datetime

from service.domain.errors import Problem
from service.domain.journal import Actor
from service.domain.kinds import Code
from service.domain.telemetry import Outcome, SummaryKey

MOST_BODY = 1 << 20
"""Characters of a text that are kept; what is longer cannot be handed in again."""


class Channel(Code):
    """The way on which telemetry came in."""

    http = "http", "接口", "HTTP"
    mqtt = "mqtt", "MQTT", "MQTT"
    file = "file", "文件", "File"


@dataclass(frozen=True)
class DeadLetter:
    """One message that was refused: who sent it, why it was refused, and its text.

    `key` is None where the message did not tell its vehicle, boot and number; `outcome` is what
    became of it when it was handed in again, if it was.
    """

    id: str
    received_at: datetime
    channel: Channel
    organisation_id: str
    sender: str
    key: SummaryKey | None
    problem: Problem
    body: str
    is_whole: bool
    replayed_at: datetime | None = None
    outcome: Outcome | None = None

    @classmethod
    def of(
        cls,
        actor: Actor,
        channel: Channel,
        at: datetime,
        key: SummaryKey | None,
        problem: Problem,
        text: str,
    ) -> "DeadLetter":
        """The letter that keeps a text sent by `actor`, cut where it is too long."""
        owner = actor.organisation_id or ""
        return cls(
            id=hashlib.sha256(f"{owner}\n{text}".encode(errors="replace")).hexdigest(),
            received_at=at,
            channel=channel,
            organisation_id=owner,
            sender=f"{actor.role}:{actor.id}",
            key=key,
            problem=problem,
            body=text[:MOST_BODY],
            is_whole=len(text) <= MOST_BODY,
        )
