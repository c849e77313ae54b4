"""What HTTP itself refuses, before any use case is asked."""

from geo.text import Text
from service.domain.errors import RegistryError


class Unreadable(RegistryError):
    """The body is not JSON."""

    code = "not_json"

    def __init__(self, said: str) -> None:
        super().__init__(Text(f"请求体不是合法 JSON:{said}", f"The body is not JSON: {said}"))


class TooLarge(RegistryError):
    """The body is larger than this route takes."""

    code = "too_large"

    def __init__(self, most_bytes: int) -> None:
        most = f"{most_bytes >> 20} MiB"
        super().__init__(Text(f"请求体不得超过 {most}", f"The body may be {most} at most"))


class UnsupportedMediaType(RegistryError):
    """The body is of a kind this route does not read."""

    code = "unsupported_media_type"

    def __init__(self, sent: str, wanted: tuple[str, ...]) -> None:
        ways = ", ".join(wanted)
        named = sent[:80] or "-"
        super().__init__(Text(f"不接受 {named}，请使用 {ways}", f"Send {ways} rather than {named}"))


class PreconditionRequired(RegistryError):
    """An edit of content must say which revision it edits."""

    code = "if_match_required"

    def __init__(self) -> None:
        super().__init__(
            Text("请在 If-Match 中给出所依据的 ETag", "Send the ETag you edit in If-Match")
        )


class UnknownTag(RegistryError):
    """If-Match holds a tag that this registry never gave."""

    code = "unknown_etag"

    def __init__(self) -> None:
        super().__init__(Text("If-Match 中的 ETag 无效", "If-Match holds no ETag of this registry"))


class KeyReused(RegistryError):
    """An Idempotency-Key came back with another body."""

    code = "idempotency_key_reused"

    def __init__(self) -> None:
        words = (
            "该 Idempotency-Key 已用于另一请求",
            "This Idempotency-Key was used for another body",
        )
        super().__init__(Text(*words))


class TooMany(RegistryError):
    """The caller tries too often; `after_s` tells when to try again."""

    code = "too_many_requests"

    def __init__(self, after_s: int) -> None:
        super().__init__(
            Text(f"请 {after_s} 秒后再试", f"Too many attempts; try again in {after_s} s")
        )
        self.after_s = after_s
