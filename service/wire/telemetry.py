"""Telemetry summaries, the same on HTTP, MQTT and in files (contract section 4).

A batch keeps its good items whatever the others are, so each item is read by itself; positions that
repeat stay, because times and modes belong to them, unless their times repeat as well.
"""

import hashlib
import json
from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from itertools import pairwise
from typing import Annotated, Any, Literal, Self

import numpy as np
from numpy.typing import NDArray
from pydantic import (
    BaseModel,
    BeforeValidator,
    Field,
    ValidationError,
    ValidationInfo,
    ValidatorFunctionWrapHandler,
    WrapValidator,
    field_validator,
    model_validator,
)

from geo.altitude import Reference
from geo.crs import to_canonical
from geo.errors import CrsRefused
from geo.frame import Frame
from geo.text import Text
from service.domain.errors import Malformed, Problem
from service.domain.kinds import ControlMode, SupervisionMode
from service.domain.telemetry import Summary, SummaryKey, Takeovers, Track
from service.usecases.telemetry import Posted
from service.wire.common import (
    MOST_SAFE,
    Amount,
    Input,
    Instant,
    Key,
    Line,
    Number,
    Tally,
    after,
    refusal,
)
from service.wire.geometry import Crs
from service.wire.problems import of_schema
from service.wire.strict_json import read_json

Seq = Annotated[int, Field(strict=True, ge=1, le=MOST_SAFE)]
Fixes = Annotated[tuple[tuple[Number, Number], ...], Field(min_length=2, max_length=10_000)]

# what nothing on wheels or wings exceeds; what a summary may claim is the rule pack's affair
Exposure = Annotated[Amount, Field(le=1_000_000)]
Speed = Annotated[Amount, Field(le=1_000)]
# nothing is known without any error: a receiver that says so knows nothing of its accuracy
Accuracy = Annotated[Number, Field(gt=0, le=1_000_000)]
Height = Annotated[Number, Field(ge=-100_000, le=100_000)]


class PathIn(Input):
    """A GeoJSON LineString whose positions may repeat: a vehicle may stand still."""

    type: Literal["LineString"]
    coordinates: Fixes


# gone through for every summary, which an enumeration is slow at
_MODES = tuple((mode, mode.value) for mode in ControlMode)


class ByMode(Input):
    """Kilometres or seconds in each control mode."""

    manual: Exposure = 0.0
    automated: Exposure = 0.0
    takeover_requested: Exposure = 0.0
    minimal_risk: Exposure = 0.0
    remote_control: Exposure = 0.0

    def to_domain(self) -> dict[ControlMode, float]:
        """The amounts by mode."""
        return {mode: getattr(self, name) for mode, name in _MODES}


class TakeoversIn(Input):
    """How often control was taken over, by whom."""

    driver: Tally = 0
    system: Tally = 0
    remote: Tally = 0


class _KeyIn(BaseModel):
    """What an item is told from others by; all else goes unread."""

    vehicle_id: Key
    boot_id: Key
    seq: Seq


class SummaryIn(Input):
    """One interval of one vehicle; `seq` starts at 1 with every boot."""

    id: Key
    vehicle_id: Key
    permit_id: Key
    activity_id: Key | None = None
    boot_id: Key
    seq: Seq
    started_at: Instant
    ended_at: Instant
    software_version: Line
    supervision_mode: SupervisionMode
    distance_km: ByMode
    duration_s: ByMode
    takeovers: TakeoversIn = TakeoversIn()
    hard_brakes: Tally = 0
    minimal_risk_manoeuvres: Tally = 0
    max_speed_mps: Speed
    mean_speed_mps: Speed
    horizontal_accuracy_m: Accuracy
    crs: Crs
    path: PathIn
    path_times: tuple[Instant, ...] | None = None
    path_modes: tuple[ControlMode, ...] | None = None
    path_speeds_mps: tuple[Speed, ...] | None = None
    path_altitudes: tuple[Height, ...] | None = None
    altitude_reference: Reference | None = None

    @field_validator("ended_at")
    @classmethod
    def _in_order(cls, value: datetime, info: ValidationInfo) -> datetime:
        return after(value, info.data.get("started_at"))

    @field_validator("path_times", "path_speeds_mps", "path_altitudes")
    @classmethod
    def _one_per_fix(
        cls, value: tuple[object, ...] | None, info: ValidationInfo
    ) -> tuple[object, ...] | None:
        return _as_many(value, info, fewer=0)

    @field_validator("path_modes")
    @classmethod
    def _one_per_segment(
        cls, value: tuple[object, ...] | None, info: ValidationInfo
    ) -> tuple[object, ...] | None:
        return _as_many(value, info, fewer=1)

    @field_validator("path_times")
    @classmethod
    def _ascending(cls, value: tuple[datetime, ...] | None) -> tuple[datetime, ...] | None:
        if value and any(late < early for early, late in pairwise(value)):
            raise refusal("times_not_ascending", "时间须递增", "The times go back")
        return value

    @model_validator(mode="after")
    def _with_reference(self) -> Self:
        if self.path_altitudes and self.altitude_reference is None:
            zh, en = "须声明高度基准", "State the altitude reference"
            raise refusal("altitude_reference_required", zh, en)
        return self

    def to_domain(self, frame: Frame) -> Summary | Problem:
        """The summary on canonical positions, or what is wrong with its path."""
        lonlat = _canonical(self.path.coordinates, self.crs, frame)
        if isinstance(lonlat, Problem):
            return lonlat
        return Summary(
            **{name: getattr(self, name) for name in _SAME},
            distance_km=self.distance_km.to_domain(),
            duration_s=self.duration_s.to_domain(),
            takeovers=Takeovers(**dict(self.takeovers)),
            track=Track(
                lonlat=lonlat,
                times=_array([t.timestamp() for t in self.path_times or ()]),
                modes=self.path_modes,
                speeds_mps=_array(self.path_speeds_mps or ()),
                altitudes=_array(self.path_altitudes or ()),
                altitude_reference=self.altitude_reference,
            ).without_repetitions(),
            digest=hashlib.sha256(self.model_dump_json().encode()).hexdigest(),
        )


