"""Applications: what an operator asks for, version by version, until it is decided (Art. 24-25).

Content is immutable by version; reviews bind to a version. Submitting, reviewing and confirming
are steps of one table; who may take them is access.py's affair and what stands against them
findings.py's.
"""

import re
from dataclasses import dataclass, replace
from datetime import datetime, time

from geo.schedule import Weekday, WeeklyWindow
from geo.text import Text
from service.domain.errors import IllegalStep, Stale
from service.domain.findings import Finding
from service.domain.kinds import (
    ApplicationState,
    Change,
    ConditionKind,
    Domain,
    Phase,
    ReviewDecision,
    RiskTier,
    Role,
    SupervisionMode,
)
from service.domain.machine import Machine
from service.domain.place import PlannedVolume
from service.domain.rulebook_review import ReviewStage

STATES = Machine(
    "application",
    {
        (ApplicationState.draft, "submit"): ApplicationState.submitted,
        (ApplicationState.draft, "withdraw"): ApplicationState.withdrawn,
        (ApplicationState.submitted, "check"): ApplicationState.completeness_check,
        (ApplicationState.submitted, "withdraw"): ApplicationState.withdrawn,
        (ApplicationState.completeness_check, "refer"): ApplicationState.expert_review,
        (ApplicationState.completeness_check, "pass"): ApplicationState.joint_review,
        (ApplicationState.completeness_check, "return"): ApplicationState.returned,
        (ApplicationState.completeness_check, "reject"): ApplicationState.rejected,
        (ApplicationState.completeness_check, "withdraw"): ApplicationState.withdrawn,
        (ApplicationState.expert_review, "pass"): ApplicationState.joint_review,
        (ApplicationState.expert_review, "return"): ApplicationState.returned,
        (ApplicationState.expert_review, "reject"): ApplicationState.rejected,
        (ApplicationState.expert_review, "withdraw"): ApplicationState.withdrawn,
        (ApplicationState.joint_review, "confirm"): ApplicationState.confirmed,
        (ApplicationState.joint_review, "return"): ApplicationState.returned,
        (ApplicationState.joint_review, "reject"): ApplicationState.rejected,
        (ApplicationState.joint_review, "withdraw"): ApplicationState.withdrawn,
        (ApplicationState.returned, "resubmit"): ApplicationState.submitted,
        (ApplicationState.returned, "withdraw"): ApplicationState.withdrawn,
    },
)

STAGES = {
    ApplicationState.submitted: ReviewStage.completeness,
    ApplicationState.completeness_check: ReviewStage.completeness,
    ApplicationState.expert_review: ReviewStage.expert,
    ApplicationState.joint_review: ReviewStage.joint,
}
"""Which stage of the review each pending state is."""
PENDING = frozenset(STAGES)
EDITABLE = frozenset({ApplicationState.draft, ApplicationState.returned})
_ORDER = {stage: number for number, stage in enumerate(ReviewStage)}

# digits of ASCII alone: others are digits to Python as well
_SPEED = re.compile(r"[0-9]{1,3}(\.[0-9]{1,6})?")
_NUMBER = re.compile(r"[1-9][0-9]{0,5}")
_TIME = r"((?:[01][0-9]|2[0-3]):[0-5][0-9])"
_HOURS = re.compile(f"{_TIME}-{_TIME}")


@dataclass(frozen=True)
class Condition:
    """A condition of a permit: kind and value are checked by machine, the text is for people.

    Weather is told for people alone. The number of vehicles at once must be a number, and no
    summary is held against it: one vehicle does not show where the others were.
    """

    kind: ConditionKind
    value: str
    text: str

    @property
    def is_sound(self) -> bool:
        """True when a machine can check the value."""
        match self.kind:
            case ConditionKind.max_speed_mps:
                return bool(_SPEED.fullmatch(self.value)) and float(self.value) > 0
            case ConditionKind.max_concurrent_vehicles:
                return bool(_NUMBER.fullmatch(self.value))
            case ConditionKind.supervision_mode:
                return self.value in tuple(SupervisionMode)
            case ConditionKind.hours:
                return self.daily_window is not None
            case ConditionKind.weather:
                return True

    @property
    def daily_window(self) -> WeeklyWindow | None:
        """The hours of every day that the value names, as 22:00-05:00; None when it names none."""
        named = _HOURS.fullmatch(self.value)
        if named is None or named[1] == named[2]:
            return None
        return WeeklyWindow(
            frozenset(Weekday), time.fromisoformat(named[1]), time.fromisoformat(named[2])
        )


@dataclass(frozen=True)
class AttachedDocument:
    """A document handed in with an application."""

    kind: str
    document_id: str


@dataclass(frozen=True)
class Content:
    """Everything an operator asks for; one immutable value per version."""

    title: str
    domain: Domain
    phase: Phase
    follows: str | None
    volumes: tuple[PlannedVolume, ...]
    vehicle_ids: tuple[str, ...]
    person_ids: tuple[str, ...]
    supervision_mode: SupervisionMode
    passengers: bool
    cargo: bool
    over_people: bool
    valid_from: datetime
    valid_to: datetime
    requested_conditions: tuple[Condition, ...]
    documents: tuple[AttachedDocument, ...]
    insurance_ids: tuple[str, ...]


