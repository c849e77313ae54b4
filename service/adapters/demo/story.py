"""The story as it is written in fixtures/story.json: who is in it, and who did what when.

Days count from today, so that the story is always alive: `{day:-30}` in a text is the date a month
ago.
"""

import json
import re
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from pathlib import Path
from typing import Any
from zoneinfo import ZoneInfo

from service.domain.importing import ImportKind
from service.domain.journal import Actor
from service.domain.kinds import Role

ACCOUNTS: Mapping[str, Role] = {
    "operator-a": Role.operator,
    "operator-b": Role.operator,
    **{
        role.value.replace("_", "-"): role
        for role in Role
        if role not in {Role.operator, Role.vehicle, Role.public}
    },
}
"""The accounts of the demo: one for each office, and two competing operators."""

_DAY = re.compile(r"\{day:(-?\d+)\}")
OPENING = -90
"""The day on which the first accounts are made and the files are imported."""

Body = Mapping[str, Any]


@dataclass(frozen=True)
class Act:
    """Someone does something; without `by`, the offices that must."""

    at: datetime
    name: str
    by: str | None
    body: Body


@dataclass(frozen=True)
class Source:
    """A file of reference data, and who brings it in."""

    path: Path
    kind: ImportKind
    by: str


@dataclass(frozen=True)
class Story:
    """Everyone in the story and everything they do, in the order of time."""

    opens_at: datetime
    cast: Mapping[str, Actor]
    organisations: Sequence[Body]
    sources: Sequence[Source]
    acts: Sequence[Act]


def read_story(folder: Path, now: datetime, zone: str) -> Story:
    """The story in that folder, told so that it leads up to `now`."""
    clock = ZoneInfo(zone)
    today = now.astimezone(clock).date()
    written = json.loads(_dated((folder / "story.json").read_text(encoding="utf-8"), today))
    acts = _acts(written["acts"], today, clock)
    return Story(
        opens_at=_instant(today, OPENING, "08:00", clock),
        cast={name: _actor(name, role, written) for name, role in ACCOUNTS.items()},
        organisations=written["organisations"],
        sources=[
            Source(folder / file["name"], ImportKind(file["as"]), file["by"])
            for file in written["files"]
        ],
        acts=sorted((act for act in acts if act.at < now), key=lambda act: act.at),
    )


def _dated(text: str, today: date) -> str:
    def on(match: re.Match[str]) -> str:
        return (today + timedelta(days=int(match[1]))).isoformat()

    return _DAY.sub(on, text)


def _acts(written: Iterable[Body], today: date, clock: ZoneInfo) -> Iterator[Act]:
    """Each act once for each of its days."""
    for body in written:
        for day in body.get("days", [body.get("day")]):
            at = _instant(today, day, body["time"], clock)
            yield Act(at, body["act"], body.get("by"), body)


def _instant(today: date, day: int, at: str, clock: ZoneInfo) -> datetime:
    return datetime.combine(today + timedelta(days=day), time.fromisoformat(at), clock)


def _actor(name: str, role: Role, written: Body) -> Actor:
    return Actor(
        id=name,
        name=name,
        role=role,
        organisation_id=written["members"].get(name),
        district=written["district"] if role is Role.district else None,
    )
