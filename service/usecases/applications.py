"""Applications up to the desk of the authorities: draft, edit, submit, withdraw (Art. 24-25)."""

from dataclasses import replace

from geo.text import Text
from service.domain.access import Action, require, require_sight
from service.domain.application import Application
from service.domain.errors import NotFound
from service.domain.findings import Blocked
from service.domain.journal import Actor, Entry
from service.domain.kinds import ApplicationState
from service.usecases.content import ContentRequest, checked_content
from service.usecases.context import Context
from service.usecases.districts import in_districts
from service.usecases.judging import answer_for, judged
from service.usecases.ports import Page, Query, Tx
from service.usecases.registry import own


def draft(tx: Tx, actor: Actor, ctx: Context, request: ContentRequest) -> Application:
    """A new draft of the actor's organisation; Malformed names everything that cannot be used."""
    require(actor, Action.application_write)
    assert actor.organisation_id is not None, "the policy lets only members of one write"
    application = Application(
        id=ctx.new_id(),
        version=1,
        state=ApplicationState.draft,
        organisation_id=actor.organisation_id,
        content=checked_content(tx, actor, ctx, request),
        created_at=ctx.now,
    )
    tx.applications.add(application, ctx.deed(actor, "draft"))
    return application


def edit(
    tx: Tx, actor: Actor, ctx: Context, key: str, request: ContentRequest, version: int
) -> Application:
    """The draft or returned application with other content: a new version, unsigned by anybody."""
    current = get(tx, actor, key)
    require(actor, Action.application_write, current.organisation_id)
    current = current.at_version(version).editable()
    edited = current.edited(checked_content(tx, actor, ctx, request))
    tx.applications.put(edited, ctx.deed(actor, "edit"))
    return edited


def submit(tx: Tx, actor: Actor, ctx: Context, key: str, version: int | None = None) -> Application:
    """The application handed in; Blocked, and the draft kept, when a conflict or a gap stands.

    One that was returned is resubmitted, as a new version even if it was not edited.
    """
    current = get(tx, actor, key)
    require(actor, Action.application_submit, current.organisation_id)
    if version is not None:
        current.at_version(version)
    step = "resubmit" if current.state is ApplicationState.returned else "submit"
    moved = current.handed_in()
    answer = answer_for(tx, ctx, moved)
    if not answer.may_submit:
        words = Text("存在阻断性冲突，不能提交", "Blocking conflicts stand against it")
        raise Blocked(words, [finding for finding in answer.findings if finding.stops_submit])
    submitted = replace(
        judged(tx, ctx, moved, answer), submitted_at=current.submitted_at or ctx.now
    )
    tx.applications.put(submitted, ctx.deed(actor, step))
    return submitted


def withdraw(tx: Tx, actor: Actor, ctx: Context, key: str) -> Application:
    """The application taken back; IllegalStep once it is decided."""
    current = get(tx, actor, key)
    require(actor, Action.application_withdraw, current.organisation_id)
    withdrawn = current.after("withdraw")
    tx.applications.put(withdrawn, ctx.deed(actor, "withdraw"))
    return withdrawn


def get(tx: Tx, actor: Actor, key: str) -> Application:
    """The application; what was never handed in is its authors' alone."""
    require(actor, Action.application_read)
    application = tx.applications.get(key)
    require_sight(actor, Action.application_read, "application", key, application.organisation_id)
    if not _is_visible(actor, application):
        raise NotFound("application", key)
    return application


def page(tx: Tx, actor: Actor, query: Query) -> Page[Application]:
    """One page of the applications the actor may see; nobody sees what another never handed in."""
    query = own(actor, Action.application_read, query)
    if actor.organisation_id is None:
        query = query.only("state", set(ApplicationState) - {ApplicationState.draft})
    found = in_districts(tx, query, tx.applications.page)
    return Page(tuple(a for a in found.items if _is_visible(actor, a)), found.next)


def history(tx: Tx, actor: Actor, key: str) -> tuple[Entry, ...]:
    """What was done to the application, line by line."""
    get(tx, actor, key)
    return tuple(tx.journal.page(0, limit=1000, subject=f"application:{key}"))


def _is_visible(actor: Actor, application: Application) -> bool:
    """True unless it was never handed in and is not of the actor's organisation."""
    handed_in = application.submitted_at is not None
    return handed_in or actor.organisation_id == application.organisation_id
