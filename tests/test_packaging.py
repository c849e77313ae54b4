"""What is shipped: the wheel, the locks, the image and the composed services."""

import re
import subprocess
import sys
import tomllib
from collections.abc import Iterator
from pathlib import Path
from shutil import copytree, ignore_patterns
from zipfile import ZipFile

import pytest
import yaml
from pydantic import ValidationError
from sqlalchemy import make_url

from service.settings import Settings

ROOT = Path(__file__).parents[1]
LOCKS = ["requirements.txt", "requirements-build.txt", "requirements-dev.txt"]


@pytest.fixture
def checkout(tmp_path: Path) -> Path:
    """A copy of what the wheel is built from, with neither the map nor npm's packages."""
    copy = tmp_path / "checkout"
    left_out = ignore_patterns("node_modules", "dist", "__pycache__")
    for folder in ("geo", "service", "migrations", "fixtures"):
        copytree(ROOT / folder, copy / folder, ignore=left_out)
    for name in ("pyproject.toml", "hatch_build.py", "LICENSE", "README.md"):
        (copy / name).write_bytes((ROOT / name).read_bytes())
    return copy


def wheel_of(checkout: Path) -> tuple[set[str], str]:
    """The names in the wheel built from a checkout on a machine without npm, and what was said."""
    out = checkout.parent / "wheels"
    built = subprocess.run(
        [sys.executable, "-m", "hatchling", "build", "--target", "wheel", "--directory", out],
        cwd=checkout,
        env={"PATH": ""},
        check=True,
        text=True,
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
    )
    (wheel,) = out.glob("testzone-*.whl")
    with ZipFile(wheel) as archive:
        return set(archive.namelist()), built.stdout


def files_under(folder: str, pattern: str) -> set[str]:
    return {str(path.relative_to(ROOT)) for path in (ROOT / folder).rglob(pattern)}


def test_the_wheel_carries_all_that_an_installed_service_needs(checkout: Path) -> None:
    dist = checkout / "service" / "ui" / "dist"
    (dist / "assets").mkdir(parents=True)
    (dist / "index.html").touch()
    (dist / "assets" / "app.js").touch()

    names, _ = wheel_of(checkout)

    needed = files_under("geo", "*.py") | files_under("service/rulepacks", "*.toml")
    needed |= files_under("migrations", "*.py") | files_under("fixtures", "*.json")
    assert {"service/ui/dist/index.html", "service/ui/dist/assets/app.js"} | needed <= names


def test_the_wheel_leaves_the_sources_of_the_map_behind(checkout: Path) -> None:
    names, _ = wheel_of(checkout)
    assert [name for name in names if name.startswith("service/ui/")] == []


def test_without_npm_the_wheel_is_api_only_and_says_so(checkout: Path) -> None:
    _, said = wheel_of(checkout)
    assert "API only" in said


def requirements(lock: str) -> Iterator[list[str]]:
    """The lines of each requirement of a lock, the pinned name first."""
    text = (ROOT / lock).read_text(encoding="utf-8")
    for requirement in re.split(r"\n(?=[a-z])", text)[1:]:
        yield requirement.splitlines()


@pytest.mark.parametrize("lock", LOCKS)
def test_every_requirement_of_a_lock_is_pinned_by_hash(lock: str) -> None:
    for pinned, *hashes in requirements(lock):
        assert re.match(r"[a-z0-9-]+==[^ ]+", pinned)
        assert hashes
        assert all(line.startswith("    --hash=sha256:") for line in hashes)


@pytest.mark.parametrize("lock", LOCKS)
def test_a_lock_names_no_host(lock: str) -> None:
    assert not re.search(r"://|--(extra-)?index|--find-links", (ROOT / lock).read_text())


def test_the_map_s_lock_names_no_host() -> None:
    assert '"resolved"' not in (ROOT / "service/ui/package-lock.json").read_text()


def test_the_runtime_lock_holds_every_declared_dependency() -> None:
    project = tomllib.loads((ROOT / "pyproject.toml").read_text())["project"]
    declared = {re.split(r"[\[<>=]", line)[0] for line in project["dependencies"]}
    locked = {lines[0].split("==")[0] for lines in requirements("requirements.txt")}
    assert declared - locked == set()


