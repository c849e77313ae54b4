"""What every schema is made of: strict scalars, bilingual text, and who reads an answer.

Numbers are numbers, never `true` or "1"; text has no control characters; times carry an offset.
"""

from dataclasses import dataclass
from datetime import UTC, date, datetime
from enum import StrEnum
from typing import Annotated, ClassVar, Generic, Self, TypeVar

from pydantic import (
    AfterValidator,
    BaseModel,
    BeforeValidator,
    ConfigDict,
    Field,
    WithJsonSchema,
    model_validator,
)
from pydantic_core import PydanticCustomError

from geo.schedule import Interval
from geo.text import Text
from service.domain.journal import Actor

MOST_SAFE = 2**53 - 1
_SINGLE_LINE = r"^[^\x00-\x1f\x7f]*$"
_LINES = r"^[^\x00-\x08\x0b\x0c\x0e-\x1f\x7f]*$"
_NAIVE = ("naive_time", "时间缺少时区偏移", "The time has no UTC offset")
_NO_TIME = ("not_a_time", "须为 RFC 3339 时间", "Write it as an RFC 3339 time with its offset")


def refusal(code: str, zh: str, en: str) -> PydanticCustomError:
    """A refusal by a schema's own rule, in both languages."""
    return PydanticCustomError(code, "{en}", {"zh": zh, "en": en})


def _stated_time(value: object) -> object:
    """Only text is read as a time; a number might be seconds, or milliseconds."""
    if isinstance(value, str) and len(value) <= 40 and value[10:11] in ("T", "t", " "):
        return value
    raise refusal(*_NO_TIME)


def _with_offset(value: datetime) -> datetime:
    if value.utcoffset() is None:
        raise refusal(*_NAIVE)
    try:
        return value.astimezone(UTC)
    except OverflowError:
        raise refusal(*_NO_TIME) from None


def _stated_day(value: object) -> object:
    if isinstance(value, str) and len(value) == len("2026-01-01"):
        return value
    raise refusal("not_a_date", "须为 YYYY-MM-DD 日期", "Write it as YYYY-MM-DD")


def after(end: datetime, start: datetime | None) -> datetime:
    """The end, refused when it does not come after the start (None: that was refused itself)."""
    if start is not None and end <= start:
        raise refusal(
            "end_before_start", "结束时间不晚于开始时间", "The end is not after the start"
        )
    return end


Flag = Annotated[bool, Field(strict=True)]
Count = Annotated[int, Field(strict=True, ge=0, le=MOST_SAFE)]
Tally = Annotated[int, Field(strict=True, ge=0, le=1_000_000)]
Number = Annotated[float, Field(strict=True, allow_inf_nan=False)]
Amount = Annotated[float, Field(strict=True, allow_inf_nan=False, ge=0, le=1e12)]
Metres = Annotated[float, Field(strict=True, allow_inf_nan=False, gt=0, le=100_000)]
Key = Annotated[str, Field(strict=True, pattern=r"^[A-Za-z0-9][A-Za-z0-9._:~-]{0,99}$")]
Line = Annotated[str, Field(strict=True, min_length=1, max_length=300, pattern=_SINGLE_LINE)]
Prose = Annotated[str, Field(strict=True, min_length=1, max_length=20_000, pattern=_LINES)]
Pointer = Annotated[str, Field(strict=True, max_length=300, pattern=r"^(/[^\x00-\x1f\x7f]*)?$")]
Instant = Annotated[datetime, BeforeValidator(_stated_time), AfterValidator(_with_offset)]
Day = Annotated[date, BeforeValidator(_stated_day)]
Keys = Annotated[tuple[Key, ...], Field(max_length=1000)]


class Input(BaseModel):
    """What is sent to the registry; a field nobody knows is a mistake, not a remark."""

    model_config = ConfigDict(extra="forbid", allow_inf_nan=False, frozen=True)


class Returned(Input):
    """An input that may be sent back as it was read: what only the registry writes goes unread."""

    unread: ClassVar[frozenset[str]] = frozenset()

    @model_validator(mode="before")
    @classmethod
    def _without_unread(cls, value: object) -> object:
        if not isinstance(value, dict):
            return value
        return {name: member for name, member in value.items() if name not in cls.unread}


class Output(BaseModel):
    """What the registry answers."""

    model_config = ConfigDict(frozen=True)


class Words(BaseModel):
    """A name in Chinese and English; plain text is taken for both."""

    model_config = ConfigDict(extra="forbid", frozen=True)

    zh: Line
    en: Line

    @model_validator(mode="before")
    @classmethod
    def _plain(cls, value: object) -> object:
        return {"zh": value, "en": value} if isinstance(value, str) else value

    def to_domain(self) -> Text:
        """The text in both languages."""
        return Text(self.zh, self.en)

    @classmethod
    def from_domain(cls, text: Text) -> Self:
        """Both languages, so that a reader can switch without asking again."""
        # what the registry holds was checked when it came in, or is its own
        return cls.model_construct(zh=text.zh, en=text.en)


class Language(StrEnum):
    """The languages in which titles and explanations are given."""

    zh = "zh-CN"
    en = "en"


@dataclass(frozen=True)
class Reader:
    """Who reads an answer, in which language, when: redaction and wording depend on it.

    `decimals` rounds coordinates for the public; None leaves them as they are.
    """

    actor: Actor
    language: Language
    now: datetime
    decimals: int | None = None

    def words(self, text: Text) -> str:
        """The text in the reader's language."""
        return text.zh if self.language is Language.zh else text.en


class IntervalOut(Output):
    """A stretch of time, half-open; `end` null: without end."""

    start: datetime
    end: datetime | None

    @classmethod
    def from_domain(cls, interval: Interval) -> Self:
        """The interval as it is."""
        return cls(start=interval.start, end=interval.end)


Item = TypeVar("Item")


class PageOut(Output, Generic[Item]):
    """One page of a list; `next` is the cursor of the following one."""

    items: list[Item]
    next: str | None


Object = Annotated[dict[str, object], WithJsonSchema({"type": "object"})]
