"""The calendar of China as announced, as estimated, and as an office corrects it."""

from datetime import UTC, date, datetime, time, timedelta
from itertools import pairwise
from pathlib import Path
from zoneinfo import ZoneInfo

import pytest

from geo.schedule import Holidays, Interval, Schedule, Weekday, WeeklyWindow, windows
from service.adapters.calendar import HolidayCalendar, Overrides
from service.domain.deadlines import working_days_after
from service.domain.errors import Malformed

CHINA = HolidayCalendar("CN")
CITY = "Asia/Shanghai"
WORKING_DAYS = frozenset(Weekday) - {Weekday.SA, Weekday.SU}


def days_used(days: frozenset[Weekday], holidays: Holidays, first: date, last: date) -> list[int]:
    """The days of the month on which a morning window starts, from a day to another."""
    start, end = (datetime(d.year, d.month, d.day, tzinfo=ZoneInfo(CITY)) for d in (first, last))
    window = WeeklyWindow(days, time(7), time(9))
    schedule = Schedule(start, end, CITY, (window,), holidays=holidays)
    found = windows(schedule, Interval(start, end), CHINA)
    return [use.start.astimezone(ZoneInfo(CITY)).day for use in found]


@pytest.mark.parametrize("day", [date(2026, 1, 4), date(2026, 2, 14)])
def test_a_make_up_day_on_a_weekend_is_worked_and_is_no_holiday(day: date) -> None:
    assert CHINA.is_working(day)
    assert not CHINA.is_holiday(day)


@pytest.mark.parametrize("day", [date(2026, 1, 1), date(2026, 2, 20), date(2026, 10, 7)])
def test_a_public_holiday_on_a_weekday_is_not_worked(day: date) -> None:
    assert CHINA.is_holiday(day)
    assert not CHINA.is_working(day)


def test_holidays_last_as_long_as_the_notice_of_the_state_council_for_2026_says() -> None:
    days = [date(2026, 1, 1) + timedelta(days=n) for n in range(365)]
    free = [day for day in days if CHINA.is_holiday(day)]
    begins = [free[0], *(new for old, new in pairwise(free) if (new - old).days > 1)]
    ends = [*(old for old, new in pairwise(free) if (new - old).days > 1), free[-1]]
    periods = [f"{a:%m-%d}/{b:%m-%d}" for a, b in zip(begins, ends, strict=True)]
    assert " ".join(periods) == (
        "01-01/01-03 02-15/02-23 04-04/04-06 05-01/05-05 06-19/06-21 09-25/09-27 10-01/10-07"
    )


def test_where_no_days_are_moved_a_weekend_beside_a_holiday_is_none() -> None:
    good_friday = date(2026, 4, 3)
    assert HolidayCalendar("DE").is_holiday(good_friday)
    assert not HolidayCalendar("DE").is_holiday(good_friday + timedelta(days=1))


@pytest.mark.parametrize("day", [date(2026, 1, 4), date(2026, 2, 14)])
def test_a_make_up_day_is_not_among_monday_to_friday(day: date) -> None:
    week = (day - timedelta(days=2), day + timedelta(days=1))
    assert day.day not in days_used(WORKING_DAYS, Holidays.included, *week)
    assert day.day not in days_used(WORKING_DAYS, Holidays.excluded, *week)


@pytest.mark.parametrize("day", [date(2026, 1, 4), date(2026, 2, 14)])
def test_a_make_up_day_is_used_by_windows_that_name_its_weekday(day: date) -> None:
    only_it = (day, day + timedelta(days=1))
    assert days_used(frozenset(Weekday), Holidays.excluded, *only_it) == [day.day]
    assert days_used(frozenset(Weekday), Holidays.only, *only_it) == []


def test_the_sunday_in_the_week_of_the_national_day_is_used_as_a_holiday() -> None:
    week = (date(2026, 10, 1), date(2026, 10, 11))
    assert days_used(frozenset(Weekday), Holidays.only, *week) == [1, 2, 3, 4, 5, 6, 7]
    assert days_used(frozenset(Weekday), Holidays.excluded, *week) == [8, 9, 10]


def test_an_ordinary_weekend_is_no_holiday_and_not_worked() -> None:
    assert not CHINA.is_working(date(2026, 11, 28))
    assert not CHINA.is_holiday(date(2026, 11, 28))


def test_a_year_is_announced_once_its_moved_days_are_known() -> None:
    assert CHINA.is_announced(date(2026, 12, 31))
    assert not CHINA.is_announced(date(2027, 1, 4))


def test_where_no_days_are_moved_every_year_is_known() -> None:
    assert HolidayCalendar("DE").is_announced(date(2040, 1, 4))


def test_a_deadline_past_the_last_announced_year_is_provisional() -> None:
    start = datetime(2026, 12, 28, 9, tzinfo=UTC)
    assert not working_days_after(start, 3, CHINA).provisional
    assert working_days_after(start, 5, CHINA).provisional


def test_an_office_can_announce_a_year_and_move_its_days(tmp_path: Path) -> None:
    file = tmp_path / "holidays.toml"
    file.write_text("announced = [2027]\nholidays = [2027-02-11]\nworking = [2027-02-13]\n")

    corrected = HolidayCalendar("CN", Overrides.read(file))

    assert corrected.is_announced(date(2027, 2, 1))
    assert corrected.is_holiday(date(2027, 2, 11))
    assert corrected.is_working(date(2027, 2, 13))
    assert not corrected.is_holiday(date(2027, 2, 13))


@pytest.mark.parametrize(
    ("text", "pointer"),
    [
        ('holidays = ["2027-02-11"]', "/holidays"),
        ("announced = 2027", "/announced"),
        ("working = [2027-02-11T00:00:00]", "/working"),
        ("workdays = []", "/workdays"),
        ("announced = [", ""),
    ],
)
def test_a_file_that_cannot_be_read_is_refused_by_key(
    tmp_path: Path, text: str, pointer: str
) -> None:
    file = tmp_path / "holidays.toml"
    file.write_text(text)
    with pytest.raises(Malformed) as refused:
        Overrides.read(file)
    assert [problem.pointer for problem in refused.value.problems] == [pointer]


def test_calendars_of_one_country_are_one_value() -> None:
    assert hash(HolidayCalendar("CN")) == hash(CHINA)


def test_a_country_without_a_calendar_is_refused() -> None:
    with pytest.raises(NotImplementedError):
        HolidayCalendar("XX")
