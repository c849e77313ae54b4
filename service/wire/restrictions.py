"""Restrictions: places where tests are prohibited, conditional or need a word first."""

from typing import Annotated, Literal, Self

from pydantic import BeforeValidator, Field

from geo.shapes import AREAS
from service.domain.access import Action
from service.domain.kinds import (
    AppliesTo,
    RestrictionEffect,
    RestrictionKind,
    RestrictionState,
    Role,
    Visibility,
)
from service.domain.place import always
from service.domain.restriction import STATES, Restriction
from service.usecases.restrictions import STEPS, RestrictionRequest
from service.wire.actions import allowed
from service.wire.common import Metres, Output, Reader, Returned, Words
from service.wire.geometry import (
    ANY_SHAPE,
    CanonicalCrs,
    Crs,
    DeclaredOut,
    GeometryIn,
    GeometryOut,
    Placed,
    declared_out,
    geojson,
    place,
    refuse_breadth,
)
from service.wire.intake import Intake
from service.wire.schedule import AltitudeBody, ScheduleBody

NEEDS = {"edit": Action.restriction_write, **STEPS}
Level = Annotated[int, Field(strict=True, ge=-20, le=20)]
Some = Annotated[tuple[Level, ...], Field(min_length=1, max_length=41)]
Levels = Annotated[
    Some | None,
    BeforeValidator(
        lambda value: None if value == "all" else value,
        json_schema_input_type=Literal["all"] | Some,
    ),
]
"""The levels that are hit; None, written "all", is every one."""


class RestrictionIn(Returned):
    """A restriction as an authority describes it; only points and lines have a radius."""

    unread = frozenset({"id", "revision", "state", "declared", "allowed_actions"})

    name: Words
    restriction_kind: RestrictionKind
    effect: RestrictionEffect
    applies_to: AppliesTo
    levels: Levels = None
    geometry: GeometryIn
    crs: Crs | None = None
    radius_m: Metres | None = None
    altitude: AltitudeBody | None = None
    schedule: ScheduleBody | None = None
    visibility: Visibility = Visibility.public
    authority: Role | None = None

    def to_domain(self, intake: Intake) -> RestrictionRequest:
        """The restriction asked for; Malformed names everything that cannot be read."""
        placed = self._placed(intake)
        altitude = self.altitude.to_domain(intake, "/altitude") if self.altitude else None
        schedule = (
            self.schedule.to_domain(intake, "/schedule", endless=True) if self.schedule else None
        )
        intake.close()
        assert placed is not None, "closing refuses a payload without a place"
        return RestrictionRequest(
            name=self.name.to_domain(),
            restriction_kind=self.restriction_kind,
            effect=self.effect,
            applies_to=self.applies_to,
            levels=None if self.levels is None else frozenset(self.levels),
            declared=placed.declared,
            geometry=placed.geometry,
            radius_m=self.radius_m,
            altitude=altitude,
            schedule=schedule,
            visibility=self.visibility,
            authority=self.authority,
        )

    def _placed(self, intake: Intake) -> Placed | None:
        placed = place(intake, "", self.geometry, self.crs, ANY_SHAPE)
        if placed is not None and placed.geometry.geom_type in AREAS:
            refuse_breadth(intake, "/radius_m", self.radius_m)
        elif placed is not None and self.radius_m is None:
            zh, en = "点和线须给出半径", "A point or line needs the radius around it"
            intake.refuse("/radius_m", "radius_required", zh, en)
        return placed


class RestrictionOut(Output):
    """A restriction with its place; `radius_m` widens a point or a line."""

    id: str
    revision: int
    state: RestrictionState
    name: Words
    restriction_kind: RestrictionKind
    effect: RestrictionEffect
    applies_to: AppliesTo
    levels: Literal["all"] | list[int]
    geometry: GeometryOut
    crs: CanonicalCrs = "EPSG:4490"
    radius_m: float | None
    altitude: AltitudeBody | None
    schedule: ScheduleBody | None
    visibility: Visibility
    authority: Role
    declared: DeclaredOut | None
    allowed_actions: list[str]

    @classmethod
    def from_domain(cls, restriction: Restriction, reader: Reader) -> Self:
        """The restriction, and what the reader may do with it."""
        volume = restriction.volume
        is_always = volume.schedule == always(volume.schedule.zone)
        return cls(
            id=restriction.id,
            revision=restriction.revision,
            state=restriction.state,
            name=Words.from_domain(restriction.name),
            restriction_kind=restriction.restriction_kind,
            effect=restriction.effect,
            applies_to=restriction.applies_to,
            levels="all" if volume.levels is None else sorted(volume.levels),
            geometry=geojson(volume.footprint.core, reader),
            radius_m=restriction.radius_m,
            altitude=AltitudeBody.from_domain(volume.altitude),
            schedule=None if is_always else ScheduleBody.from_domain(volume.schedule),
            visibility=restriction.visibility,
            authority=restriction.authority,
            declared=declared_out(restriction.declared, reader),
            allowed_actions=allowed(STATES.steps(restriction.state), NEEDS, reader),
        )
