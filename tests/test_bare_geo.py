"""The geometry package is a library: it works where only Shapely, pyproj and NumPy are."""

import subprocess
import sys
import sysconfig
from pathlib import Path

import pytest

ROOT = Path(__file__).parent.parent
NEEDED = ("numpy", "shapely", "pyproj", "certifi")
"""certifi comes with pyproj."""

QUESTION = """
import sys
from datetime import UTC, datetime
import shapely
from geo import *

city = Extent(102.9, 30.0, 104.95, 31.5)
frame = Frame(Plane.around(city), city, "UTC", Ground(), calendar=None)
use = Volume4D(
    Footprint(shapely.Point(104.06, 30.66), 500),
    AltitudeBand(60, 120, Unit.m, Reference.AGL),
    None,
    Schedule(datetime(2026, 12, 1, tzinfo=UTC), None, "UTC"),
)
(hit,) = check(use, [use], NONE, frame)
assert hit.judgement.verdict is Verdict.conflict
files = (name for name, module in sys.modules.items() if getattr(module, "__file__", None))
strangers = {name.partition(".")[0] for name in files} - set(sys.stdlib_module_names)
print(*sorted(name for name in strangers if not name.startswith("_")))
"""


@pytest.fixture
def bare(tmp_path: Path) -> Path:
    """A folder that holds what the package needs and nothing else."""
    installed = Path(sysconfig.get_paths()["purelib"])
    for name in NEEDED:
        (tmp_path / name).symlink_to(installed / name)
    for libraries in (*installed.glob("*.libs"), *installed.glob("pyproj-*.dist-info")):
        (tmp_path / libraries.name).symlink_to(libraries)
    (tmp_path / "geo").symlink_to(ROOT / "geo")
    return tmp_path


def test_the_package_answers_with_nothing_else_installed(bare: Path) -> None:
    alone = [sys.executable, "-I", "-S", "-c", f"import sys; sys.path.insert(0, {str(bare)!r})"]
    alone[-1] += f"\n{QUESTION}"
    done = subprocess.run(alone, capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stderr
    assert set(done.stdout.split()) <= {"geo", *NEEDED}
