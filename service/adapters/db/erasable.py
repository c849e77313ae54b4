"""What is kept out of content, so that it can be erased, and how content vouches for it.

Content names the digest of what its row keeps, salt included, and the salt is erased with the rest:
nobody can change it unnoticed, and nobody can guess it afterwards.
"""

import json
import secrets
from collections.abc import Mapping
from typing import Any

from service.adapters.db.codec import canonical, codec_of, digest_of, encode

Kept = Mapping[str, str | None]

SALT = "salt"
VOUCHER = "kept_out"
"""The member of a content's text that holds the digest; no value has a field of that name."""


def new_salt() -> str:
    """A salt that nobody can guess."""
    return secrets.token_hex(16)


def vouching(content: object, kept: Kept) -> str:
    """The canonical text of a content, with the digest of what is kept out of it."""
    if not kept:
        return encode(content)
    kind: Any = type(content)
    return canonical({**codec_of(kind).encode(content), VOUCHER: _digest(kept)})


def is_vouched_for(body: str, kept: Kept) -> bool:
    """True when what a row keeps is what the text of its content vouches for, if for anything."""
    voucher = json.loads(body).get(VOUCHER)
    return voucher in (None, _digest(kept))


def _digest(kept: Kept) -> str:
    return digest_of(canonical(dict(kept)))
