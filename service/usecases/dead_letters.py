"""Dead letters: telemetry that was refused, looked through and handed in again."""

from collections.abc import Callable

from geo.text import Text
from service.domain.access import Action, require, require_sight
from service.domain.dead_letter import DeadLetter
from service.domain.errors import Refused
from service.domain.journal import Actor
from service.usecases.context import Context
from service.usecases.ports import Page, Query, Tx
from service.usecases.registry import own
from service.usecases.telemetry import Post, Posted, Result, receive

Read = Callable[[str], Posted]
"""Reads one item from its text."""


def page(tx: Tx, actor: Actor, query: Query) -> Page[DeadLetter]:
    """One page of dead letters; an operator sees those of its own organisation."""
    return tx.dead_letters.page(own(actor, Action.telemetry_read, query))


def replay(tx: Tx, actor: Actor, ctx: Context, key: str, read: Read) -> Result:
    """What became of the letter, handed in again as if it had just been taken when it first came.

    Refused when only a part of it was kept.
    """
    require(actor, Action.telemetry_replay)
    letter = tx.dead_letters.get(key)
    owner = letter.organisation_id
    require_sight(actor, Action.telemetry_replay, "dead_letter", key, owner)
    if not letter.is_whole:
        words = Text("原文过长，未完整保存", "It was too long to be kept whole; send it again")
        raise Refused(words, code="not_kept_whole")
    post = Post(actor, (read(letter.body),), letter.channel, letter.received_at)
    (result,) = receive(tx, ctx, [post])[0].results
    tx.dead_letters.replayed(key, result.status, ctx.now)
    return result
