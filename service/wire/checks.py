"""The question before the application, and the answer to it (contract section 4)."""

from typing import Annotated, Self

from pydantic import Field

from geo.conflict import Verdict
from geo.schedule import Schedule
from service.domain.disclosure import disclosed
from service.domain.errors import Problem
from service.domain.findings import worst
from service.domain.kinds import Domain, Phase
from service.domain.question import Coverage
from service.usecases.checks import CheckRequest, CheckResult
from service.wire.common import Input, Instant, Key, Keys, Output, Reader
from service.wire.findings import FindingOut
from service.wire.geometry import GeometryOut, geojson
from service.wire.intake import Intake
from service.wire.problems import ProblemOut
from service.wire.volumes import VolumeIn, requests, throughout


class CheckIn(Input):
    """The question before the application; lines without width are routes."""

    domain: Domain
    phase: Phase
    volumes: Annotated[tuple[VolumeIn, ...], Field(min_length=1, max_length=1000)]
    vehicle_ids: Keys = ()
    follows: Key | None = None
    valid_from: Instant | None = None
    valid_to: Instant | None = None

    def to_domain(self, intake: Intake) -> CheckRequest:
        """The question; Malformed names everything that cannot be read."""
        volumes = requests(intake, self.volumes, self._throughout(intake), routes=True)
        intake.close()
        return CheckRequest(self.domain, self.phase, volumes, self.vehicle_ids, self.follows)

    def _throughout(self, intake: Intake) -> Schedule | None:
        if self.valid_from is None or self.valid_to is None:
            return None
        return throughout(intake, self.valid_from, self.valid_to)


class UncoveredOut(Output):
    """A part that lies in no zone that would allow it."""

    volume_index: int
    geometry: GeometryOut
    length_m: float


class HandoverOut(Output):
    """Where a line passes from one zone into the next."""

    volume_index: int
    geometry: GeometryOut
    from_zone_id: str
    to_zone_id: str


class CoverageOut(Output):
    """How much of what was asked lies in zones that allow it, and where lines change zones."""

    covered_length_m: float
    uncovered: list[UncoveredOut]
    handovers: list[HandoverOut]

    @classmethod
    def from_domain(cls, coverage: Coverage, reader: Reader) -> Self:
        """The coverage with every part left out of it and every change of zone."""
        return cls(
            covered_length_m=coverage.covered_length_m,
            uncovered=[
                UncoveredOut(
                    volume_index=part.volume_index,
                    geometry=geojson(part.geometry, reader),
                    length_m=part.length_m,
                )
                for part in coverage.uncovered
            ],
            handovers=[
                HandoverOut(
                    volume_index=passed.volume_index,
                    geometry=geojson(passed.at, reader),
                    from_zone_id=passed.from_zone_id,
                    to_zone_id=passed.to_zone_id,
                )
                for passed in coverage.handovers
            ],
        )


class CheckOut(Output):
    """The answer, as of `registry_revision`."""

    verdict: Verdict
    may_submit: bool
    findings: list[FindingOut]
    coverage: CoverageOut
    registry_revision: int
    warnings: list[ProblemOut]

    @classmethod
    def from_domain(cls, result: CheckResult, warnings: list[Problem], reader: Reader) -> Self:
        """The answer as far as the reader may know of it."""
        answer = result.answer
        told = disclosed(reader.actor, answer.findings)
        return cls(
            # of what the reader is told: hidden advice would show in it
            verdict=worst(told),
            may_submit=answer.may_submit,
            findings=[FindingOut.from_domain(finding, reader) for finding in told],
            coverage=CoverageOut.from_domain(answer.coverage, reader),
            registry_revision=result.registry_revision,
            warnings=[ProblemOut.from_domain(warning, reader) for warning in warnings],
        )
