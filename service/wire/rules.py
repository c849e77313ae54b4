"""Rules of the pack in force, as people cite them (decision 10)."""

from collections.abc import Mapping
from datetime import date, time
from typing import Any, Self

from service.domain.rulepack import Binding, Rule
from service.wire.common import Output, Reader


class SourceOut(Output):
    """The document a rule comes from."""

    id: str
    title: str


class RuleOut(Output):
    """A rule; `mark` warns until somebody has verified it against its source."""

    id: str
    topic: str
    title: str
    source: SourceOut
    article: str | None
    binding: Binding
    verified: bool
    mark: str | None
    jurisdiction: str
    valid_from: date | None
    valid_to: date | None
    overrides: list[str]
    params: dict[str, Any]
    note: str | None

    @classmethod
    def from_domain(cls, rule: Rule, reader: Reader) -> Self:
        """The rule in the reader's language; its numbers as written in the pack."""
        return cls(
            id=rule.id,
            topic=rule.topic,
            title=reader.words(rule.title),
            source=SourceOut(id=rule.source.id, title=reader.words(rule.source.title)),
            article=rule.article,
            binding=rule.binding,
            verified=rule.verified,
            mark=reader.words(rule.mark) if rule.mark else None,
            jurisdiction=rule.jurisdiction,
            valid_from=rule.valid_from,
            valid_to=rule.valid_to,
            overrides=list(rule.overrides),
            params={name: _plain(value) for name, value in rule.params.items()},
            note=reader.words(rule.note) if rule.note else None,
        )


def _plain(value: object) -> object:
    """A parameter as JSON has it."""
    if isinstance(value, date | time):
        return value.isoformat()
    if isinstance(value, Mapping):
        return {str(name): _plain(inner) for name, inner in value.items()}
    if isinstance(value, tuple | list):
        return [_plain(inner) for inner in value]
    return value
