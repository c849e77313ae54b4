"""The spatial rows of records: one per volume of the current content, replaced with it."""

from collections.abc import Sequence
from dataclasses import asdict
from typing import Any, TypeVar

from sqlalchemy import Connection, delete, insert, select

from geo.altitude import Ground
from service.adapters.db.contents import Contents, at_once
from service.adapters.db.envelopes import box_around
from service.adapters.db.resources import RESOURCES, Identified, Resource
from service.adapters.db.tables import SpatialBasisRow, VolumeRow

T = TypeVar("T", bound=Identified)


def spatial_rows(
    resource: Resource[T], value: T, content_digest: str, ground: Ground
) -> list[dict[str, Any]]:
    """The rows of one value, in the order of its volumes."""
    return [
        {
            "kind": resource.name,
            "subject_id": value.id,
            "position": position,
            "content_digest": content_digest,
            "live": resource.live(value),
            "core": volume.footprint.core,
            **asdict(box_around(volume, ground)),
        }
        for position, volume in enumerate(resource.volumes(value))
    ]


class SpatialRows:
    """The volume table, as one transaction sees it."""

    def __init__(self, connection: Connection, ground: Ground) -> None:
        self._connection = connection
        self._ground = ground

    def add(self, resource: Resource[T], values: Sequence[T], digests: Sequence[str]) -> None:
        """Write the rows of values that have none yet."""
        rows = [
            row
            for value, digest in zip(values, digests, strict=True)
            for row in spatial_rows(resource, value, digest, self._ground)
        ]
        if rows:
            self._connection.execute(insert(VolumeRow), rows)

    def remove(self, resource: Resource[T], keys: Sequence[str]) -> None:
        """Take the rows of those values away."""
        kind, subject = VolumeRow.table().c.kind, VolumeRow.table().c.subject_id
        for some in at_once(keys) if resource.is_spatial else ():
            self._connection.execute(
                delete(VolumeRow).where(kind == resource.name, subject.in_(some))
            )


def refit(connection: Connection, contents: Contents, ground: Ground) -> bool:
    """True when the spatial rows rested on other heights of the ground and were computed anew.

    A rule pack that knows the ground better, or worse, moves the boxes of all that has a height.
    """
    basis = SpatialBasisRow.table()
    if connection.execute(select(basis.c.ground)).scalar() == repr(ground):
        return False
    connection.execute(delete(VolumeRow))
    spatial = SpatialRows(connection, ground)
    for resource in RESOURCES:
        columns = resource.table.c
        digests = connection.execute(select(columns.content_digest)).scalars().all()
        for some in at_once(digests) if resource.is_spatial else ():
            values = contents.values([(resource.kind, digest) for digest in some])
            spatial.add(resource, [values[resource.kind, digest] for digest in some], some)
    connection.execute(delete(basis))
    connection.execute(insert(basis).values(id=1, ground=repr(ground)))
    return True
