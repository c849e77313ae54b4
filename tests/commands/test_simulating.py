"""A fleet that never was, from the command line."""

import json
from pathlib import Path

import pytest

from tests.commands.conftest import Run


@pytest.mark.usefixtures("database")
def test_without_a_permit_in_force_nobody_drives(run: Run) -> None:
    ran = run("simulate")
    assert (ran.code, "testzone demo" in ran.err) == (1, True)


@pytest.mark.usefixtures("database")
def test_what_a_fleet_sends_is_recorded_and_comes_out_the_same_again(run: Run) -> None:
    assert run("demo").code == 0
    ran = run("simulate", "--minutes", "5", "--vehicles", "2")
    assert (ran.code, ran.out.split()[:2]) == (0, ["10", "accepted"])
    again = run("simulate", "--minutes", "5", "--vehicles", "2", "--faults", "0.5", "--seed", "7")
    assert again.code == 0
    assert "violations" in again.out
    assert run("audit", "evidence").out == "0 differences.\n"
    assert run("audit", "verify").code == 0


@pytest.mark.usefixtures("database")
def test_what_a_fleet_sends_can_be_written_down_instead(run: Run, tmp_path: Path) -> None:
    assert run("demo").code == 0
    lines = tmp_path / "fleet.ndjson"
    assert run("simulate", "--minutes", "3", "--vehicles", "1", "--out", str(lines)).code == 0
    told = [json.loads(line) for line in lines.read_text().splitlines()]
    assert [summary["seq"] for summary in told] == [1, 2, 3]
