"""State machines: one table of steps and one method that takes them; no state changes elsewhere."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Generic, TypeVar

from service.domain.errors import IllegalStep
from service.domain.kinds import Code

State = TypeVar("State", bound=Code)


@dataclass(frozen=True)
class Machine(Generic[State]):
    """The states of one kind of subject and the named steps between them."""

    subject: str
    transitions: Mapping[tuple[State, str], State]

    def after(self, state: State, step: str) -> State:
        """The state after `step`; IllegalStep, naming the ways there are, when there is none."""
        target = self.transitions.get((state, step))
        if target is None:
            raise IllegalStep(self.subject, state, step, self.steps(state))
        return target

    def steps(self, state: State) -> tuple[str, ...]:
        """The steps that lead on from `state`, in the order of the table."""
        return tuple(step for (origin, step) in self.transitions if origin is state)
