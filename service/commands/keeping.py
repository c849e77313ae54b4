"""Commands for whoever keeps the registry: accounts, the journal, the rules, the settings."""

import secrets
import sys
from pathlib import Path
from typing import Annotated
from urllib.parse import urlsplit

import typer
from pydantic import SecretStr

from service.adapters.db.migrate import behind
from service.adapters.files.rulepacks import read_rule_book
from service.adapters.files.rules_doc import rules_document
from service.app import compose
from service.commands.console import MIGRATE, acting, opened, progress, refuse
from service.domain.kinds import Role
from service.settings import Settings, read_settings
from service.usecases import audit, evidence, identity

RULES_DOCUMENT = Path("docs", "rules.md")
LEAST_PASSWORD = 8


def _role(text: str) -> Role:
    try:
        role = Role(text)
    except ValueError:
        role = None
    if role not in identity.ACCOUNT_ROLES:
        raise typer.BadParameter(f"{text!r} is none of {', '.join(identity.ACCOUNT_ROLES)}")
    return role


def add_user(
    name: Annotated[str, typer.Argument(help="User name.")],
    role: Annotated[
        Role,
        typer.Option(
            parser=_role,
            metavar="ROLE",
            help=f"The office they act in: {', '.join(identity.ACCOUNT_ROLES)}.",
        ),
    ],
    organisation: Annotated[str | None, typer.Option(help="Id; operators only.")] = None,
    district: Annotated[str | None, typer.Option(help="Code; district offices only.")] = None,
    password_stdin: Annotated[
        bool, typer.Option("--password-stdin", help="Read the password from standard input.")
    ] = False,
) -> None:
    """Add a local account; without --password-stdin a password is made and shown once."""
    password = sys.stdin.readline().rstrip("\n") if password_stdin else secrets.token_urlsafe(12)
    if len(password) < LEAST_PASSWORD:
        refuse(f"the password is shorter than {LEAST_PASSWORD} characters")
    registry = opened(read_settings())
    kept = registry.passwords.hash(password)
    with registry.store.write() as tx:
        about = (name, kept, role, organisation, district)
        identity.add_user(tx, acting(Role.admin), registry.context(), *about)
        unchecked = district is not None and not tx.districts.count()
    if unchecked:
        typer.echo(f"No districts are loaded: nobody knows whether {district} is one.", err=True)
    typer.echo(f"{name} may sign in as {role.value}.")
    if not password_stdin:
        typer.echo(f"Password, shown this once: {password}")


def verify(
    head: Annotated[
        str | None, typer.Option(help="A hash noted earlier: is it still there?")
    ] = None,
) -> None:
    """Recompute the journal and all that it digests; exit 1 when anything was changed."""
    registry = compose(read_settings())
    # what is unfit to serve may still be verified, but not what has no tables yet
    gap = behind(registry.settings.database_url)
    if gap is not None:
        refuse(gap, MIGRATE)
    defects = registry.store.verify(head)
    with registry.store.read() as tx:
        seq, present = tx.journal.head()
    if defects:
        refuse(*(f"line {d.seq or '-'} {d.subject}: {d.message}" for d in defects))
    typer.echo(f"{seq} lines, all as they were written. Head: {present}")


def conflicts() -> None:
    """Ask of every permit not yet over whether it may still happen; exit 1 when one may not."""
    registry = opened(read_settings())
    blocked = found = 0
    with registry.store.read() as tx, progress("permits") as tell:
        told = audit.contradictions(tx, acting(Role.auditor), registry.context(), tell)
        for contradiction in told:
            found += 1
            blocked += contradiction.finding.stops_submit
            finding = contradiction.finding
            about = f"{contradiction.permit.number}: {finding.severity.value}"
            rule = f"{finding.verdict.value} [{finding.rule.id}]"
            typer.echo(f"{about} {rule}: {finding.explanation.en}")
    typer.echo(f"{blocked} blocking conflicts, {found - blocked} things to settle.")
    raise typer.Exit(1 if blocked else 0)


def recompute() -> None:
    """Compute all evidence anew from the summaries; exit 1 when any comes out otherwise."""
    registry = opened(read_settings())
    found = 0
    with registry.store.read() as tx, progress("summaries") as tell:
        told = evidence.differences(tx, acting(Role.auditor), registry.context(), tell)
        for difference in told:
            found += 1
            recorded, computed = (
                f"{sum(e.km.values()):.3f} km, {sum(e.hours.values()):.3f} h"
                for e in (difference.recorded, difference.computed)
            )
            summary_id = difference.recorded.summary_id
            typer.echo(f"summary:{summary_id} recorded {recorded}; computed {computed}")
    typer.echo(f"{found} differences.")
    raise typer.Exit(1 if found else 0)


def list_rules() -> None:
    """Every rule in force, with its source and whether it is verified."""
    book = read_rule_book(read_settings().jurisdiction)
    for rule in book.packs[-1].rules:
        mark = f"  [{rule.mark.zh} / {rule.mark.en}]" if rule.mark else ""
        article = f" {rule.article}" if rule.article else ""
        typer.echo(f"{rule.id}  {rule.title.zh} / {rule.title.en}  {rule.source.id}{article}{mark}")


def write_rules(
    out: Annotated[Path, typer.Option(help="Where to write it.")] = RULES_DOCUMENT,
    is_check: Annotated[
        bool, typer.Option("--check", help="Write nothing; exit 1 if stale.")
    ] = False,
) -> None:
    """Write the rule pack as a document, by default docs/rules.md here."""
    text = rules_document(read_rule_book(read_settings().jurisdiction).packs[-1])
    if not out.parent.is_dir():
        refuse(f"there is no folder {out.parent} here; name a file with --out")
    if not is_check:
        out.write_text(text, encoding="utf-8")
    elif out.read_text(encoding="utf-8") != text:
        refuse(f"{out} is out of date: run testzone rules doc")


def settings() -> None:
    """Every setting: its variable, its value and what it is for."""
    current = read_settings()
    for name, field in Settings.model_fields.items():
        value = getattr(current, name)
        shown = "(hidden)" if isinstance(value, SecretStr) else _without_password(str(value))
        typer.echo(f"TESTZONE_{name.upper()}={shown}\n    {field.description}")


def _without_password(value: str) -> str:
    password = urlsplit(value).password if "://" in value else None
    return value.replace(f":{password}@", ":***@") if password else value
