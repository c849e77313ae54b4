"""Conditions of a permit, asked for by the operator or set by an office."""

from typing import Annotated, Self

from pydantic import Field

from service.domain.application import Condition
from service.domain.kinds import ConditionKind
from service.wire.common import Input, Line


class ConditionBody(Input):
    """A condition: kind and value are checked by machine, the text is for people."""

    kind: ConditionKind
    value: Line
    text: Line

    def to_domain(self) -> Condition:
        """The condition as it is asked for."""
        return Condition(self.kind, self.value, self.text)

    @classmethod
    def from_domain(cls, condition: Condition) -> Self:
        """The condition as it was set."""
        return cls.model_construct(**vars(condition))


Conditions = Annotated[tuple[ConditionBody, ...], Field(max_length=100)]