@dataclass(frozen=True)
class Remark:
    """A reviewer's word on one field of the application."""

    pointer: str
    text: str


@dataclass(frozen=True)
class Review:
    """What one office said of one version."""

    role: Role
    district: str | None
    version: int
    decision: ReviewDecision
    by: str
    at: datetime
    remarks: tuple[Remark, ...] = ()
    conditions: tuple[Condition, ...] = ()


@dataclass(frozen=True)
class RequiredReview:
    """A line that must be signed before a permit can be issued.

    A signature older than `asked_at` does not count: it was given without knowing what called the
    office in.
    """

    role: Role
    stage: ReviewStage
    lead: bool
    rule_id: str
    district: str | None = None
    due_at: datetime | None = None
    asked_at: datetime | None = None

    def is_of(self, role: Role, district: str | None) -> bool:
        """True when it is for that office to sign."""
        return self.role is role and self.district in (None, district)


@dataclass(frozen=True)
class Risk:
    """The risk tier and the reasons that led to it (Art. 46).

    `undisclosed` are those that rest only on what not everyone may know.
    """

    tier: RiskTier
    reasons: tuple[Text, ...]
    undisclosed: tuple[Text, ...] = ()


@dataclass(frozen=True)
class Application:
    """One application with its current version, its reviews and the findings of its last check."""

    id: str
    version: int
    state: ApplicationState
    organisation_id: str
    content: Content
    created_at: datetime
    submitted_at: datetime | None = None
    changes: tuple[Change, ...] = ()
    risk: Risk | None = None
    required_reviews: tuple[RequiredReview, ...] = ()
    reviews: tuple[Review, ...] = ()
    findings: tuple[Finding, ...] = ()
    pack_version: str | None = None
    permit_id: str | None = None

    @property
    def revision(self) -> int:
        """Content revision; an application's is its version."""
        return self.version

    def after(self, step: str) -> "Application":
        """The application after `step`; IllegalStep when its state has no such step."""
        return replace(self, state=STATES.after(self.state, step))

    def edited(self, content: Content) -> "Application":
        """A new version, on which nothing is settled or signed yet."""
        return replace(self.editable(), version=self.version + 1, content=content, findings=())

    def editable(self) -> "Application":
        """Itself while it can be edited; IllegalStep when it is neither draft nor returned."""
        if self.state not in EDITABLE:
            raise IllegalStep("application", self.state, "edit", STATES.steps(self.state))
        return self

    def handed_in(self) -> "Application":
        """Submitted, or resubmitted, to be judged afresh.

        What comes back unaltered is a new version too: offices have said their word on the old one.
        """
        if self.state is not ApplicationState.returned:
            return replace(self.after("submit"), required_reviews=())
        is_judged = any(review.version == self.version for review in self.reviews)
        current = self.edited(self.content) if is_judged else self
        return replace(current.after("resubmit"), required_reviews=())

    def at_version(self, version: int) -> "Application":
        """Itself when `version` is the current one; Stale otherwise."""
        if version != self.version:
            raise Stale(current=self.version, given=version)
        return self

    def signature(self, line: RequiredReview) -> Review | None:
        """The approval of the current version that satisfies `line`, if there is one."""
        wanted = (line.role, line.district, self.version, ReviewDecision.approve)
        return next(
            (
                review
                for review in reversed(self.reviews)
                if (review.role, review.district, review.version, review.decision) == wanted
                and (line.asked_at is None or line.asked_at <= review.at)
            ),
            None,
        )

    def unsigned(self, stage: ReviewStage | None = None) -> tuple[RequiredReview, ...]:
        """The lines not yet signed on the current version, of one stage or of all."""
        return tuple(
            line
            for line in self.required_reviews
            if stage in (None, line.stage) and self.signature(line) is None
        )

    @property
    def signable(self) -> tuple[RequiredReview, ...]:
        """The unsigned lines whose stage has come; a line may be called for after its stage."""
        stage = STAGES.get(self.state)
        if stage is None:
            return ()
        return tuple(line for line in self.unsigned() if _ORDER[line.stage] <= _ORDER[stage])

    @property
    def lead_role(self) -> Role | None:
        """The office that confirms."""
        return next((line.role for line in self.required_reviews if line.lead), None)

    def unsigned_by_others(self, role: Role) -> tuple[RequiredReview, ...]:
        """What keeps the lead office from confirming: the lines that others have not signed."""
        return tuple(line for line in self.unsigned() if line.role is not role)

    def awaits(self, role: Role) -> bool:
        """True when only this office's confirmation is missing."""
        is_reviewed = self.state is ApplicationState.joint_review and role is self.lead_role
        return is_reviewed and not self.unsigned_by_others(role)
