#!/bin/sh
# In a clean Debian made by debootstrap, as root: installs the packages of build-deb.sh in place of an older version,
# runs the package tests there with autopkgtest, purges, and compares what is left with what was there before.
# usage: packaging/test-deb.sh [DIR [SUITE]]     DIR: default build/deb; SUITE: default bookworm
set -eu
cd "$(dirname "$0")/.."
packages=$(cd "${1:-build/deb}" && pwd)
suite=${2:-bookworm}
base=.deps/$suite.tar
packaging/need.sh package

fail() { echo "test-deb.sh: $*" >&2; exit 70; }
work=$(mktemp -d)
trap 'rm -rf --one-file-system "$work"' EXIT
log=$packages/test-$suite.log
: >"$log"
logged() {
  "$@" >>"$log" 2>&1 && return 0
  tail -n 30 "$log" >&2
  fail "'$*' failed; all it said is in $log"
}
root=$work/root
inside() { chroot "$root" env DEBIAN_FRONTEND=noninteractive "$@"; }
unpacked() { rm -rf --one-file-system "$root" && mkdir "$root" && tar -xpf "$base" -C "$root"; }

if [ ! -f "$base" ]; then
  logged debootstrap --variant=minbase "$suite" "$work/base"
  logged chroot "$work/base" apt-get clean
  tar -cf "$work/base.tar" -C "$work/base" .
  mkdir -p .deps && mv "$work/base.tar" "$base"
fi

# The same package with a lower version, and with a file that later versions do not have.
older() {
  dpkg-deb -R "$1" "$work/older"
  sed -i 's/^Version: .*/Version: 0.0.1-1/; s/(= [^)]*)/(= 0.0.1-1)/' "$work/older/DEBIAN/control"
  mkdir -p "$work/older/usr/share/stm32boot"
  echo old >"$work/older/usr/share/stm32boot/gone-later"
  (cd "$work/older" && md5sum usr/share/stm32boot/gone-later >>DEBIAN/md5sums)
  dpkg-deb --root-owner-group -b "$work/older" "$2" >/dev/null
}

# Everything in the file system but what apt and dpkg say about themselves.
footprint() {
  (cd "$root" && find . -xdev \( -path ./var/lib/apt -o -path ./var/cache/apt -o -path ./var/log -o -path ./srv/packages \
    -o -path ./var/lib/dpkg/status -o -path ./var/lib/dpkg/status-old -o -path ./var/lib/dpkg/triggers \
    -o -path ./etc/ld.so.cache -o -path ./var/cache/ldconfig -o -path ./var/cache/debconf/tmp.ci \) -prune -o -type f -exec md5sum {} + \
    -o -printf '%y %m %u:%g %p %l\n' | sort)
}

unpacked
logged inside apt-get update
footprint >"$work/before"
mkdir "$root/srv/packages"
cp "$packages"/*.deb "$root/srv/packages"
older "$packages"/stm32boot_*.deb "$root/srv/packages/older.deb"

logged inside apt-get install -y --no-install-recommends /srv/packages/older.deb
[ -f "$root/usr/share/stm32boot/gone-later" ] || fail "the older version is not installed"
logged inside sh -c 'apt-get install -y --no-install-recommends /srv/packages/stm32boot_*.deb /srv/packages/stm32boot-firmware_*.deb'
[ ! -e "$root/usr/share/stm32boot/gone-later" ] || fail "an upgrade leaves a file of the older version"
logged inside stm32boot --virtual flash /usr/share/stm32boot/firmware/blackpill.bin
[ "$(inside ldd /usr/bin/stm32boot | grep -cE 'unicorn|spdlog|fmt')" = 0 ] || fail "linked with what must not be there"
[ ! -e "$root/usr/share/stm32boot/firmware/emulator" ] || fail "the emulator is installed"

logged inside apt-get remove -y stm32boot stm32boot-firmware
[ ! -e "$root/usr/bin/stm32boot" ] || fail "removed, but the program is still there"
logged inside dpkg --purge stm32boot stm32boot-firmware
logged inside apt-get autoremove -y --purge
rm -r "$root/srv/packages"
footprint >"$work/after"
diff "$work/before" "$work/after" || fail "purging leaves traces"

unpacked
logged autopkgtest -U "$packages"/*.deb "$packages"/stm32boot_*.dsc -- chroot "$root"
grep -E '^[a-z-]+ +(PASS|FAIL|SKIP)' "$log" | sort -u
echo "packages: installed, upgraded, tested, purged without a trace on Debian $suite"
