"""Loads the demo: accounts, reference data and the story, once; a second run changes nothing."""

from collections.abc import Mapping
from dataclasses import replace
from pathlib import Path

from service.adapters.demo.acts import ACTS, Scene
from service.adapters.demo.story import Story, read_story
from service.adapters.files.reading import read
from service.domain.journal import Actor
from service.domain.kinds import Role
from service.usecases import identity, imports
from service.usecases.context import Context
from service.usecases.ports import Tx, UnitOfWork
from service.usecases.registry import register_organisation
from service.wire.organisations import OrganisationIn

# in a checkout and in an installed wheel alike
FIXTURES = Path(__file__).parents[3] / "fixtures"


def load_demo(uow: UnitOfWork, ctx: Context, password_hash: str, fixtures: Path = FIXTURES) -> bool:
    """True when the demo was put into the registry, False when it was there already.

    The story is told in one transaction: all of it or nothing.
    """
    story = read_story(fixtures, ctx.now, ctx.frame.zone)
    opening = replace(ctx, now=story.opens_at)
    with uow.read() as tx:
        told = bool(tx.applications.find(_told_by(story)))
    if told:
        return False
    with uow.write() as tx:
        cast = _introduced(tx, opening, story, password_hash)
    for source in story.sources:
        with source.path.open("rb") as stream:
            name = source.path.name
            items = read(source.kind, stream, name, None, ctx)
            imports.run(uow, cast[source.by], opening, source.kind, items, file_name=name)
    with uow.write() as tx:
        for act in story.acts:
            ACTS[act.name](Scene(tx, replace(ctx, now=act.at), cast, act))
    return True


def _told_by(story: Story) -> list[str]:
    """The applications of the story: where one is, the story has been told."""
    return [act.body["id"] for act in story.acts if act.name == "draft"]


def _introduced(tx: Tx, ctx: Context, story: Story, password_hash: str) -> Mapping[str, Actor]:
    """The people of the story as they act; those who have no account yet get one."""
    admin = Actor("demo", "demo", Role.admin)
    office = Actor("demo", "demo", Role.managing_unit)
    for written in story.organisations:
        if not tx.organisations.find([written["id"]]):
            body = OrganisationIn.model_validate(written["content"])
            register_organisation(tx, office, ctx, body.to_domain(written["id"]))
    cast: dict[str, Actor] = {}
    for name, actor in story.cast.items():
        account = tx.identities.account(name)
        if account is None:
            about = (name, password_hash, actor.role, actor.organisation_id, actor.district)
            account = identity.add_user(tx, admin, _naming(ctx, name), *about)
        cast[name] = replace(actor, id=account.id)
    return cast


def _naming(ctx: Context, key: str) -> Context:
    """The context that gives the next thing made this id: a journal of names reads better."""
    return replace(ctx, new_id=lambda: key)
