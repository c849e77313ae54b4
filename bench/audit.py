"""All pairs of a registry that conflict: the index beside two self-joins in PostGIS."""

from collections.abc import Iterator

from bench.contest import Answer, Contender, Ratio, Times, contest
from bench.machine import Figure
from bench.rivals import Rivals
from bench.uses import SEPARATION, Uses

_WHOLE_UP_TO = 10_000
_STEP = 50
"""PostGIS is asked for the pairs of each so manieth use alone when there are more, and its time
taken so many times: it would need the better part of an hour."""

INDEX, WITHIN, BUFFERED = "audit", "self-join of ST_DWithin", "self-join of buffers"


def figures(uses: Uses, sql: Rivals) -> Iterator[Figure]:
    """How many times longer PostGIS takes for the same pairs; its buffers are not exact."""
    size, apart_m = len(uses.all), SEPARATION.horizontal_m
    step = 1 if size <= _WHOLE_UP_TO else _STEP
    contenders = {
        INDEX: Contender(lambda _: uses.index.pairs(SEPARATION).conflict.tolist(), _pairs),
        WITHIN: Contender(lambda _: sql.pairs_within(apart_m, step), _pairs),
        BUFFERED: Contender(lambda _: sql.pairs_buffered(apart_m, step), _pairs),
    }
    times, answers = contest(contenders, questions=1, rounds=1)
    found = {name: answer for name, (answer,) in answers.items()}
    ours = frozenset(pair for pair in found[INDEX] if pair[0] % step == 0)
    rim, drawn = uses.pairs_on_the_rim(ours ^ found[WITHIN]), len(ours ^ found[BUFFERED])
    told = "" if step == 1 else f", PostGIS on a {step}th of the uses and extrapolated"
    yield Figure(
        f"pairs among {size:,} uses{told}",
        f"{len(found[INDEX]):,} pairs, {len(ours):,} of them compared; the same from ST_DWithin "
        f"but for {rim} on the rim, {drawn} others from buffers",
        "the same",
        True,
    )
    for name in (WITHIN, BUFFERED):
        times[name] = Times([took * step for took in times[name].seconds])
    yield Ratio(WITHIN, INDEX, at_least=50 if step == 1 else 30).figure(times, f"{size:,}")
    yield Ratio(BUFFERED, INDEX, at_least=1.5).figure(times, f"{size:,}")


def _pairs(rows: list[tuple[int, int]]) -> Answer:
    return frozenset(map(tuple, rows))
