"""What the registry answers about telemetry: per item, as evidence of breaches, and in figures."""

from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import Self

from service.domain.evidence import Violation
from service.domain.kinds import ControlMode, SupervisionMode, ViolationKind
from service.domain.telemetry import Outcome, Summary
from service.usecases.statistics import Figures
from service.usecases.telemetry import Result
from service.wire.common import Output, Reader
from service.wire.geometry import WitnessOut, geojson


class BreachOut(Output):
    """A violation that an item opened."""

    id: str
    violation_kind: ViolationKind


class ResultOut(Output):
    """What became of one item."""

    index: int
    id: str | None
    status: Outcome
    code: str | None
    pointer: str | None
    message: str | None
    violations: list[BreachOut]

    @classmethod
    def from_domain(
        cls, result: Result, violations: Mapping[str, Violation], reader: Reader
    ) -> Self:
        """The outcome; `violations` holds those it opened."""
        problem = result.problem
        return cls(
            index=result.index,
            id=result.id,
            status=result.status,
            code=problem.code if problem else None,
            pointer=problem.pointer if problem else None,
            message=reader.words(problem.message) if problem else None,
            violations=[
                BreachOut(id=key, violation_kind=violations[key].violation_kind)
                for key in result.violation_ids
            ],
        )


class BatchOut(Output):
    """What became of a batch."""

    accepted: int
    duplicates: int
    rejected: int
    results: list[ResultOut]

    @classmethod
    def from_domain(
        cls, results: Sequence[Result], violations: Mapping[str, Violation], reader: Reader
    ) -> Self:
        """The outcomes, counted."""
        outcomes = [result.status for result in results]
        return cls(
            accepted=outcomes.count(Outcome.accepted),
            duplicates=outcomes.count(Outcome.duplicate),
            rejected=outcomes.count(Outcome.rejected),
            results=[ResultOut.from_domain(result, violations, reader) for result in results],
        )


class SummaryOut(Output):
    """A summary as it was recorded, without its path."""

    id: str
    vehicle_id: str
    permit_id: str
    activity_id: str | None
    boot_id: str
    seq: int
    started_at: datetime
    ended_at: datetime
    software_version: str
    supervision_mode: SupervisionMode
    distance_km: dict[ControlMode, float]
    duration_s: dict[ControlMode, float]
    takeovers: int
    hard_brakes: int
    minimal_risk_manoeuvres: int
    max_speed_mps: float
    mean_speed_mps: float
    horizontal_accuracy_m: float

    @classmethod
    def from_domain(cls, summary: Summary) -> Self:
        """The summary's figures."""
        return cls(
            id=summary.id,
            vehicle_id=summary.vehicle_id,
            permit_id=summary.permit_id,
            activity_id=summary.activity_id,
            boot_id=summary.boot_id,
            seq=summary.seq,
            started_at=summary.started_at,
            ended_at=summary.ended_at,
            software_version=summary.software_version,
            supervision_mode=summary.supervision_mode,
            distance_km=dict(summary.distance_km),
            duration_s=dict(summary.duration_s),
            takeovers=summary.takeovers.total,
            hard_brakes=summary.hard_brakes,
            minimal_risk_manoeuvres=summary.minimal_risk_manoeuvres,
            max_speed_mps=summary.max_speed_mps,
            mean_speed_mps=summary.mean_speed_mps,
            horizontal_accuracy_m=summary.horizontal_accuracy_m,
        )


class ViolationOut(Output):
    """A limit of a permit that a summary shows to be broken."""

    id: str
    violation_kind: ViolationKind
    vehicle_id: str
    permit_id: str
    summary_id: str
    rule_id: str
    first_at: datetime
    last_at: datetime
    length_m: float
    track: WitnessOut | None
    explanation: str

    @classmethod
    def from_domain(cls, violation: Violation, reader: Reader) -> Self:
        """The violation with its track."""
        return cls(
            id=violation.id,
            violation_kind=violation.violation_kind,
            vehicle_id=violation.vehicle_id,
            permit_id=violation.permit_id,
            summary_id=violation.summary_id,
            rule_id=violation.rule_id,
            first_at=violation.first_at,
            last_at=violation.last_at,
            length_m=violation.length_m,
            track=geojson(violation.track, reader) if violation.track else None,
            explanation=reader.words(violation.explanation),
        )


class FiguresOut(Output):
    """The sums of one group; rates are per 1,000 certain automated kilometres."""

    group: str
    km: dict[ControlMode, float]
    hours: dict[ControlMode, float]
    automated_km: float
    uncertain_km: float
    outside_km: float
    summaries: int
    takeovers: int
    incidents: int

    @classmethod
    def from_domain(cls, figures: Figures) -> Self:
        """The figures of one group."""
        return cls(
            group=figures.group,
            km=dict(figures.km),
            hours=dict(figures.hours),
            automated_km=figures.automated_km,
            uncertain_km=figures.uncertain_km,
            outside_km=figures.outside_km,
            summaries=figures.summaries,
            takeovers=figures.takeovers,
            incidents=figures.incidents,
        )
