#!/bin/sh
# Builds Debian's source and binary packages with dpkg-buildpackage, checks them with lintian and puts them into DIR
# (default build/deb). ARCHIVE is what source-archive.sh makes; without it, of the tracked files as they are now.
# usage: packaging/build-deb.sh [DIR [ARCHIVE]]
set -eu
here=$(cd "$(dirname "$0")/.." && pwd)
packages=${1:-$here/build/deb}
"$here/packaging/need.sh" build firmware package
"$here/packaging/get-dfu-util.sh"

mkdir -p "$packages"
packages=$(cd "$packages" && pwd)
work=$packages/work
rm -rf "$work"
mkdir "$work"
archive=${2:-$("$here/packaging/source-archive.sh" "$work")}
version=$(basename "$archive" .tar.gz)
version=${version#stm32boot-}
cp "$archive" "$work/stm32boot_$version.orig.tar.gz"
cp "$here/.deps/dfu-util-0.11.tar.gz" "$work/stm32boot_$version.orig-dfu-util.tar.gz"

source=$work/stm32boot-$version
tar -xzf "$archive" -C "$work"
mkdir "$source/dfu-util"
tar -xzf "$here/.deps/dfu-util-0.11.tar.gz" -C "$source/dfu-util" --strip-components=1
cp -R "$source/packaging/debian" "$source/debian"
log=$packages/build.log
# With Debian's own tools, whatever else the PATH has first, such as another python3.11.
(cd "$source" && PATH=/usr/sbin:/usr/bin:/sbin:/bin dpkg-buildpackage -us -uc) >"$log" 2>&1 || {
  tail -n 40 "$log" >&2
  echo "build-deb.sh: dpkg-buildpackage failed; all it said is in $log" >&2
  exit 70
}
lintian --fail-on error,warning --display-info --show-overrides "$work"/*.changes
rm -rf "$source"
find "$packages" -maxdepth 1 -name '*_*' -delete
find "$work" -name '*_*' -exec mv {} "$packages" \;
rm -rf "$work"
ls "$packages"
