#!/bin/sh
# Makes the source archive stm32boot-VERSION.tar.gz in DIR and prints its path: of REF, the same bytes each time, or
# of the tracked files as they are now.
# usage: packaging/source-archive.sh DIR [REF]
set -eu
[ $# -ge 1 ] || { echo "usage: $0 DIR [REF]" >&2; exit 64; }
mkdir -p "$1"
directory=$(cd "$1" && pwd)
cd "$(dirname "$0")/.."
ref=${2:-$(git stash create)}
ref=${ref:-HEAD}
version=$(git show "$ref:CMakeLists.txt" | sed -n 's/^project(stm32boot VERSION \([0-9.]*\).*/\1/p')
archive=$directory/stm32boot-$version.tar.gz
git archive --format=tar --prefix="stm32boot-$version/" "$ref" | gzip -9n >"$archive"
echo "$archive"
