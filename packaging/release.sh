#!/bin/sh
# Makes a release of TAG in DIR (default build/TAG): source archive, Debian packages, Windows zip, tarball for any Linux,
# sysboot in two files, Homebrew formula and checksums, all from the tag and with the tag's own scripts. RELEASING.md says what comes before and after.
# usage: packaging/release.sh TAG [DIR]
set -eu
[ $# -ge 1 ] || { echo "usage: $0 TAG [DIR]" >&2; exit 64; }
tag=$1
cd "$(dirname "$0")/.."
fail() { echo "release.sh: $*" >&2; exit 65; }

version=$(git show "$tag:CMakeLists.txt" | sed -n 's/^project(stm32boot VERSION \([0-9.]*\).*/\1/p')
[ "$tag" = "v$version" ] || fail "$tag has version $version"
git show "$tag:CHANGELOG.md" | grep -q "^## \[$version\] - " || fail "$tag: CHANGELOG.md has no section for $version"
if git show "$tag:packaging/addresses" | grep -q '=.*example'; then fail "$tag: packaging/addresses has no real ones"; fi

out=${2:-build/$tag}
mkdir -p "$out"
out=$(cd "$out" && pwd)
[ -z "$(ls -A "$out")" ] || fail "$out is not empty"
archive=$(packaging/source-archive.sh "$out" "$tag")
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
tar -xzf "$archive" -C "$work" --strip-components=1

"$work/packaging/addresses.sh" check
"$work/packaging/build-deb.sh" "$out/debian" "$archive"
SOURCE_DATE_EPOCH=$(git log -1 --format=%ct "$tag")
export SOURCE_DATE_EPOCH
for build in build-windows.sh build-static.sh; do
  if [ -x "$work/packaging/$build" ]; then "$work/packaging/$build" "$out"; fi
done
"$work/packaging/single-file.sh" "$out"
hash=$(sha256sum "$archive" | cut -d ' ' -f 1)
sed "0,/sha256 \"0*\"/s//sha256 \"$hash\"/" "$work/packaging/homebrew/stm32boot.rb" >"$out/stm32boot.rb"
(cd "$out" && find . -type f ! -name '*.log' ! -name SHA256SUMS | LC_ALL=C sort | xargs sha256sum >"$work/SHA256SUMS")
mv "$work/SHA256SUMS" "$out"
cat "$out/SHA256SUMS"
