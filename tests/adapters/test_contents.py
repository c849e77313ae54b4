"""What is remembered of contents, and for how long."""

from service.adapters.db.contents import ValueCache


def test_what_was_kept_is_found_under_its_class_and_digest() -> None:
    cache = ValueCache()
    cache.keep((str, "d"), "value", 1)
    assert cache.found([(str, "d"), (int, "d"), (str, "e")]) == {(str, "d"): "value"}


def test_the_least_recently_used_goes_first_when_it_is_full() -> None:
    cache = ValueCache(capacity=30)
    for digest in "abc":
        cache.keep((str, digest), digest, 10)
    cache.found([(str, "a")])
    cache.keep((str, "d"), "d", 10)
    assert {digest for _, digest in cache.found([(str, d) for d in "abcd"])} == {"a", "c", "d"}


def test_keeping_the_same_again_takes_no_more_room() -> None:
    cache = ValueCache(capacity=20)
    cache.keep((str, "a"), "a", 10)
    for _ in range(5):
        cache.keep((str, "b"), "b", 10)
    assert len(cache.found([(str, "a"), (str, "b")])) == 2


def test_what_is_larger_than_everything_is_not_kept() -> None:
    cache = ValueCache(capacity=10)
    cache.keep((str, "a"), "a", 11)
    assert cache.found([(str, "a")]) == {}
