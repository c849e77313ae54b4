"""A summary held against its permit, and what a limit found broken looks like."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import UTC, datetime

from shapely.geometry.base import BaseGeometry

from geo.text import Text
from service.domain.kinds import ConditionKind, ViolationKind
from service.domain.pace import Flags, Span
from service.domain.permit import Permit
from service.domain.question import Law
from service.domain.rulepack import LimitKey
from service.domain.sweep import Sweep, as_one
from service.domain.telemetry import Summary


@dataclass(frozen=True)
class Breach:
    """A limit broken: which, from when to when, over how many metres, and where."""

    violation_kind: ViolationKind
    rule_id: str
    first_at: datetime
    last_at: datetime
    explanation: Text
    length_m: float = 0.0
    track: BaseGeometry | None = None


@dataclass(frozen=True, eq=False)
class Case:
    """A summary, its path and the permit it is held against.

    `bound` marks the segments that the permit binds: automated driving, all flying. `home` is the
    number of a volume that is known to hold all of the path, place, hours and heights; else -1.
    `recorded` is when the vehicle's other summaries took place, as far as they were counted before.
    """

    summary: Summary
    permit: Permit
    law: Law
    sweep: Sweep
    home: int
    bound: Flags
    recorded: Sequence[Span] = ()

    @property
    def told_of(self) -> Span:
        """From when to when it tells of anything; clocks of fixes may be off by a little."""
        start, end = self.summary.started_at, self.summary.ended_at
        times = self.sweep.track.times
        if times is None:
            return start, end
        first, last = (datetime.fromtimestamp(at, UTC) for at in (times[0], times[-1]))
        return min(start, first), max(end, last)

    @property
    def slack_m(self) -> float:
        """How far two fixes may seem apart, or together, that are not."""
        return 2 * self.summary.horizontal_accuracy_m

    def limit(self, key: LimitKey) -> float:
        """A number of the rule pack."""
        return self.law.pack.number(key)

    @property
    def permit_words(self) -> Text:
        """The permit and the version of its content, by which it was judged."""
        number, revision = self.permit.number, self.permit.revision
        return Text(f"许可 {number} 第 {revision} 版", f"permit {number}, version {revision}")

    def conditions(self, kind: ConditionKind) -> Sequence[str]:
        """The values of the permit's conditions of a kind."""
        return [one.value for one in self.permit.conditions if one.kind is kind]

    def breach(self, kind: ViolationKind, words: Text, rule_id: str | None = None) -> Breach:
        """A breach that lasted as long as the summary, of a rule or of what that kind breaks."""
        rule_id = rule_id or self.law.pack.conduct(kind).id
        return Breach(kind, rule_id, self.summary.started_at, self.summary.ended_at, words)

    def breach_on(
        self,
        segments: Flags,
        kind: ViolationKind,
        words: Text,
        *,
        length_m: float | None = None,
        track: BaseGeometry | None = None,
    ) -> Breach:
        """A breach on some segments of the path; on all of each, unless told how much and where."""
        whole = self.summary.started_at, self.summary.ended_at
        first, last = self.sweep.during(segments) or whole
        if length_m is None:
            length_m = float(self.sweep.length_m[segments].sum())
        if track is None:
            track = as_one(self.sweep.segments[segments])
        return Breach(kind, self.law.pack.conduct(kind).id, first, last, words, length_m, track)
