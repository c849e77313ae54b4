"""How often a sign-in may fail before it has to wait; remembered by this process for a minute."""

from collections import defaultdict, deque
from datetime import datetime, timedelta
from threading import Lock

from service.api.refusals import TooMany

MOST = 10
WITHIN = timedelta(minutes=1)
MOST_REMEMBERED = 10_000

Who = tuple[str, str]


class Attempts:
    """Failed sign-ins by user name and address: nobody can lock out someone from elsewhere."""

    def __init__(self) -> None:
        self._failed: dict[Who, deque[datetime]] = defaultdict(deque)
        self._lock = Lock()

    def admit(self, username: str, client: str, now: datetime) -> None:
        """Return while another try is allowed; TooMany otherwise."""
        with self._lock:
            recent = self._failed.get((username, client))
            if recent is None:
                return
            while recent and recent[0] <= now - WITHIN:
                recent.popleft()
            if len(recent) >= MOST:
                raise TooMany(after_s=int((recent[0] + WITHIN - now).total_seconds()) + 1)

    def failed(self, username: str, client: str, now: datetime) -> None:
        """Note a failure."""
        with self._lock:
            if len(self._failed) >= MOST_REMEMBERED:
                self._failed.clear()
            self._failed[(username, client)].append(now)
