#!/bin/sh
# Puts Debian's own kernel and its modules into FOLDER (default: .deps/kernel of this repository).
# usage: tests/e2e/get-kernel.sh [FOLDER]
set -eu
PATH=$PATH:/usr/sbin:/sbin  # depmod, for ordinary users
folder=${1:-$(cd "$(dirname "$0")/../.." && pwd)/.deps/kernel}
[ -f "$folder/release" ] && exit 0

command -v apt-get >/dev/null 2>&1 || {
  echo "get-kernel: the virtual machine runs Debian's kernel, which only apt-get can fetch" >&2
  exit 1
}
image=$(apt-cache depends linux-image-amd64 | sed -n 's/.*Depends: \(linux-image-[0-9].*\)/\1/p' | head -n 1)
[ -n "$image" ] || { echo "get-kernel: apt knows no linux-image-amd64; run apt-get update" >&2; exit 1; }

rm -rf "$folder"
mkdir -p "$folder"
(cd "$folder" && apt-get -qq -o APT::Sandbox::User=root download "$image" && dpkg -x "$image"_*.deb . && rm -f -- *.deb)
depmod -b "$folder" "${image#linux-image-}"
echo "${image#linux-image-}" >"$folder/release"
