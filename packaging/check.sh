#!/bin/sh
# Checks everything that is packaged, as root on Debian 12; `quick` is the part that the gate has time for: packages
# built once, tested on Debian 12. All of it adds a second build with the same bytes, Debian 13, the tarball for any Linux,
# the formula, 32 bits, and whether it compiles for a Mac.
# usage: packaging/check.sh [quick]
set -eu
cd "$(dirname "$0")/.."
packaging/need.sh package
fail() { echo "check.sh: $*" >&2; exit 70; }

appstreamcli validate --no-net packaging/metainfo/*.xml
archive=$(packaging/source-archive.sh build)
packaging/build-deb.sh build/deb "$archive"
unpacked=$(mktemp -d)
trap 'rm -rf "$unpacked"' EXIT
dpkg-deb -x build/deb/stm32boot_*.deb "$unpacked"
for program in "$unpacked"/usr/bin/*; do
  hardening-check --nocfprotection "$program"  # which Debian 12's own start-up objects lack
  strangers=$(readelf -d "$program" | sed -n 's/.*(NEEDED).*\[\(.*\)\]/\1/p' | grep -vE '^(libusb-1.0|libstdc\+\+|libgcc_s|libm|libc)\.so\.|^ld-linux' || :)
  [ -z "$strangers" ] || fail "$program is linked with $strangers"
done
packaging/test-deb.sh build/deb bookworm
[ "${1:-}" != quick ] || exit 0

packaging/build-deb.sh build/deb-again "$archive"
(cd build/deb && sha256sum ./*.deb ./*.dsc) >build/deb.sha256
(cd build/deb-again && sha256sum --check --quiet ../deb.sha256) || fail "two builds differ"
packaging/test-deb.sh build/deb trixie
packaging/build-static.sh
packaging/test-static.sh
packaging/homebrew/try.sh
packaging/check-32.sh
packaging/check-mac.sh
