#!/bin/sh
# Puts Debian's LAVA into FOLDER (default: .deps/lava of this repository). Installed, it would serve, and bring 200 MB along.
# usage: tests/e2e/get-lava.sh [FOLDER]
set -eu
folder=${1:-$(cd "$(dirname "$0")/../.." && pwd)/.deps/lava}
[ -d "$folder" ] && exit 0

rm -rf "$folder.new"
mkdir -p "$folder.new"
cd "$folder.new"
apt-get -qq -o APT::Sandbox::User=root download lava-dispatcher lava-dispatcher-host lava-common lava-server
for package in ./*.deb; do dpkg -x "$package" .; done
rm -f ./*.deb
mv "$folder.new" "$folder"
