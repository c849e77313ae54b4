"""Flight logs and tracks as telemetry: each leg of a recording becomes a summary and is recorded.

Such a file knows no control modes. What it tells is claimed as driven by hand: of a road vehicle
nothing is held against the permit, a flight is held against it whole, and either is uncertain
evidence that earns nothing. The summaries count from 1 under a boot named after the file's digest,
so the same file imported again is a duplicate, summary by summary.
"""

import hashlib
from collections.abc import Callable, Iterable, Iterator, Sequence
from contextlib import suppress
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime, timedelta
from itertools import islice

import numpy as np
from numpy.typing import NDArray

from geo.altitude import Reference
from geo.crs import Positions, geodesic_distances_m, to_canonical
from geo.text import Text
from service.domain.access import Action, require_sight
from service.domain.dead_letter import Channel
from service.domain.errors import Malformed, Problem
from service.domain.importing import (
    Counted,
    ImportedItem,
    ImportKind,
    ImportOutcome,
    ImportReport,
)
from service.domain.journal import Actor
from service.domain.kinds import ControlMode, SupervisionMode
from service.domain.pace import Span, fastest_mps
from service.domain.recording import Fix, Remarks, legs
from service.domain.rulepack import LimitKey
from service.domain.telemetry import Outcome, Summary, Takeovers, Track
from service.usecases import telemetry
from service.usecases.context import Context
from service.usecases.permits import get as get_permit
from service.usecases.ports import Tx, UnitOfWork
from service.usecases.telemetry import Post, Posted, Result

PORTION = 20
"""Summaries recorded in one transaction; each may have some thousand fixes."""
_BECAME = {
    Outcome.accepted: ImportOutcome.added,
    Outcome.duplicate: ImportOutcome.unchanged,
    Outcome.rejected: ImportOutcome.refused,
}


@dataclass(frozen=True)
class Told:
    """What the sender says of a file beside it, where the file does not.

    `crs` is the reference system of its positions, `heights` what heights are measured from;
    `started_at` is when a recording began whose clock counts from zero, and with `ended_at` the
    time of one that has no clock at all.
    """

    crs: str | None = None
    heights: Reference | None = None
    started_at: datetime | None = None
    ended_at: datetime | None = None
    accuracy_m: float | None = None


@dataclass(frozen=True)
class Recorded:
    """A file as its reader gives it: fixes in `crs`, each read as it is asked for.

    `digest` is of its bytes; `remarks` are complete when the last fix has been read.
    """

    fixes: Iterable[Fix]
    crs: str
    digest: str
    told: Told = Told()
    remarks: Remarks = field(default_factory=Remarks)

    @property
    def boot_id(self) -> str:
        """The run of a counter that the file stands for."""
        return f"file-{self.digest[:32]}"


class _DryRun(Exception):
    """Rolls a portion back."""


def run(
    uow: UnitOfWork,
    actor: Actor,
    ctx: Context,
    recorded: Recorded,
    *,
    vehicle_id: str,
    permit_id: str,
    file_name: str,
    dry_run: bool = False,
    progress: Callable[[int], None] = lambda fixes: None,
) -> ImportReport:
    """What became of every summary made of the file; `progress` is told how many fixes were read.

    A dry run stores nothing, not even its report.
    """
    with uow.read() as tx:
        maker = _Maker.of(tx, actor, ctx, recorded, vehicle_id, permit_id)
    items = tuple(_recorded(uow, actor, ctx, maker.posted(progress), dry_run=dry_run))
    if not items:
        words = Text("文件中没有可用的轨迹", "There is no path in the file that can be used")
        raise Malformed([*recorded.remarks.problems, Problem("/file", "no_path", words)])
    report = ImportReport(
        id=ctx.new_id(),
        revision=1,
        kind=ImportKind.telemetry,
        file_name=file_name,
        crs=recorded.crs,
        dry_run=dry_run,
        by=actor.name,
        at=ctx.now,
        items=items,
        counted=Counted.summary,
        notes=recorded.remarks.problems,
    )
    if not dry_run:
        with uow.write() as tx:
            tx.imports.add(report, ctx.deed(actor, "import"))
    return report


def _recorded(
    uow: UnitOfWork, actor: Actor, ctx: Context, posted: Iterator[Posted], *, dry_run: bool
) -> Iterator[ImportedItem]:
    """What became of each summary, portion by portion; of a dry run nothing is kept."""
    while portion := list(islice(posted, PORTION)):
        results: tuple[Result, ...] = ()
        with suppress(_DryRun), uow.write() as tx:
            (receipt,) = telemetry.receive(tx, ctx, [Post(actor, portion, Channel.file)])
            results = receipt.results
            if dry_run:
                raise _DryRun
        yield from map(_item, portion, results)


