#!/usr/bin/env bash
# Sees to what the tests need from the operating system: PostGIS, Chromium, a broker, Chinese fonts.
# Root on Debian: installs what is missing. Anyone else: says in one line what to install, and fails.
set -euo pipefail
shopt -s nullglob

missing=()
postgis=(/usr/share/postgresql/*/extension/postgis.control)
((${#postgis[@]})) || [[ -n ${TEST_PG_ADMIN_URL:-} ]] || missing+=(postgresql-postgis)
command -v chromium >/dev/null || missing+=(chromium)
PATH=$PATH:/usr/sbin command -v mosquitto >/dev/null || missing+=(mosquitto)
noto_cjk=(/usr/share/fonts/opentype/noto/NotoSansCJK-*)
((${#noto_cjk[@]})) || missing+=(fonts-noto-cjk)

((${#missing[@]})) || exit 0
if [[ $(id -u) != 0 ]] || ! command -v apt-get >/dev/null; then
    echo "The tests need these Debian packages: run as root: apt-get install ${missing[*]}" >&2
    exit 1
fi
echo "Installing for the tests: ${missing[*]}"
export DEBIAN_FRONTEND=noninteractive
apt-get update -qq
apt-get install -qq --yes --no-install-recommends "${missing[@]}" >/dev/null
