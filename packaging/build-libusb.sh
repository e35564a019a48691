#!/bin/sh
# Builds a static libusb from Debian's source package into PREFIX, with its licence; does nothing when it is there.
# usage: packaging/build-libusb.sh PREFIX [CONFIGURE-ARGUMENT...]
set -eu
cd "$(dirname "$0")/.."
prefix=$1
shift
[ ! -f "$prefix/lib/libusb-1.0.a" ] || exit 0

work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
packaging/debian-source.sh libusb-1.0 "$work"
tar xf "$work"/libusb-1.0_*.orig.tar.bz2 -C "$work" --strip-components 1
mkdir -p build
(cd "$work" && ./configure --quiet --prefix="$prefix" --disable-shared CFLAGS='-O2 -g' "$@" && make --quiet install) \
  >build/libusb.log 2>&1 || { tail -n 20 build/libusb.log >&2; exit 70; }
# A tree that is moved or copied takes its PREFIX with it.
# shellcheck disable=SC2016  # pkg-config's variable
sed -i 's|^prefix=.*|prefix=${pcfiledir}/../..|' "$prefix/lib/pkgconfig/libusb-1.0.pc"
mkdir -p "$prefix/licences"
cp "$work/COPYING" "$prefix/licences/libusb.txt"