def _item(posted: Posted, result: Result) -> ImportedItem:
    notes = () if result.problem is None else (result.problem,)
    if result.violations:
        count = len(result.violations)
        words = Text(f"发现 {count} 项违规", f"Violations found: {count}; see /v1/violations")
        notes = (*notes, Problem("", "violations", words))
    return ImportedItem(posted.index, _BECAME[result.status], result.id, notes)


@dataclass(frozen=True)
class _Maker:
    """Makes summaries of a recording for one vehicle under one permit."""

    ctx: Context
    recorded: Recorded
    vehicle_id: str
    permit_id: str
    software_version: str
    supervision_mode: SupervisionMode

    @classmethod
    def of(
        cls, tx: Tx, actor: Actor, ctx: Context, recorded: Recorded, vehicle_id: str, permit_id: str
    ) -> "_Maker":
        """For a vehicle and a permit that the actor may post for."""
        vehicle, permit = tx.vehicles.get(vehicle_id), get_permit(tx, actor, permit_id)
        owner_id = vehicle.organisation_id
        require_sight(actor, Action.telemetry_post, "vehicle", vehicle_id, owner_id, vehicle_id)
        supervision = permit.content.supervision_mode
        return cls(ctx, recorded, vehicle_id, permit_id, vehicle.software_version, supervision)

    def posted(self, progress: Callable[[int], None]) -> Iterator[Posted]:
        """Each leg as it is to be recorded, counted from 1."""
        remarks = self.recorded.remarks
        self._say_what_is_assumed(remarks)
        longest_s = self.ctx.pack.duration(LimitKey.telemetry_interval).total_seconds()
        seq, read, untimed = 0, 0, 0
        try:
            for seq, leg in enumerate(legs(self.recorded.fixes, longest_s, remarks), 1):
                read += len(leg)
                progress(read)
                untimed += leg[0].at is None
                span = self._span(leg, untimed)
                if isinstance(span, Problem):
                    yield self._post(seq, None, span)
                else:
                    yield self._of_leg(seq, leg, span)
        except Malformed as broken:
            if seq == 0:
                raise
            # what was read before is good, and recorded
            yield self._post(seq + 1, None, broken.problems[0])

    def _say_what_is_assumed(self, remarks: Remarks) -> None:
        supervision = self.supervision_mode.title
        remarks.say(
            "modes_unknown",
            "文件不含控制模式：全部按人工计，证据为不确定，不计入考核；飞行仍整段核查",
            "The file knows no control modes: all of it counts as manual, is uncertain and earns"
            " nothing; a flight is held against its permit whole",
        )
        remarks.say(
            "supervision_assumed",
            f"监管方式按许可填为{supervision.zh}",
            f"Supervision is taken to be the permit's: {supervision.en}",
        )

    def _span(self, leg: Sequence[Fix], untimed: int) -> Span | Problem:
        """When the leg took place, as its fixes or else the sender tell."""
        start, end = leg[0].at, leg[-1].at
        if start is not None and end is not None:
            return _instant(start), _instant(end)
        told = self.recorded.told
        if told.started_at is None or told.ended_at is None:
            zh, en = (
                "轨迹没有时间：须声明起止时间",
                "The path has no times: state its start and end",
            )
            return Problem("/started_at", "times_missing", Text(zh, en))
        if untimed > 1:
            zh = "声明的起止时间只适用于一条无时间的轨迹"
            en = "The times stated can only be those of one path without times"
            return Problem("/started_at", "times_ambiguous", Text(zh, en))
        if told.ended_at <= told.started_at:
            words = Text("结束时间不晚于开始时间", "The end is not after the start")
            return Problem("/ended_at", "end_before_start", words)
        zh, en = "轨迹没有逐点时间，采用声明的起止时间", "Its only times are those stated"
        self.recorded.remarks.say("times_stated", zh, en, leg[0].line)
        return told.started_at, told.ended_at

    def _post(self, seq: int, summary: Summary | None, problem: Problem | None = None) -> Posted:
        boot_id = self.recorded.boot_id
        key = (self.vehicle_id, boot_id, seq)
        return Posted(seq, summary, problem, key, text=lambda: f"{boot_id} {seq}")

    def _of_leg(self, seq: int, leg: Sequence[Fix], span: Span) -> Posted:
        lonlat = to_canonical(np.array([(fix.lon, fix.lat) for fix in leg]), self.recorded.crs)
        problem = self._outside(leg, lonlat)
        if problem is not None:
            return self._post(seq, None, problem)
        track, accuracy_m = self._track(leg, lonlat), self._accuracy_m(leg)
        summary = self._summary(seq, track, span, accuracy_m)
        return self._post(seq, replace(summary, digest=_digest(summary)))

    def _summary(self, seq: int, track: Track, span: Span, accuracy_m: float) -> Summary:
        metres = float(geodesic_distances_m(track.lonlat[:-1], track.lonlat[1:]).sum())
        seconds = (span[1] - span[0]).total_seconds()
        return Summary(
            id=_id(self.vehicle_id, self.recorded.boot_id, seq),
            vehicle_id=self.vehicle_id,
            permit_id=self.permit_id,
            activity_id=None,
            boot_id=self.recorded.boot_id,
            seq=seq,
            started_at=span[0],
            ended_at=span[1],
            software_version=self.software_version,
            supervision_mode=self.supervision_mode,
            distance_km=_by_hand(metres / 1000),
            duration_s=_by_hand(seconds),
            takeovers=Takeovers(),
            hard_brakes=0,
            minimal_risk_manoeuvres=0,
            max_speed_mps=_reached_mps(track, accuracy_m),
            mean_speed_mps=metres / seconds,
            horizontal_accuracy_m=accuracy_m,
            crs=self.recorded.crs,
            track=track,
            digest="",
        )

    def _outside(self, leg: Sequence[Fix], lonlat: Positions) -> Problem | None:
        """The first fix that lies outside the jurisdiction; None when all lie in it."""
        extent = self.ctx.frame.extent
        outside = np.flatnonzero(extent.outside(lonlat))
        if not len(outside):
            return None
        fix = leg[int(outside[0])]
        zh = f"第 {fix.line} 行的点 ({fix.lon}, {fix.lat}) 在辖区外"
        en = f"The fix ({fix.lon}, {fix.lat}) on line {fix.line} lies outside"
        if extent.swap_suspected(fix.lon, fix.lat):
            zh, en = f"{zh}；经纬度是否颠倒?", f"{en}; are longitude and latitude exchanged?"
        return Problem("/path", "outside_extent", Text(zh, en))

    def _track(self, leg: Sequence[Fix], lonlat: Positions) -> Track:
        """The fixes with what all of them tell; what only some tell is left out, and said."""
        references = {fix.reference for fix in leg if fix.height_m is not None}
        heights = _column([fix.height_m for fix in leg]) if len(references) == 1 else None
        if references and heights is None:
            zh = "部分点无高度或基准不一，该段按高度未知处理"
            en = "Heights that not all fixes of a leg have above one reference count as unknown"
            self.recorded.remarks.say("heights_incomplete", zh, en, leg[0].line)
        reference = next(iter(references)) if heights is not None else None
        return Track(
            lonlat=lonlat,
            times=_column([fix.at for fix in leg]),
            speeds_mps=_column([fix.speed_mps for fix in leg]),
            altitudes=heights,
            altitude_reference=reference,
        )

    def _accuracy_m(self, leg: Sequence[Fix]) -> float:
        """How far fixes may be off: the worst that they tell, else what the sender says."""
        recorded = _column([fix.accuracy_m for fix in leg])
        if recorded is not None:
            return float(recorded.max())
        if self.recorded.told.accuracy_m is not None:
            return self.recorded.told.accuracy_m
        assumed_m = self.ctx.pack.number(LimitKey.horizontal_accuracy_m)
        self.recorded.remarks.say(
            "accuracy_assumed",
            f"文件未写明定位精度，按 {assumed_m:g} m 计",
            f"The file tells no accuracy; {assumed_m:g} m are assumed",
        )
        return assumed_m


