"""A summary held against its permit, and what a limit found broken looks like."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

import numpy as np
from shapely.geometry.base import BaseGeometry

from geo.text import Text
from service.domain.kinds import ConditionKind, Domain, ViolationKind
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

    `bound` marks the segments that the permit binds: automated driving, all flying. `recorded` is
    when the vehicle's other summaries took place, as far as they were counted before.
    """

    summary: Summary
    permit: Permit
    law: Law
    sweep: Sweep
    bound: Flags
    recorded: Sequence[Span] = ()

    @property
    def is_flight(self) -> bool:
        """True when everything it reports is bound."""
        return self.permit.content.domain is Domain.air

    @property
    def told_of(self) -> Span:
        """From when to when it tells of anything; clocks of fixes may be off by a little."""
        start, end = self.summary.started_at, self.summary.ended_at
        along = self.sweep.during(np.ones(len(self.bound), dtype=np.bool_))
        return (start, end) if along is None else (min(start, along[0]), max(end, along[1]))

    @property
    def slack_m(self) -> float:
        """How far two fixes may seem apart, or together, that are not."""
        return 2 * self.summary.horizontal_accuracy_m

    def limit(self, key: LimitKey) -> float:
        """A number of the rule pack."""
        return self.law.pack.number(key)

    def conditions(self, kind: ConditionKind) -> Sequence[str]:
        """The values of the permit's conditions of a kind."""
        return [one.value for one in self.permit.conditions if one.kind is kind]

    def breach(self, kind: ViolationKind, words: Text) -> Breach:
        """A breach that lasted as long as the summary."""
        rule = self.law.pack.conduct(kind)
        return Breach(kind, rule.id, self.summary.started_at, self.summary.ended_at, words)

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
