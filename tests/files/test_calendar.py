"""The calendar of China as announced, as estimated, and as an office corrects it."""

from datetime import UTC, date, datetime
from pathlib import Path

import pytest

from service.adapters.calendar import HolidayCalendar, Overrides
from service.domain.deadlines import working_days_after
from service.domain.errors import Malformed

CHINA = HolidayCalendar("CN")


@pytest.mark.parametrize("day", [date(2026, 1, 4), date(2026, 2, 14)])
def test_a_make_up_day_on_a_weekend_is_worked_and_is_no_holiday(day: date) -> None:
    assert CHINA.is_working(day)
    assert not CHINA.is_holiday(day)


@pytest.mark.parametrize("day", [date(2026, 1, 1), date(2026, 2, 20), date(2026, 10, 7)])
def test_a_public_holiday_on_a_weekday_is_not_worked(day: date) -> None:
    assert CHINA.is_holiday(day)
    assert not CHINA.is_working(day)


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
