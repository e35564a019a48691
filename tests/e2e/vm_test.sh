#!/bin/sh
# What vm.sh shows in the machine of what lies where the machine has folders of its own: a tree under /tmp, with a name
# that has everything in it that shells and QEMU trip over, a build folder of its own under /dev/shm, reached through
# a link, a program without either, and a ROM's file. Nothing else of this machine's /tmp is there.
# usage: tests/e2e/vm_test.sh OUT
set -eu
here=$(cd "$(dirname "$0")" && pwd)
out="${1:?usage: $0 OUT}/it's \$one, two"

scratch=$(mktemp -d "/tmp/vm_test's \$one, XXXXXX")
shm=$(mktemp -d "/dev/shm/vm_test two XXXXXX")
trap 'rm -rf "$scratch" "$shm"' EXIT
tree="$scratch/my tree"
mkdir -p "$tree/tests/e2e" "$shm/build/bin"
cp "$here/vm.sh" "$tree/tests/e2e/"
echo 'of the tree' >"$tree/source"
echo 'of the build' >"$shm/build/built"
touch "$shm/build/CMakeCache.txt" "$scratch/stranger"
ln -s "$shm/build" "$scratch/link"
mkdir "$tree/.deps"
ln -s "$(realpath "${STM32BOOT_VM_KERNEL:-$here/../../.deps/kernel}")" "$tree/.deps/kernel"
unset STM32BOOT_VM_KERNEL
echo 'of the ROM' >"$scratch/rom"
export STM32BOOT_ROM="f413:$scratch/rom"

program() {
  cat >"$1"
  chmod +x "$1"
}
program "$shm/build/bin/program" <<'PROGRAM'
#!/bin/sh
set -eu
cat "$1/source" "$(dirname "$0")/../built"
exec "$2" "$3"
PROGRAM
program "$scratch/alone" <<'PROGRAM'
#!/bin/sh
cat "${STM32BOOT_ROM#f413:}"
[ ! -e "$1" ] && touch /tmp/mine && echo 'alone, with a /tmp of its own' && exit 42
PROGRAM

status=0
"$tree/tests/e2e/vm.sh" "$out" "$scratch/link/bin/program" "$tree" "$scratch/alone" "$scratch/stranger" || status=$?
printf '%s\n' 'of the tree' 'of the build' 'of the ROM' 'alone, with a /tmp of its own' | diff - "$out/log"
[ "$status" = 42 ] || { echo "vm_test.sh: the exit status was $status, not the command's 42" >&2; exit 1; }
