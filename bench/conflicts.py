"""What a use conflicts with, out of many: the engine beside the exact limit and beside PostGIS.

All answers are the same, but for pairs so near the rim that only the ellipsoid can tell; those are
counted. 10,000 and 100,000 uses; for a million see million.py.
"""

from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from functools import partial

from bench import audit, memory
from bench.contest import Answer, Contender, Ratio, Times, contest
from bench.machine import Figure, seconds
from bench.permits import fill, met, numbers
from bench.places import opened, postgis, sqlite
from bench.rivals import Rivals, rivals
from bench.synthetic import volumes
from bench.uses import QUESTIONS, SEPARATION, Uses
from geo.volume import Volume4D
from service.adapters.db.uow import SqlTx, Store

SIZES = (10_000, 100_000)
LIMIT, MEMORY = "exact limit", "index in memory"
POSTGIS, SQLITE = "check on PostGIS", "check on SQLite"
WHOLE = "check on PostGIS with its transaction"
WITHIN, SANDWICH = "SQL of ST_DWithin", "SQL of an exact buffer sandwich"

# what is compared is asked in turn; what is not does not wash the other's data out of the processor
IN_MEMORY = (Ratio(MEMORY, LIMIT, at_most=1.5),)
ON_POSTGIS = (
    Ratio(POSTGIS, LIMIT, at_most=2),
    Ratio(WHOLE, LIMIT),
    Ratio(WITHIN, POSTGIS, at_least=8),
    Ratio(SANDWICH, POSTGIS, at_least=2),
)
ON_SQLITE = (Ratio(SQLITE, POSTGIS, at_most=2),)

Contenders = Mapping[str, Contender]
Means = Mapping[str, float]


def figures() -> Iterator[Figure]:
    """Each size in turn, how the means grow between them, and what is kept in memory."""
    every = list(volumes(SIZES[-1], seed=1))
    means: list[Means] = []
    for size in SIZES:
        with _places(every[:size]) as (uses, urls, sql):
            times: dict[str, Times] = {}
            with _contenders(uses, urls, sql) as contenders:
                yield from compete(uses, contenders, (IN_MEMORY, ON_POSTGIS, ON_SQLITE), times)
            yield from (_cold(uses, engine, url) for engine, url in urls.items())
            yield from audit.figures(uses, sql)
            means.append(means_of(uses, times))
    yield from (growth(name, SIZES, means) for name in (MEMORY, POSTGIS, SQLITE))
    yield from memory.figures()


def compete(
    uses: Uses, contenders: Contenders, contests: Sequence[Sequence[Ratio]], times: dict[str, Times]
) -> Iterator[Figure]:
    """What each contest shows, and that all answers are the same; leaves the times behind."""
    size, answers = len(uses.all), {}
    ratios: list[Figure] = []
    for compared in contests:
        names = {name: contenders[name] for ratio in compared for name in (ratio.one, ratio.other)}
        found, said = contest(names, QUESTIONS)
        ratios += [r.figure(found, f"{size:,}", with_goal=size >= SIZES[-1]) for r in compared]
        times |= found
        answers |= said
    yield _agreement(uses, answers)
    yield from ratios


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


@contextmanager
def _places(every: Sequence[Volume4D]) -> Iterator[tuple[Uses, Mapping[str, str], Rivals]]:
    """The uses in memory, as permits on both databases, and in the table of the rivals."""
    with postgis() as url, sqlite() as file:
        urls = {"PostGIS": url, "SQLite": file}
        for place in urls.values():
            with opened(place) as made:
                fill(made, list(enumerate(every)))
                frame = made.context().frame
        with rivals(url, every, frame.plane) as sql:
            yield Uses(every, frame), urls, sql


@contextmanager
def _contenders(uses: Uses, urls: Mapping[str, str], sql: Rivals) -> Iterator[Contenders]:
    asked = [sql.asked(use, SEPARATION.horizontal_m) for use in uses.asked]
    with (
        opened(urls["PostGIS"]) as on_postgis,
        opened(urls["SQLite"]) as on_sqlite,
        on_postgis.store.read() as postgis_tx,
        on_sqlite.store.read() as sqlite_tx,
    ):
        yield {
            LIMIT: uses.limit(),
            MEMORY: uses.in_memory(),
            POSTGIS: in_store(uses, postgis_tx),
            SQLITE: in_store(uses, sqlite_tx),
            WHOLE: Contender(lambda question: _whole(uses, on_postgis.store, question), numbers),
            WITHIN: Contender(lambda question: sql.within(asked[question]), _listed),
            SANDWICH: Contender(lambda question: sql.sandwich(asked[question]), _listed),
        }


def _whole(uses: Uses, store: Store, question: int) -> object:
    with store.read() as tx:
        return met(tx, uses.asked[question], SEPARATION, uses.frame)


def _listed(rows: Sequence[tuple[int]]) -> Answer:
    return frozenset(number for (number,) in rows)


def _agreement(uses: Uses, answers: Mapping[str, Sequence[Answer]]) -> Figure:
    """RuntimeError unless all found the same."""
    ours = answers[MEMORY]
    if any(answers[name] != ours for name in (POSTGIS, SQLITE, WHOLE) if name in answers):
        raise RuntimeError("the index and the registries do not find the same conflicts")
    planar = [answers[name] for name in (LIMIT, WITHIN, SANDWICH) if name in answers]
    rim = max(uses.on_the_rim(ours, said) for said in planar)
    conflicts = sum(map(len, ours)) / QUESTIONS
    return Figure(
        f"{QUESTIONS} questions about {len(uses.all):,} uses",
        f"{uses.mean_candidates:.1f} candidates and {conflicts:.1f} conflicts each; the same from "
        f"all, but for {rim} pairs on the rim",
        "the same",
        True,
    )


def _cold(uses: Uses, engine: str, url: str) -> Figure:
    """Each question once to a registry of which nothing is in memory: read, decode, project."""
    with opened(url) as made, made.store.read() as tx:
        ask = in_store(uses, tx).ask
        times = Times([seconds(partial(ask, question)) for question in range(QUESTIONS)])
    return Figure(f"check on {engine} asked first, {len(uses.all):,}", str(times), "-")
