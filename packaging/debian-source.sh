#!/bin/sh
# Puts the archives of a Debian source package into FOLDER, leaving the system's apt set-up alone.
# usage: packaging/debian-source.sh PACKAGE[=VERSION] FOLDER
set -eu
package=$1
mkdir -p "$2"
folder=$(cd "$2" && pwd)

apt=$(mktemp -d)
trap 'rm -rf "$apt"' EXIT
mkdir -p "$apt/sources" "$apt/lists/partial" "$apt/cache/archives/partial"
chmod -R 755 "$apt"
for list in /etc/apt/sources.list.d/*.sources; do
  [ -f "$list" ] && sed 's/^Types: *deb$/Types: deb-src/' "$list" >"$apt/sources/$(basename "$list")"
done
for list in /etc/apt/sources.list /etc/apt/sources.list.d/*.list; do
  [ -f "$list" ] && sed -n 's/^deb /deb-src /p' "$list" >"$apt/sources/$(basename "$list" .list).list"
done
set -- -qq -o Dir::Etc::sourcelist=/dev/null -o "Dir::Etc::sourceparts=$apt/sources" \
  -o "Dir::State::lists=$apt/lists" -o "Dir::Cache=$apt/cache" -o APT::Sandbox::User=root
cd "$folder"
apt-get "$@" update
apt-get "$@" source --download-only "$package"
