"""How long the real network takes to become the reference layer, on both databases."""

from collections.abc import Iterator

from bench.machine import Figure, seconds
from bench.places import ENGINES, ROADS, registry
from service.adapters.files import reading
from service.api.deps import Registry
from service.domain.importing import ImportKind
from service.domain.journal import Actor
from service.domain.kinds import Role
from service.usecases import imports

OFFICE = Actor(id="bench", name="bench", role=Role.managing_unit)
GOAL_S = 10


def import_roads(made: Registry) -> int:
    """The number of roads imported from the real network."""
    ctx = made.context()
    with ROADS.open("rb") as stream:
        items = reading.read(ImportKind.roads, stream, ROADS.name, "EPSG:4326", ctx)
        report = imports.run(made.store, OFFICE, ctx, ImportKind.roads, items, file_name=ROADS.name)
    return report.accepted


def figures() -> Iterator[Figure]:
    """One figure per database."""
    for engine in ENGINES:
        with registry(engine) as made:
            took = seconds(lambda made=made: import_roads(made))
        name = f"import 6,195 roads, {engine}"
        yield Figure(name, f"{took:.1f} s", f"<= {GOAL_S} s", took <= GOAL_S)
