"""The command line: `testzone COMMAND`. Exit 0 on success, 1 on refused data, 2 on wrong usage.

A composition root. Whoever has the machine acts as the office that the command needs; the journal
says that it was the command line. What the machine, the settings or the data are to blame for ends
in a line that says so; anything else is a mistake of ours and shows where.
"""

from collections.abc import Iterator

import typer
from pydantic import ValidationError

from service.adapters.db.engine import Unavailable
from service.adapters.files.rulepacks import RulePackRefused
from service.commands import exchange, keeping, serving, simulating
from service.commands.console import refuse, words_of
from service.domain.errors import Malformed, Problem, RegistryError
from service.settings import SettingsRefused
from service.wire.problems import of_schema

app = typer.Typer(
    name="testzone",
    help="The test-zone registry.",
    no_args_is_help=True,
    add_completion=False,
    pretty_exceptions_enable=False,
)
user = typer.Typer(help="Local accounts.", no_args_is_help=True)
audit = typer.Typer(help="The journal, and the permits beside each other.", no_args_is_help=True)
rules = typer.Typer(help="The rule pack in force.", no_args_is_help=True)
app.add_typer(user, name="user")
app.add_typer(audit, name="audit")
app.add_typer(rules, name="rules")

app.command()(serving.serve)
app.command()(serving.migrate)
app.command()(serving.worker)
app.command()(serving.demo)
app.command()(serving.doctor)
app.command("import")(exchange.import_file)
app.command()(exchange.export)
app.command()(exchange.check)
app.command()(simulating.simulate)
app.command()(keeping.settings)
user.command("add")(keeping.add_user)
audit.command("verify")(keeping.verify)
audit.command("conflicts")(keeping.conflicts)
audit.command("evidence")(keeping.recompute)
rules.command("list")(keeping.list_rules)
rules.command("doc")(keeping.write_rules)


def main() -> None:
    """Run the command that the arguments name."""
    try:
        app()
    except Malformed as refused:
        refuse(*_lines(refused.problems))
    except Unavailable as gone:
        refuse(f"TESTZONE_DATABASE_URL: {words_of(gone)}")
    except RegistryError as refused:
        refuse(words_of(refused))
    except ValidationError as refused:
        refuse(*_lines(of_schema(refused.errors())))
    except SettingsRefused as refused:
        refuse(*refused.lines)
    except RulePackRefused as refused:
        refuse("The rule pack that TESTZONE_JURISDICTION names cannot be used.", str(refused))
    except OSError as failed:
        place = f"{failed.filename}: " if failed.filename else ""
        refuse(f"{place}{failed.strerror or failed}")


def _lines(problems: tuple[Problem, ...]) -> Iterator[str]:
    """Each problem with its place, where it has one."""
    for problem in problems:
        place = f"{problem.pointer}: " if problem.pointer else ""
        yield f"{place}{problem.message.en} ({problem.code})"


if __name__ == "__main__":
    main()
