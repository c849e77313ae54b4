"""Schedules to test with: a calendar by hand, builders, strategies, and two slow oracles.

`in_use` reads single minutes off the definition, on a clock that is never changed. `followed` walks
from day to day with the clocks of the standard library, which read a time both ways.
"""

from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta
from zoneinfo import ZoneInfo

from hypothesis import strategies as st

from geo.schedule import Holidays, Interval, Schedule, Weekday, WeeklyWindow, windows

CITY = "Asia/Shanghai"
CLOCK = ZoneInfo(CITY)
MINUTE = timedelta(minutes=1)
DAY = timedelta(days=1)
WEEK = timedelta(days=7)
MONDAY = datetime(2026, 11, 30, tzinfo=CLOCK)
TWO_WEEKS_ON = MONDAY + timedelta(days=14)
EVERY_DAY = frozenset(Weekday)

Run = tuple[datetime, datetime]


@dataclass(frozen=True)
class Days:
    """A calendar by hand: named holidays, and the sun of one winter day or none."""

    holidays: frozenset[date] = frozenset()
    sun_known: bool = True

    def is_holiday(self, day: date) -> bool:
        return day in self.holidays

    def sun(self, day: date) -> tuple[time, time] | None:
        return (time(7, 40), time(18, 10)) if self.sun_known else None


ORDINARY = Days()
OF_THE_SUN = {"sunrise": time(7, 40), "sunset": time(18, 10)}


def at(day: int, hour: int, minute: int = 0) -> datetime:
    """A local time, counted in days from a Monday."""
    return MONDAY + timedelta(days=day, hours=hour, minutes=minute)


def of(days: str, start: str, end: str) -> WeeklyWindow:
    return WeeklyWindow(
        frozenset(Weekday(day) for day in days.split()), *(clock(text) for text in (start, end))
    )


def clock(text: str) -> time | str:
    return text if text.startswith("sun") else time.fromisoformat(text)


def a_schedule(*weekly: WeeklyWindow, start=MONDAY, end=TWO_WEEKS_ON, **more) -> Schedule:
    return Schedule(start=start, end=end, zone=more.pop("zone", CITY), weekly=weekly, **more)


def found(schedule: Schedule, within: Interval | None = None, calendar=ORDINARY) -> list[Run]:
    whole = within or Interval(at(-400, 0), at(400, 0))
    return [(w.start, w.end) for w in windows(schedule, whole, calendar)]


# --- one minute at a time -----------------------------------------------------------------------


def in_use(schedule: Schedule, calendar: Days, instant: datetime) -> bool:
    if instant < schedule.start or (schedule.end is not None and instant >= schedule.end):
        return False
    local = instant.astimezone(CLOCK)
    minute = _minutes(local.time())
    today, yesterday = local.date(), local.date() - DAY
    return any(
        _holds(schedule, calendar, window, today, minute)
        or _holds(schedule, calendar, window, yesterday, minute + 24 * 60)
        for window in _weekly(schedule)
    )


def _holds(
    schedule: Schedule, calendar: Days, window: WeeklyWindow, day: date, minute: int
) -> bool:
    if not _is_used(schedule, calendar, window, day):
        return False
    start, end = (_minutes(_time(at)) for at in (window.start, window.end))
    return start <= minute < end + (24 * 60 if end <= start else 0)


def _is_used(schedule: Schedule, calendar: Days, window: WeeklyWindow, day: date) -> bool:
    wanted = {
        Holidays.included: True,
        Holidays.excluded: not calendar.is_holiday(day),
        Holidays.only: calendar.is_holiday(day),
    }[schedule.holidays]
    named = list(Weekday)[day.weekday()] in window.days
    return wanted and named and day not in schedule.except_dates


def _weekly(schedule: Schedule) -> tuple[WeeklyWindow, ...]:
    return schedule.weekly or (WeeklyWindow(EVERY_DAY, time(0), time(0)),)


def _time(at: time | str) -> time:
    return OF_THE_SUN[at] if isinstance(at, str) else at


def _minutes(at: time) -> int:
    return at.hour * 60 + at.minute


def runs(minutes: list[bool], first: datetime) -> list[Run]:
    edges = [n for n in range(len(minutes) + 1) if _changes(minutes, n)]
    return [
        (first + a * MINUTE, first + b * MINUTE)
        for a, b in zip(edges[::2], edges[1::2], strict=True)
    ]


