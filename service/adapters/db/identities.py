"""Accounts, tokens and vehicle keys; all are records, and no content holds a secret."""

from collections.abc import Sequence

from service.adapters.db.record_tables import AccountRow, VehicleKeyRow
from service.adapters.db.records import SqlRecords, Storage
from service.adapters.db.resources import ACCOUNTS, TOKENS, VEHICLE_KEYS
from service.domain.journal import Deed
from service.domain.vehicle import VehicleKey
from service.usecases.ports import Account, Token

_ACCOUNT = AccountRow.table().c
_KEY = VehicleKeyRow.table().c


class SqlIdentities:
    """Who may sign in, as one transaction sees it."""

    def __init__(self, storage: Storage) -> None:
        self._accounts = SqlRecords(ACCOUNTS, storage)
        self._tokens = SqlRecords(TOKENS, storage)
        self._keys = SqlRecords(VEHICLE_KEYS, storage)

    def account(self, username: str) -> Account | None:
        """The account of that name."""
        rows = self._accounts.rows().where(_ACCOUNT.username == username)
        return next(iter(self._accounts.select(rows)), None)

    def account_by_id(self, key: str) -> Account | None:
        """The account of that id."""
        return self._accounts.find([key]).get(key)

    def add_account(self, account: Account, deed: Deed) -> None:
        """Store a new account; its journal line carries no secret."""
        self._accounts.add(account, deed)

    def token(self, digest: str) -> Token | None:
        """The token with that digest."""
        return self._tokens.find([digest]).get(digest)

    def add_token(self, token: Token, deed: Deed) -> None:
        """Store a token."""
        self._tokens.add(token, deed)

    def vehicle_key(self, digest: str) -> VehicleKey | None:
        """The vehicle key with that digest."""
        rows = self._keys.rows().where(_KEY.digest == digest)
        return next(iter(self._keys.select(rows)), None)

    def vehicle_keys(self, vehicle_id: str) -> Sequence[VehicleKey]:
        """All keys of a vehicle, oldest first."""
        rows = self._keys.rows().where(_KEY.vehicle_id == vehicle_id)
        return self._keys.select(rows.order_by(_KEY.born))

    def put_vehicle_key(self, key: VehicleKey, deed: Deed) -> None:
        """Store a key or its revocation."""
        if self._keys.find([key.id]):
            self._keys.put(key, deed)
        else:
            self._keys.add(key, deed)
