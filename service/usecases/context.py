"""What every use case is told from outside: the time, fresh ids, the law, the geometry frame."""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime
from zoneinfo import ZoneInfo

from geo.frame import Frame
from service.domain.deadlines import WorkCalendar
from service.domain.journal import Actor, Deed
from service.domain.rulepack import RulePack


@dataclass(frozen=True)
class Context:
    """One request's surroundings; made once at the edge, passed down, never looked up."""

    now: datetime
    new_id: Callable[[], str]
    new_secret: Callable[[], str]
    pack: RulePack
    frame: Frame
    workdays: WorkCalendar

    @property
    def local_now(self) -> datetime:
        """The time on the jurisdiction's clocks."""
        return self.now.astimezone(ZoneInfo(self.frame.zone))

    def deed(self, actor: Actor, action: str) -> Deed:
        """The act of `actor`, now."""
        return Deed(actor=actor, action=action, at=self.now)
