"""What holds for every test: none is skipped silently."""

import subprocess
import sys
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[1]


A_TEST = "import pytest\n{marker}\ndef test_planted():\n    pytest.skip('no reason')\n"


@pytest.mark.parametrize(
    ("code", "outcome"),
    [
        (A_TEST.format(marker="@pytest.mark.postgis"), "1 failed"),
        (A_TEST.format(marker="@pytest.mark.real"), "1 skipped"),
        ("import pytest\npytest.importorskip('absent')\n", "1 error"),
    ],
)
def test_a_skip_fails_unless_the_test_reads_real_data(
    code: str, outcome: str, tmp_path: Path
) -> None:
    test = tmp_path / "test_planted.py"
    test.write_text(code)
    options = ["-p", "tests.conftest", "-p", "no:cacheprovider", "-c", ROOT / "pyproject.toml"]
    run = subprocess.run(
        [sys.executable, "-m", "pytest", *options, test], cwd=ROOT, capture_output=True, text=True
    )
    assert outcome in run.stdout
