"""What a reader may do next with a thing: the steps of its state that the policy allows."""

from collections.abc import Iterable, Mapping

from service.domain.access import Action, Allowed, decide
from service.wire.common import Reader


def allowed(
    steps: Iterable[str],
    needs: Mapping[str, Action],
    reader: Reader,
    organisation_id: str | None = None,
) -> list[str]:
    """Those of `steps` whose action the reader may do; a step that nobody asks for is left out."""
    return [
        step
        for step in steps
        if step in needs and isinstance(decide(reader.actor, needs[step], organisation_id), Allowed)
    ]