def _changes(minutes: list[bool], n: int) -> bool:
    return (n > 0 and minutes[n - 1]) != (n < len(minutes) and minutes[n])


# --- one day at a time --------------------------------------------------------------------------


def followed(
    schedule: Schedule, calendar: Days, until: datetime, *, surely: bool = False
) -> list[Run]:
    """The times of use before `until`, or before the end, in UTC; of two readings the longer."""
    start, end = schedule.start.astimezone(UTC), min(schedule.end or until, until).astimezone(UTC)
    zone = ZoneInfo(schedule.zone)
    day, last = start.date() - 3 * DAY, end.date() + 3 * DAY
    first_of, last_of = (max, min) if surely else (min, max)
    times = []
    while day <= last:
        for window in _weekly(schedule):
            if _is_used(schedule, calendar, window, day):
                ends_on = day + DAY if _time(window.end) <= _time(window.start) else day
                opens = max(start, first_of(_readings(day, window.start, zone)))
                closes = min(end, last_of(_readings(ends_on, window.end, zone)))
                times.append((opens, closes))
        day += DAY
    return union(times)


def _readings(day: date, at: time | str, zone: ZoneInfo) -> list[datetime]:
    local = datetime.combine(day, _time(at), zone)
    return [local.replace(fold=fold).astimezone(UTC) for fold in (0, 1)]


def union(times: list[Run]) -> list[Run]:
    merged: list[Run] = []
    for start, end in sorted(run for run in times if run[0] < run[1]):
        if merged and start <= merged[-1][1]:
            merged[-1] = (merged[-1][0], max(end, merged[-1][1]))
        else:
            merged.append((start, end))
    return merged


def wider(times: list[Run], by: timedelta) -> list[Run]:
    return union([(start - by, end + by) for start, end in times])


def common(a: list[Run], b: list[Run]) -> list[Run]:
    """What two ascending lists share."""
    a, b, both = a[::-1], b[::-1], []
    while a and b:
        (s, e), (start, end) = a[-1], b[-1]
        if max(s, start) < min(e, end):
            both.append((max(s, start), min(e, end)))
        (a if e <= end else b).pop()
    return both


def apart(a: list[Run], b: list[Run]) -> list[Run]:
    """What of a is not in b."""
    ends = [datetime.min.replace(tzinfo=UTC), *(t for run in b for t in run)]
    ends.append(datetime.max.replace(tzinfo=UTC))
    return common(a, list(zip(ends[::2], ends[1::2], strict=True)))


# --- at random ----------------------------------------------------------------------------------

times_of_day = st.builds(time, st.integers(0, 23), st.sampled_from([0, 1, 10, 30, 59]))
# against the sun a time of day is drawn from where the definition and the rule of halves agree
by_the_sun = st.sampled_from(
    [
        ("sunrise", time(12, 0)),
        ("sunset", time(2, 0)),
        (time(22, 0), "sunrise"),
        (time(16, 0), "sunset"),
        ("sunset", "sunrise"),
        ("sunrise", "sunset"),
    ]
)
by_the_clock = st.tuples(times_of_day, times_of_day)


def weeks(ends: st.SearchStrategy, *, least: int = 0) -> st.SearchStrategy:
    window = st.builds(
        lambda days, ends: WeeklyWindow(days, *ends),
        st.frozensets(st.sampled_from(Weekday), min_size=1),
        ends,
    )
    return st.lists(window, min_size=least, max_size=3).map(tuple)


def dates_around(first: date, days: int) -> st.SearchStrategy:
    return st.frozensets(st.dates(first - DAY, first + days * DAY), max_size=3)


@st.composite
def schedules(draw, first: datetime = MONDAY, days: int = 4, zone: str = CITY) -> Schedule:
    """A schedule of some minutes to some days, of any kind."""
    minutes = st.integers(0, days * 24 * 60)
    start, end = sorted(draw(st.lists(minutes, min_size=2, max_size=2, unique=True)))
    return Schedule(
        start=first.astimezone(UTC) + start * MINUTE,
        end=first.astimezone(UTC) + end * MINUTE,
        zone=zone,
        weekly=draw(weeks(by_the_clock | by_the_sun)),
        except_dates=draw(dates_around(first.date(), days)),
        holidays=draw(st.sampled_from(Holidays)),
    )


calendars = st.builds(Days, dates_around(MONDAY.date(), 4))
