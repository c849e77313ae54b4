"""The surroundings of use cases in tests: the rules of Chengdu, a fixed time, fresh ids."""

from datetime import datetime
from functools import cache

from service.adapters.calendar import HolidayCalendar
from service.adapters.files.rulepacks import read_rule_book
from service.domain.rulepack import RuleBook
from service.usecases.context import Context
from tests.builders import NOW, an_id


def a_context(now: datetime = NOW) -> Context:
    """A context at `now`; no two ids or secrets of a test run are the same."""
    book = chengdu()
    pack = book.at(now.date())
    place = pack.jurisdiction
    calendar = HolidayCalendar(place.holiday_country)
    return Context(
        now=now,
        new_id=lambda: an_id("id"),
        new_secret=lambda: an_id("secret"),
        pack=pack,
        frame=place.frame(calendar),
        workdays=calendar,
    )


@cache
def chengdu() -> RuleBook:
    """The rule book of Chengdu, read once."""
    return read_rule_book("cn-chengdu")
