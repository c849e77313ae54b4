"""When and how high: schedules and altitude bands. Times of day are the jurisdiction's."""

from datetime import time
from typing import Annotated, Self
from zoneinfo import ZoneInfo

from pydantic import AfterValidator, ConfigDict, Field

from geo.altitude import AltitudeBand, Reference, Unit
from geo.schedule import Holidays, Schedule, Sun, Weekday, WeeklyWindow
from service.wire.common import Day, Input, Instant, Number, refusal
from service.wire.intake import Intake

_SUN: dict[str, Sun] = {"sunrise": "sunrise", "sunset": "sunset"}


def _time_of_day(value: str) -> str:
    if value in _SUN:
        return value
    try:
        at = time.fromisoformat(value)
    except ValueError:
        at = None
    if at is None or len(value) != len("22:00") or value[2] != ":":
        raise refusal(
            "not_a_time_of_day",
            "须为 HH:MM、sunrise 或 sunset；一日之末写作 00:00",
            "Write HH:MM, sunrise or sunset; the end of a day is 00:00",
        )
    return value


TimeOfDay = Annotated[str, Field(strict=True, max_length=8), AfterValidator(_time_of_day)]


class Window(Input):
    """A weekly window; it belongs to the day on which it starts."""

    model_config = ConfigDict(validate_by_name=True)

    days: Annotated[tuple[Weekday, ...], Field(min_length=1, max_length=7)]
    start: TimeOfDay = Field(validation_alias="from", serialization_alias="from")
    end: TimeOfDay = Field(validation_alias="to", serialization_alias="to")

    def to_domain(self) -> WeeklyWindow:
        """The window as geo computes with it."""
        return WeeklyWindow(frozenset(self.days), _read(self.start), _read(self.end))

    @classmethod
    def from_domain(cls, window: WeeklyWindow) -> Self:
        """The window as it is written, days in the order of the week."""
        return cls(
            days=tuple(day for day in Weekday if day in window.days),
            start=_written(window.start),
            end=_written(window.end),
        )


class ScheduleBody(Input):
    """From start to before end, in weekly windows if there are any; `end` null: without end."""

    start: Instant
    end: Instant | None
    weekly: Annotated[tuple[Window, ...], Field(max_length=100)] = ()
    except_dates: Annotated[tuple[Day, ...], Field(max_length=1000)] = ()
    holidays: Holidays = Holidays.included

    def to_domain(self, intake: Intake, at: str, *, endless: bool) -> Schedule | None:
        """The schedule; None, and noted, when no time lies in it or it lacks the end it needs."""
        if self.end is None and not endless:
            intake.refuse(f"{at}/end", "end_required", "须给出结束时间", "State when it ends")
            return None
        return intake.take(
            at,
            lambda: Schedule(
                start=self.start,
                end=self.end,
                zone=intake.frame.zone,
                weekly=tuple(window.to_domain() for window in self.weekly),
                except_dates=frozenset(self.except_dates),
                holidays=self.holidays,
            ),
        )

    @classmethod
    def from_domain(cls, schedule: Schedule) -> Self:
        """The schedule on the jurisdiction's own clock."""
        clock = ZoneInfo(schedule.zone)
        # built without checks: what was accepted once need not be read again
        return cls.model_construct(
            start=schedule.start.astimezone(clock),
            end=schedule.end and schedule.end.astimezone(clock),
            weekly=tuple(Window.from_domain(window) for window in schedule.weekly),
            except_dates=tuple(sorted(schedule.except_dates)),
            holidays=schedule.holidays,
        )


class AltitudeBody(Input):
    """A band of heights; an end that is null is not stated, not zero."""

    lower: Number | None
    upper: Number | None
    unit: Unit
    reference: Reference

    def to_domain(self, intake: Intake, at: str) -> AltitudeBand | None:
        """The band; None, and noted, when no height lies in it."""
        return intake.take(
            at, lambda: AltitudeBand(self.lower, self.upper, self.unit, self.reference)
        )

    @classmethod
    def from_domain(cls, band: AltitudeBand | None) -> Self | None:
        """The band as it was stated; None where there is none."""
        if band is None:
            return None
        return cls(lower=band.lower, upper=band.upper, unit=band.unit, reference=band.reference)


def _read(at: str) -> time | Sun:
    return _SUN[at] if at in _SUN else time.fromisoformat(at)


def _written(at: time | str) -> str:
    return at.strftime("%H:%M") if isinstance(at, time) else at
