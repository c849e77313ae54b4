"""Who must review an application at which stage, and what it must name and bring."""

from dataclasses import dataclass

from service.domain.documents import DocumentKind
from service.domain.kinds import Change, Code, Role
from service.domain.organisation import PersonRole
from service.domain.rulebook_case import Case, CaseRow


class ReviewStage(Code):
    """The stages of a review, in their order."""

    completeness = "completeness", "形式审查", "Completeness check"
    expert = "expert", "专家评审", "Expert review"
    joint = "joint", "联合审查", "Joint review"


@dataclass(frozen=True, kw_only=True)
class ReviewLine(CaseRow):
    """One signature that a case needs; the office of the `lead` line confirms.

    A line of the role `district` stands for every district crossed.
    """

    role: Role
    stage: ReviewStage
    lead: bool = False
    working_days: int


@dataclass(frozen=True, kw_only=True)
class CrewRule(CaseRow):
    """Somebody whom a case must name: a person in any of `person_roles`."""

    person_roles: frozenset[PersonRole]


@dataclass(frozen=True, kw_only=True)
class DocumentRule(CaseRow):
    """A document that a case must bring.

    Asked of an application that follows no permit when `first` is true, and of one that follows a
    permit when it changes any of `changes`.
    """

    document: DocumentKind
    first: bool = True
    changes: frozenset[Change] = frozenset()

    def applies(self, case: Case) -> bool:
        """True when the case must bring this document."""
        asked = self.first if case.changes is None else not self.changes.isdisjoint(case.changes)
        return asked and CaseRow.applies(self, case)
