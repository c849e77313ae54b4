"""A disk that is soon full: a tmpfs of a few megabytes, which refuses to write with ENOSPC."""

import errno
import os
import subprocess
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

import pytest


@dataclass(frozen=True)
class SmallDisk:
    """The place where it is mounted."""

    place: Path

    @property
    def _ballast(self) -> Path:
        return self.place / "ballast"

    def fill(self) -> None:
        """Not one byte is left."""
        with self._ballast.open("ab", buffering=0) as file:
            size = 1 << 20
            while size:
                try:
                    file.write(b"\0" * size)
                except OSError as failed:
                    if failed.errno != errno.ENOSPC:
                        raise
                    size //= 2

    def clear(self) -> None:
        """There is room again."""
        self._ballast.unlink()


@contextmanager
def small_disk(place: Path, size_mb: int) -> Iterator[SmallDisk]:
    """Mounted within the block; the test fails where that is not allowed."""
    if os.geteuid() != 0:
        pytest.fail("a small disk can be mounted by root only: run these tests as root")
    place.mkdir(exist_ok=True)
    options = f"size={size_mb}m,mode=777"
    subprocess.run(["mount", "-t", "tmpfs", "-o", options, "tmpfs", place], check=True)
    try:
        yield SmallDisk(place)
    finally:
        subprocess.run(["umount", "--lazy", place], check=True)
