"""What the registry answers about telemetry: per item, as evidence of breaches, and in figures."""

from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime
from itertools import islice
from typing import Self

from service.domain.boot import BootKey, Gap
from service.domain.dead_letter import Channel, DeadLetter
from service.domain.evidence import Mileage, Violation
from service.domain.kinds import ControlMode, SupervisionMode, ViolationKind
from service.domain.telemetry import Arrival, Outcome
from service.usecases.statistics import Figures
from service.usecases.telemetry import Receipt, Result
from service.wire.common import Output, Reader
from service.wire.geometry import WitnessOut, geojson

MOST_TOLD = 1_000
"""Refused items of a file that are told one by one."""


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
    def from_domain(cls, result: Result, reader: Reader) -> Self:
        """The outcome in the reader's language."""
        problem = result.problem
        return cls(
            index=result.index,
            id=result.id,
            status=result.status,
            code=problem.code if problem else None,
            pointer=problem.pointer if problem else None,
            message=reader.words(problem.message) if problem else None,
            violations=[
                BreachOut(id=violation.id, violation_kind=violation.violation_kind)
                for violation in result.violations
            ],
        )


class BootOut(Output):
    """How far the numbers of a boot were answered for: all up to `upto`, from 1 on."""

    vehicle_id: str
    boot_id: str
    upto: int

    @classmethod
    def all_of(cls, upto: Mapping[BootKey, int]) -> list[Self]:
        """Each boot that a post told of."""
        return [
            cls(vehicle_id=vehicle, boot_id=boot, upto=to) for (vehicle, boot), to in upto.items()
        ]


class BatchOut(Output):
    """What became of a batch; a vehicle keeps what lies beyond `upto` of its boot."""

    accepted: int
    duplicates: int
    rejected: int
    results: list[ResultOut]
    boots: list[BootOut]

    @classmethod
    def from_domain(cls, receipt: Receipt, reader: Reader) -> Self:
        """The outcomes, counted."""
        outcomes = [result.status for result in receipt.results]
        return cls(
            accepted=outcomes.count(Outcome.accepted),
            duplicates=outcomes.count(Outcome.duplicate),
            rejected=outcomes.count(Outcome.rejected),
            results=[ResultOut.from_domain(result, reader) for result in receipt.results],
            boots=BootOut.all_of(receipt.upto),
        )


@dataclass
class Tally:
    """What became of the summaries of a file so far: counted, and told where they were refused."""

    counts: Counter[Outcome] = field(default_factory=Counter)
    refused: list[Result] = field(default_factory=list)
    upto: dict[BootKey, int] = field(default_factory=dict)

    def add(self, receipt: Receipt) -> None:
        """Another portion was taken."""
        self.counts.update(result.status for result in receipt.results)
        bad = (result for result in receipt.results if result.status is Outcome.rejected)
        self.refused += islice(bad, MOST_TOLD - len(self.refused))
        self.upto |= receipt.upto

    def told(self, reader: Reader) -> BatchOut:
        """All portions together."""
        return BatchOut(
            accepted=self.counts[Outcome.accepted],
            duplicates=self.counts[Outcome.duplicate],
            rejected=self.counts[Outcome.rejected],
            results=[ResultOut.from_domain(result, reader) for result in self.refused],
            boots=BootOut.all_of(self.upto),
        )


class GapOut(Output):
    """Numbers of a boot that never came though later ones did; a vehicle sends them again."""

    vehicle_id: str
    boot_id: str
    first_seq: int
    last_seq: int

    @classmethod
    def from_domain(cls, gap: Gap) -> Self:
        """The gap as it is."""
        return cls(**vars(gap))


class DeadLetterOut(Output):
    """Telemetry that was refused, with the reason and its text."""

    id: str
    received_at: datetime
    channel: Channel
    sender: str
    vehicle_id: str | None
    boot_id: str | None
    seq: int | None
    code: str
    pointer: str
    message: str
    body: str
    is_whole: bool
    replayed_at: datetime | None
    outcome: Outcome | None

    @classmethod
    def from_domain(cls, letter: DeadLetter, reader: Reader) -> Self:
        """The letter in the reader's language."""
        vehicle_id, boot_id, seq = letter.key or (None, None, None)
        return cls(
            id=letter.id,
            received_at=letter.received_at,
            channel=letter.channel,
            sender=letter.sender,
            vehicle_id=vehicle_id,
            boot_id=boot_id,
            seq=seq,
            code=letter.problem.code,
            pointer=letter.problem.pointer,
            message=reader.words(letter.problem.message),
            body=letter.body,
            is_whole=letter.is_whole,
            replayed_at=letter.replayed_at,
            outcome=letter.outcome,
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
    received_at: datetime
    clock_ahead_s: float

    @classmethod
    def from_domain(cls, arrival: Arrival) -> Self:
        """The summary's figures, and by how much it came before its own end."""
        summary = arrival.summary
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
            received_at=arrival.received_at,
            clock_ahead_s=arrival.clock_ahead.total_seconds(),
        )


class ViolationOut(Output):
    """A limit of a permit that a summary shows to be broken."""

    id: str
    violation_kind: ViolationKind
    vehicle_id: str
    permit_id: str
    permit_revision: int
    summary_id: str
    rule_id: str
    first_at: datetime
    last_at: datetime
    length_m: float
    count: int
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
            permit_revision=violation.permit_revision,
            summary_id=violation.summary_id,
            rule_id=violation.rule_id,
            first_at=violation.first_at,
            last_at=violation.last_at,
            length_m=violation.length_m,
            count=violation.count,
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


class MileageOut(Output):
    """What one group comes to in one mode; `group` names each way it was grouped by.

    `passes` counts how often the stretch was driven from end to end.
    """

    group: dict[str, str | bool | None]
    mode: ControlMode
    km: float
    hours: float
    passes: int

    @classmethod
    def from_domain(cls, ways: Sequence[str], found: Mileage) -> Self:
        """The sums of one group."""
        values = (v.isoformat() if isinstance(v, date) else v for v in found.group)
        return cls(
            group=dict(zip(dict.fromkeys(ways), values, strict=True)),
            mode=found.mode,
            km=found.km,
            hours=found.hours,
            passes=found.passes,
        )
