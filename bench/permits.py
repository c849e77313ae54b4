"""Permits for synthetic uses, numbered from nought, and what a registry full of them is asked."""

from collections.abc import Sequence
from dataclasses import replace

from bench.contest import Answer
from bench.imports import OFFICE
from geo.frame import Frame
from geo.screening import Met, screen
from geo.separation import Separation
from geo.volume import Volume4D
from service.adapters.db.uow import SqlTx
from service.api.deps import Registry
from service.domain.permit import Permit
from tests.builders import a_content, a_permit, a_planned_volume

_AT_ONCE = 2_000
_PLANNED = a_planned_volume()
_KINDS = frozenset({Permit})

Found = tuple[tuple[Permit, ...], Met]


def permit(number: int, volume: Volume4D) -> Permit:
    """An active permit for one use."""
    period = {"valid_from": volume.schedule.start, "valid_to": volume.schedule.end}
    content = a_content(volumes=(replace(_PLANNED, volume=volume),), **period)
    return a_permit(id=f"permit-{number}", content=content)


def fill(made: Registry, numbered: Sequence[tuple[int, Volume4D]]) -> None:
    """Issue a permit for each use, through the store."""
    deed = made.context().deed(OFFICE, "issue")
    for first in range(0, len(numbered), _AT_ONCE):
        some = [permit(number, volume) for number, volume in numbered[first : first + _AT_ONCE]]
        with made.store.write() as tx:
            tx.permits.add_all(some, deed)


def met(tx: SqlTx, volume: Volume4D, separation: Separation, frame: Frame) -> Found:
    """What the registry finds near the volume, and which of that the volume meets."""
    near = tx.nearby.near([volume], separation, _KINDS).permits
    others = [planned.volume for found in near for planned in found.content.volumes]
    return near, screen(volume, others, separation, frame)


def numbers(found: Found) -> Answer:
    """The numbers of the permits that are met; each has one volume."""
    near, screened = found
    return frozenset(int(near[at].id.removeprefix("permit-")) for at in screened.conflict)
