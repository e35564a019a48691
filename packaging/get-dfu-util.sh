#!/bin/sh
# Puts dfu-util 0.11's release tarball at FILE (default: .deps/ of this repository) and checks its hash.
# Tries what is there, then Debian's source archive (leaving the system's apt set-up alone), then the project's site.
# usage: packaging/get-dfu-util.sh [FILE]
set -eu
sha256=b4b53ba21a82ef7e3d4c47df2952adf5fa494f499b6b0b57c58c5d04ae8ff19e
file=${1:-$(dirname "$0")/../.deps/dfu-util-0.11.tar.gz}

# Older versions of macOS have no sha256sum.
sum() {
  if command -v sha256sum >/dev/null 2>&1; then sha256sum "$1"; else shasum -a 256 "$1"; fi
}
is_good() { [ -f "$file" ] && [ "$(sum "$file" | cut -d ' ' -f 1)" = "$sha256" ]; }

from_debian() {
  command -v apt-get >/dev/null 2>&1 || return 0
  if "$(dirname "$0")/debian-source.sh" dfu-util=0.11-1 "$1" >/dev/null 2>&1; then
    mv "$1"/dfu-util_0.11.orig.tar.gz "$file"
  fi
}

from_project() {
  command -v curl >/dev/null 2>&1 || return 0
  curl -fsSL --retry 2 --max-time 60 -o "$file" \
    https://downloads.sourceforge.net/project/dfu-util/dfu-util-0.11.tar.gz || :
}

is_good && exit 0
mkdir -p "$(dirname "$file")"
scratch=$(mktemp -d)
trap 'rm -rf "$scratch"' EXIT
from_debian "$scratch"
is_good || from_project
is_good && exit 0
rm -f "$file"
echo "get-dfu-util: could not get dfu-util-0.11.tar.gz with SHA-256 $sha256; put it at $file by hand" >&2
exit 1