def _column(values: Sequence[float | None]) -> NDArray[np.float64] | None:
    """The values as one array; None when one of them is not known."""
    known = [value for value in values if value is not None]
    return np.array(known, np.float64) if len(known) == len(values) else None


def _reached_mps(track: Track, accuracy_m: float) -> float:
    """The highest speed told, or the one that fixes surely show: who jitters has not been fast."""
    if track.speeds_mps is not None:
        return float(track.speeds_mps.max())
    return 0.0 if track.times is None else fastest_mps(track.lonlat, track.times, 2 * accuracy_m)


def _by_hand(amount: float) -> dict[ControlMode, float]:
    return {mode: amount if mode is ControlMode.manual else 0.0 for mode in ControlMode}


def _instant(seconds: float) -> datetime:
    return datetime.fromtimestamp(0, UTC) + timedelta(seconds=seconds)


def _id(vehicle_id: str, boot_id: str, seq: int) -> str:
    """The same whenever and by whomever the file is imported for the vehicle."""
    named = hashlib.sha256(f"{vehicle_id}\n{boot_id}\n{seq}".encode()).hexdigest()
    return f"file-{named[:32]}"


def _digest(summary: Summary) -> str:
    """Of what was told: the figures and the path, bit by bit."""
    track, told = summary.track, hashlib.sha256()
    figures = (
        summary.permit_id,
        summary.started_at.isoformat(),
        summary.ended_at.isoformat(),
        summary.crs,
        track.altitude_reference,
        summary.horizontal_accuracy_m,
    )
    told.update(repr(figures).encode())
    for column in (track.lonlat, track.times, track.speeds_mps, track.altitudes):
        told.update(b"-" if column is None else column.tobytes())
    return told.hexdigest()
