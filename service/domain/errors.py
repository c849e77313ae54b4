"""What the registry refuses, and why. No HTTP here: api/errors.py maps each class to a status.

RegistryError
 +-- Malformed        the payload itself is wrong; each problem names its place
 +-- Unidentified     nobody known asks
 +-- Forbidden        known, may see, may not do
 +-- NotFound         absent, or not yours to know of
 +-- Stale            the caller looked at an older revision or version
 +-- Refused          the registry's state forbids it
      +-- IllegalStep     the state machine has no such step
      +-- Blocked         findings stand against it (in findings.py)
"""

from collections.abc import Sequence
from dataclasses import dataclass

from geo.text import Text
from service.domain.kinds import Code


@dataclass(frozen=True)
class Problem:
    """One defect of a payload: where (JSON Pointer), which, and in words."""

    pointer: str
    code: str
    message: Text


class RegistryError(Exception):
    """Base of every refusal; `code` never changes, `message` is for people."""

    code = "registry_error"

    def __init__(self, message: Text, code: str | None = None) -> None:
        """Keep the message; a given `code` is more exact than the class's own."""
        super().__init__(message.en)
        self.message = message
        self.code = code or self.code


class Malformed(RegistryError):
    """The payload is wrong; every problem found is listed."""

    code = "malformed"

    def __init__(self, problems: Sequence[Problem]) -> None:
        """Keep all problems; the first one speaks for the whole."""
        super().__init__(problems[0].message)
        self.problems = tuple(problems)


class Unidentified(RegistryError):
    """The caller gave no valid proof of who they are."""

    code = "unidentified"


class Forbidden(RegistryError):
    """The caller may see this but not do that."""

    code = "forbidden"


class NotFound(RegistryError):
    """There is no such thing, or it is not the caller's; the two look alike on purpose."""

    code = "not_found"

    def __init__(self, what: str, key: str) -> None:
        """Name the kind and the key that were asked for."""
        super().__init__(Text(f"没有找到 {what} {key}", f"There is no {what} {key}"))
        self.what, self.key = what, key


class Stale(RegistryError):
    """Someone changed it since the caller looked."""

    code = "stale"

    def __init__(self, current: int, given: int) -> None:
        """Tell both numbers so that the caller can fetch the difference."""
        super().__init__(
            Text(
                f"内容已更新到第 {current} 版,您依据的是第 {given} 版",
                f"It is at version {current} now; you acted on version {given}",
            )
        )
        self.current, self.given = current, given


class Refused(RegistryError):
    """The registry's state forbids it."""

    code = "refused"


class IllegalStep(Refused):
    """The state machine has no such step from here; `allowed` names those it has."""

    code = "illegal_step"

    def __init__(self, subject: str, state: Code, step: str, allowed: Sequence[str]) -> None:
        """Name the state, the step that was asked, and the steps there are."""
        ways = ", ".join(allowed) or "-"
        super().__init__(
            Text(
                f"当前状态为“{state.title.zh}”,不能执行 {step};可执行:{ways}",
                f"This {subject} is {state} and cannot {step}; it can: {ways}",
            )
        )
        self.state, self.step, self.allowed = state, step, tuple(allowed)
