#!/usr/bin/env bash
# Writes the hash-pinned locks from pyproject.toml: what runs, what builds the wheel, what tests.
# uv's own lock format names the index it asked, these do not: they install from any mirror.
set -euo pipefail
cd "$(dirname "$0")/.."

uv=${1:?usage: tools/lock.sh PATH_OF_UV [UV OPTION...]}
shift

lock() {
    local output=$1
    shift
    "$uv" pip compile "$@" \
        --quiet --universal --python-version 3.11 --generate-hashes --no-annotate \
        --no-emit-index-url --custom-compile-command "make lock" --output-file "$output"
}

lock requirements.txt pyproject.toml "$@"
lock requirements-build.txt --group build "$@"
lock requirements-dev.txt pyproject.toml --group build --group dev --constraints requirements.txt "$@"

if grep -nE '://|--(index|find-links|extra-index)' requirements*.txt; then
    echo "a lock names a host: see the lines above" >&2
    exit 1
fi