def test_the_development_lock_extends_the_other_two() -> None:
    pins = {lock: {lines[0] for lines in requirements(lock)} for lock in LOCKS}
    development = pins["requirements-dev.txt"]
    assert pins["requirements.txt"] - development == set()
    assert pins["requirements-build.txt"] - development == set()


def test_the_composed_services_are_the_registry_its_worker_the_database_and_the_broker() -> None:
    services = yaml.safe_load((ROOT / "compose.yaml").read_text())["services"]
    assert set(services) == {"migrate", "app", "worker", "postgis", "broker"}
    assert services["app"]["environment"]["TESTZONE_DATABASE_URL"].endswith("@postgis/testzone")


def test_the_composed_services_hold_no_secret_of_their_own() -> None:
    services = yaml.safe_load((ROOT / "compose.yaml").read_text())["services"]
    secrets = {
        value
        for service in services.values()
        for name, value in service.get("environment", {}).items()
        if name.endswith("PASSWORD")
    }
    assert secrets == {"${POSTGRES_PASSWORD:?set it in .env}", "${TESTZONE_MQTT_PASSWORD:-}"}


def test_the_composed_services_take_any_password_and_any_city() -> None:
    app = yaml.safe_load((ROOT / "compose.yaml").read_text())["services"]["app"]["environment"]
    given = {
        "database_url": app["TESTZONE_DATABASE_URL"],
        "database_password": "a:b@c/d#e?f%g h",
        "environment": "production",
    }
    used = make_url(Settings(**given).database_url)
    assert (used.username, used.password, used.host) == ("testzone", "a:b@c/d#e?f%g h", "postgis")
    assert app["TESTZONE_JURISDICTION"].startswith("${TESTZONE_JURISDICTION:-")


@pytest.mark.parametrize("password", ["testzone", "demo-only"])
def test_production_refuses_a_default_password_wherever_it_stands(password: str) -> None:
    url = "postgresql://testzone@postgis/testzone"
    with pytest.raises(ValidationError):
        Settings(environment="production", database_url=url, database_password=password)


def test_the_wheel_describes_itself_with_the_readme(checkout: Path) -> None:
    wheel_of(checkout)
    (wheel,) = (checkout.parent / "wheels").glob("*.whl")
    with ZipFile(wheel) as archive:
        (name,) = (n for n in archive.namelist() if n.endswith(".dist-info/METADATA"))
        metadata = archive.read(name).decode()
    assert (ROOT / "README.md").read_text(encoding="utf-8") in metadata


def commands_of(readme: str) -> set[str]:
    """The lines of the README that begin with one of our commands, as far as they are named."""
    lines = (ROOT / readme).read_text(encoding="utf-8").splitlines()
    return {
        line.split("#")[0].strip() for line in lines if re.match(r"(\.venv|docker|make) ?", line)
    }


def test_both_readmes_show_the_same_commands() -> None:
    assert commands_of("README.md") == commands_of("README.zh.md")


def instructions() -> list[tuple[str, str]]:
    """The Dockerfile's instructions in order, continued lines joined."""
    text = (ROOT / "Dockerfile").read_text().replace("\\\n", " ")
    lines = [line for line in text.splitlines() if line and not line.startswith("#")]
    return [(word, rest.strip()) for word, _, rest in (line.partition(" ") for line in lines)]


def test_the_image_is_built_in_three_stages_and_runs_as_nobody_special() -> None:
    words = [word for word, _ in instructions()]
    last_stage = dict(instructions()[len(words) - words[::-1].index("FROM") :])
    assert words.count("FROM") == 3
    assert last_stage["USER"] == "10001"
    assert "/readyz" in last_stage["HEALTHCHECK"]
    assert last_stage["ENTRYPOINT"] == '["testzone"]'


def test_all_that_the_image_copies_is_sent_to_the_builder() -> None:
    sent = (ROOT / ".dockerignore").read_text().splitlines()
    copied = {
        source.split("/")[0]
        for word, rest in instructions()
        if word == "COPY" and not rest.startswith("--from")
        for source in rest.split()[:-1]
    } - {"."}
    assert copied
    assert all({f"!{name}", f"!{name}/"} & set(sent) for name in copied)


def test_the_runner_does_what_a_developer_does_and_nothing_else() -> None:
    lines = (ROOT / ".ci" / "run").read_text().splitlines()
    assert [line for line in lines if line.startswith("make")] == ["make check", "make test"]
