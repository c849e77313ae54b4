"""Passwords kept as argon2 hashes; checking one takes as long for a name nobody has."""

from threading import BoundedSemaphore

from pwdlib import PasswordHash

AT_ONCE = 2
"""Each check takes 64 MiB and a core; more at once would be a way to bring the service down."""


class Passwords:
    """Hashes and checks passwords, a few at a time."""

    def __init__(self) -> None:
        self._argon2 = PasswordHash.recommended()
        self._decoy = self._argon2.hash("nobody's password")
        self._turns = BoundedSemaphore(AT_ONCE)

    def hash(self, password: str) -> str:
        """What is kept of a password."""
        with self._turns:
            return self._argon2.hash(password)

    def verify(self, password: str, kept: str | None) -> bool:
        """True when `kept` was made of that password; None was made of none."""
        with self._turns:
            matches = self._argon2.verify(password, kept or self._decoy)
        return matches and kept is not None