_SAME = (SummaryIn.model_fields.keys() & Summary.__dataclass_fields__.keys()) - {
    "distance_km",
    "duration_s",
    "takeovers",
}
"""The fields that a summary takes over as they are."""


@dataclass(frozen=True)
class Unreadable:
    """An item that no summary could be read from: its first defect, its key and what was sent."""

    problem: Problem
    key: SummaryKey | None
    sent: object

    @classmethod
    def because(cls, refused: ValidationError, sent: object) -> Self:
        """The item that a schema refused."""
        defects = refused.errors(include_url=False, include_input=False)
        return cls(of_schema(defects)[0], _key_of(sent), sent)

    def text(self) -> str:
        """What was sent, as JSON."""
        return json.dumps(self.sent, ensure_ascii=False, separators=(",", ":"))


def _key_of(sent: object) -> SummaryKey | None:
    """The key that an item tells, whatever else is wrong with it."""
    try:
        told = _KeyIn.model_validate(sent)
    except ValidationError:
        return None
    return (told.vehicle_id, told.boot_id, told.seq)


def _or_defect(value: Any, read: ValidatorFunctionWrapHandler) -> SummaryIn | Unreadable:
    try:
        summary: SummaryIn = read(value)
    except ValidationError as refused:
        return Unreadable.because(refused, value)
    return summary


def _as_list(value: Any) -> Any:
    return value if isinstance(value, list) else [value]


Item = Annotated[SummaryIn, WrapValidator(_or_defect)]
Batch = Annotated[
    list[Item],
    BeforeValidator(_as_list, json_schema_input_type=SummaryIn | list[SummaryIn]),
    Field(min_length=1, max_length=10_000),
]


def posted(batch: Sequence[SummaryIn | Unreadable], frame: Frame) -> tuple[Posted, ...]:
    """The items of a batch for the use case, each with its summary or its problem."""
    return tuple(_posted(index, item, frame) for index, item in enumerate(batch))


def posted_text(index: int, text: bytes, frame: Frame) -> Posted:
    """One item for the use case from its JSON: a line of a file, the body of a message."""

    def as_it_came() -> str:
        return text.decode(errors="replace")

    try:
        sent = read_json(text, nan=True)
    except Malformed as refused:
        return Posted(index, None, refused.problems[0], text=as_it_came)
    except ValueError as refused:
        words = Text(f"不是合法 JSON：{refused}", f"It is not JSON: {refused}")
        return Posted(index, None, Problem("", "not_json", words), text=as_it_came)
    try:
        item: SummaryIn | Unreadable = SummaryIn.model_validate(sent)
    except ValidationError as refused:
        item = Unreadable.because(refused, sent)
    return replace(_posted(index, item, frame), text=as_it_came)


def _posted(index: int, item: SummaryIn | Unreadable, frame: Frame) -> Posted:
    if isinstance(item, Unreadable):
        return Posted(index, None, item.problem, item.key, item.text)
    read = item.to_domain(frame)
    if isinstance(read, Problem):
        key = (item.vehicle_id, item.boot_id, item.seq)
        return Posted(index, None, read, key, item.model_dump_json)
    return Posted(index, read, text=item.model_dump_json)


def _canonical(
    fixes: Sequence[tuple[float, float]], crs: str, frame: Frame
) -> NDArray[np.float64] | Problem:
    positions = np.array(fixes, np.float64)
    try:
        lonlat = to_canonical(positions, crs)
    except CrsRefused as refused:
        return Problem("/crs", refused.code, refused.message)
    outside = np.flatnonzero(frame.extent.outside(lonlat))
    if not len(outside):
        return lonlat
    at = int(outside[0])
    lon, lat = (float(number) for number in positions[at])
    where = Text(f"第 {at} 点 ({lon}, {lat}) 在辖区外", f"Fix {at} ({lon}, {lat}) lies outside")
    if frame.extent.swap_suspected(lon, lat):
        where = Text(
            f"{where.zh}；经纬度是否颠倒?", f"{where.en}; are longitude and latitude exchanged?"
        )
    return Problem(f"/path/coordinates/{at}", "outside_extent", where)


def _array(values: Sequence[float]) -> NDArray[np.float64] | None:
    return np.array(values, np.float64) if values else None


def _as_many(
    value: tuple[object, ...] | None, info: ValidationInfo, *, fewer: int
) -> tuple[object, ...] | None:
    path = info.data.get("path")
    if value is not None and path is not None and len(value) != len(path.coordinates) - fewer:
        wanted = len(path.coordinates) - fewer
        raise refusal(
            "length_differs",
            f"须为 {wanted} 项，与路径一致",
            f"There must be {wanted} of them, as the path has it",
        )
    return value
