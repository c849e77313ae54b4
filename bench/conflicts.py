"""What a use conflicts with, out of many: the engine beside the exact limit and beside PostGIS.

All answers are the same, but for pairs so near the rim that only the ellipsoid can tell; those are
counted. 10,000 and 100,000 uses; for a million see million.py.
"""

from collections.abc import Iterator, Mapping, Sequence
from contextlib import ExitStack
from functools import partial

from bench import audit, memory
from bench.contest import Answer, Contender, Times, compared, contest
from bench.machine import Figure, seconds
from bench.permits import fill, met, numbers
from bench.places import ENGINES, opened
from bench.rivals import Rivals, rivals
from bench.synthetic import volumes
from bench.uses import QUESTIONS, SEPARATION, Uses
from service.adapters.db.uow import SqlTx, Store

SIZES = (10_000, 100_000)
LIMIT, MEMORY = "exact limit", "index in memory"
POSTGIS, SQLITE = "check on PostGIS", "check on SQLite"
WHOLE = "check on PostGIS with its transaction"
WITHIN, SANDWICH = "SQL of ST_DWithin", "SQL of an exact buffer sandwich"
_AT_MOST = {(MEMORY, LIMIT): 1.5, (POSTGIS, LIMIT): 2, (WHOLE, LIMIT): None, (SQLITE, POSTGIS): 2}
_AT_LEAST = {(WITHIN, POSTGIS): 8, (SANDWICH, POSTGIS): 2}

Means = Mapping[str, float]


def figures() -> Iterator[Figure]:
    """Each size in turn, how the means grow between them, and what is kept in memory."""
    every = list(volumes(SIZES[-1], seed=1))
    means: list[Means] = []
    for size in SIZES:
        with ExitStack() as held:
            urls = {engine: held.enter_context(place()) for engine, place in ENGINES.items()}
            for url in urls.values():
                with opened(url) as made:
                    fill(made, every[:size])
            with opened(urls["PostGIS"]) as made:
                uses = Uses(every[:size], made.context().frame)
            sql = held.enter_context(rivals(urls["PostGIS"], uses.all, uses.frame.plane))
            times, answers = _contest(uses, urls, sql)
            yield from _single(uses, times, answers)
            yield from _cold(uses, urls)
            yield from audit.figures(uses, sql)
        means.append(means_of(uses, times))
    yield from (growth(name, SIZES, means) for name in (MEMORY, POSTGIS, SQLITE))
    yield from memory.figures()


def in_store(uses: Uses, tx: SqlTx) -> Contender:
    """The candidates of a registry, their values from memory, screened."""
    return Contender(lambda asked: met(tx, uses.asked[asked], SEPARATION, uses.frame), numbers)


def means_of(uses: Uses, times: Mapping[str, Times]) -> Means:
    """What `growth` compares."""
    return {"candidates": uses.mean_candidates} | {name: t.mean for name, t in times.items()}


def growth(name: str, sizes: Sequence[int], means: Sequence[Means]) -> Figure:
    """How a mean grows from the first size to the last, beside the candidates."""
    grown, goal = (means[-1][of] / means[0][of] for of in (name, "candidates"))
    return Figure(
        f"growth of the mean from {sizes[0]:,} to {sizes[-1]:,}: {name}",
        f"{grown:.1f}x while the candidates grow {goal:.1f}x",
        f"<= {goal:.1f}x",
        grown <= goal,
    )


def _contest(
    uses: Uses, urls: Mapping[str, str], sql: Rivals
) -> tuple[dict[str, Times], dict[str, list[Answer]]]:
    asked = [sql.asked(use, SEPARATION.horizontal_m) for use in uses.asked]
    with (
        opened(urls["PostGIS"]) as postgis,
        opened(urls["SQLite"]) as sqlite,
        postgis.store.read() as on_postgis,
        sqlite.store.read() as on_sqlite,
    ):
        contenders = {
            LIMIT: uses.limit(),
            MEMORY: uses.in_memory(),
            POSTGIS: in_store(uses, on_postgis),
            SQLITE: in_store(uses, on_sqlite),
            WHOLE: Contender(lambda question: _whole(uses, postgis.store, question), numbers),
            WITHIN: Contender(lambda question: sql.within(asked[question]), _listed),
            SANDWICH: Contender(lambda question: sql.sandwich(asked[question]), _listed),
        }
        return contest(contenders, QUESTIONS)


def _whole(uses: Uses, store: Store, question: int) -> object:
    with store.read() as tx:
        return met(tx, uses.asked[question], SEPARATION, uses.frame)


def _listed(rows: Sequence[tuple[int]]) -> Answer:
    return frozenset(number for (number,) in rows)


def _single(
    uses: Uses, times: Mapping[str, Times], answers: Mapping[str, list[Answer]]
) -> Iterator[Figure]:
    ours = answers[MEMORY]
    if not ours == answers[POSTGIS] == answers[SQLITE] == answers[WHOLE]:
        raise RuntimeError("the index and the registries do not find the same conflicts")
    rim = [uses.on_the_rim(ours, answers[planar]) for planar in (LIMIT, WITHIN, SANDWICH)]
    size, conflicts = len(uses.all), sum(map(len, ours)) / QUESTIONS
    yield Figure(
        f"{QUESTIONS} questions about {size:,} uses",
        f"{uses.mean_candidates:.1f} candidates and {conflicts:.1f} conflicts each; the same from "
        f"all, but for {max(rim)} pairs on the rim",
        "the same",
        True,
    )
    with_goals = size == SIZES[-1]
    for (one, other), at_most in _AT_MOST.items():
        title, goal = f"{one} over {other}, {size:,}", at_most if with_goals else None
        yield compared(title, times[one], times[other], at_most=goal)
    for (one, other), at_least in _AT_LEAST.items():
        title, goal = f"{one} over {other}, {size:,}", at_least if with_goals else None
        yield compared(title, times[one], times[other], at_least=goal)


def _cold(uses: Uses, urls: Mapping[str, str]) -> Iterator[Figure]:
    """Each question once to a registry of which nothing is in memory: read, decode, project."""
    for engine, url in urls.items():
        with opened(url) as made, made.store.read() as tx:
            ask = in_store(uses, tx).ask
            times = Times([seconds(partial(ask, question)) for question in range(QUESTIONS)])
        yield Figure(f"check on {engine} asked first, {len(uses.all):,}", str(times), "-")
