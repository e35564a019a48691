#!/bin/sh
# As root: takes the programs of build-static.sh's tarball into an empty folder, makes it the root of their file system,
# and lets them flash a virtual board there.
# usage: packaging/test-static.sh [TARBALL]
set -eu
cd "$(dirname "$0")/.."
packaging/need.sh static
tarball=${1:-$(ls build/static/stm32boot-*.tar.gz)}
fail() { echo "test-static.sh: $*" >&2; exit 70; }

work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
mkdir "$work/unpacked" "$work/root"
tar -xzf "$tarball" -C "$work/unpacked" --strip-components=1
for file in INSTALL README.md LICENSE lib/udev/rules.d/60-stm32boot.rules share/man/man1/stm32boot.1 \
  share/bash-completion/completions/stm32boot share/zsh/site-functions/_stm32boot \
  share/fish/vendor_completions.d/stm32boot.fish lib/cmake/stm32boot/stm32bootConfig.cmake \
  share/stm32boot/integrations/cmake/README.md; do
  [ -f "$work/unpacked/$file" ] || fail "$file is missing"
done

for program in stm32boot stm32boot-virtual-board; do
  file -b "$work/unpacked/bin/$program" | grep -E 'static(ally|-pie) linked' || fail "$program is not static"
  needed=$(readelf -d "$work/unpacked/bin/$program" | grep NEEDED || :)
  [ -z "$needed" ] || fail "$program needs $needed"
  cp "$work/unpacked/bin/$program" "$work/root"
done

inside() { chroot "$work/root" "$@"; }
inside /stm32boot --version
inside /stm32boot-virtual-board --version
inside /stm32boot list
# A stack pointer, a reset vector and two instructions: the least that is an application.
printf '\000\000\002\040\011\000\000\010\000\277\000\277' >"$work/root/app.bin"
inside /stm32boot --virtual=/board.img flash /app.bin
cmp -n 12 "$work/root/board.img" "$work/root/app.bin" || fail "the flash does not hold the image"

# What this machine would have users looked up with does not matter.
mkdir "$work/root/etc"
echo 'passwd: no-such-module' >"$work/root/etc/nsswitch.conf"
echo 'somebody:x:4711:4711::/:/bin/sh' >"$work/root/etc/passwd"
echo 'no-wait = true' >"$work/root/stm32boot.toml"
chown 4711:4711 "$work/root/stm32boot.toml"
inside /stm32boot --virtual verify /app.bin 2>&1 | tee "$work/out" || :
grep -q 'user somebody' "$work/out" || fail "the name of a user is not found in /etc/passwd"
echo "static: runs in an empty root"
