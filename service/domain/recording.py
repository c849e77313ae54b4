"""What a device recorded: fixes one by one as a file tells them, cut into legs that can be told of.

A leg has no gap in it, lasts no longer than asked for and starts where the one before it ended, so
that no stretch is lost or told twice. Positions are in the reference system of the file.
"""

from collections import Counter
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from typing import NamedTuple

from geo.altitude import Reference
from geo.text import Text
from service.domain.errors import Problem

MOST_FIXES = 10_000
"""As many fixes as a summary that is posted may have."""
GAP_S = 300.0
"""Nobody knows where a device was for longer than this without a fix; no line is drawn there."""
DISORDER_S = 60.0
"""Fixes this much out of order were delayed on their way; further back another recording starts."""


class Fix(NamedTuple):
    """One position as it was recorded; `line` is where its file has it.

    `at` is POSIX seconds, `height_m` stands above `reference`; what is None was not told. Fixes of
    one `track` belong together.
    """

    track: int
    line: int
    lon: float
    lat: float
    at: float | None = None
    height_m: float | None = None
    reference: Reference | None = None
    speed_mps: float | None = None
    accuracy_m: float | None = None


@dataclass
class Remarks:
    """What is to be said of a file: each thing once, with how often and where first."""

    _words: dict[str, tuple[Text, int]] = field(default_factory=dict)
    _counts: Counter[str] = field(default_factory=Counter)

    def say(self, code: str, zh: str, en: str, line: int = 0) -> None:
        """Say it of a line; 0 for the whole file."""
        self._counts[code] += 1
        if code not in self._words:
            self._words[code] = Text(zh, en), line

    @property
    def problems(self) -> tuple[Problem, ...]:
        """All that was said, in the order in which it was first said."""
        return tuple(
            Problem("", code, self._placed(words, self._counts[code], line))
            for code, (words, line) in self._words.items()
        )

    def _placed(self, words: Text, count: int, line: int) -> Text:
        if not line:
            return words
        zh = f"{words.zh}（共 {count} 处，首见于第 {line} 行）"
        return Text(zh, f"{words.en} ({count} times, first on line {line})")


def legs(fixes: Iterable[Fix], longest_s: float, remarks: Remarks) -> Iterator[list[Fix]]:
    """The fixes in legs of two or more; what is left out is said in `remarks`."""
    leg: list[Fix] = []
    for fix in fixes:
        if leg and _left_out(fix, leg[-1], remarks):
            continue
        if leg and _parted(fix, leg[-1], remarks):
            yield from _told(leg, remarks)
            leg = []
        elif leg and _full(fix, leg, longest_s):
            yield from _told(leg, remarks)
            leg = leg[-1:]
        leg.append(fix)
    yield from _told(leg, remarks)


def _told(leg: list[Fix], remarks: Remarks) -> Iterator[list[Fix]]:
    """The leg, unless it goes on for no time at all."""
    if not leg:
        return
    start, end = leg[0].at, leg[-1].at
    if len(leg) > 1 and (start is None or end is None or end > start):
        yield leg
    else:
        zh, en = "孤立的定位点，不成轨迹", "A fix by itself makes no path and was left out"
        remarks.say("single_fix", zh, en, leg[0].line)


def _left_out(fix: Fix, last: Fix, remarks: Remarks) -> bool:
    """True of a fix that repeats the one before it, or came late, or lacks the time others have."""
    if fix.track != last.track:
        return False
    if fix.at is None or last.at is None:
        if fix.at is None and last.at is not None:
            zh, en = "该点没有时间，未采用", "A fix without time among others was left out"
            remarks.say("time_missing", zh, en, fix.line)
            return True
        return False
    if fix.at == last.at and (fix.lon, fix.lat) == (last.lon, last.lat):
        zh, en = "同一定位点重复记录，只计一次", "A fix that repeats the last one counts once"
        remarks.say("repeated", zh, en, fix.line)
        return True
    if last.at - DISORDER_S <= fix.at < last.at:
        zh, en = "时间早于前一点，未采用", "A fix earlier than the one before it was left out"
        remarks.say("out_of_order", zh, en, fix.line)
        return True
    return False


def _parted(fix: Fix, last: Fix, remarks: Remarks) -> bool:
    """True when no line may be drawn between the two."""
    if fix.track != last.track or (fix.at is None) is not (last.at is None):
        return True
    if fix.at is None or last.at is None or 0 <= fix.at - last.at <= GAP_S:
        return False
    if fix.at > last.at:
        zh = f"中断超过 {GAP_S:.0f} 秒，轨迹在此断开"
        en = f"No fix for more than {GAP_S:.0f} s: the path is cut there"
        remarks.say("gap", zh, en, fix.line)
    else:
        zh, en = "时间倒退，另起一段", "The time goes back: another leg starts there"
        remarks.say("time_back", zh, en, fix.line)
    return True


def _full(fix: Fix, leg: list[Fix], longest_s: float) -> bool:
    """True when the leg cannot take the fix."""
    start = leg[0].at
    too_long = fix.at is not None and start is not None and fix.at - start > longest_s
    return too_long or len(leg) >= MOST_FIXES
