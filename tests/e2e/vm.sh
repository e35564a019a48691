#!/bin/sh
# Runs a command in a virtual machine: Debian's kernel with a real USB stack (vhci-hcd, cdc-acm) under
# QEMU, without KVM, in about 11 s; the root file system is this machine's, read-only, but with a /tmp, /run and
# /dev of its own. Where this tree lies there, or a program that the command names, it is put back, with its build folder.
# The command's output is OUT/log, its exit status becomes ours; what it writes to /out appears in OUT.
# STM32BOOT_VM_CPUS is how many processors it has, one if it is not set; STM32BOOT_VM_SECONDS is when it is ended.
# STM32BOOT_ROM is set there as here, and the file that it names is there.
# usage: tests/e2e/vm.sh OUT COMMAND [ARGUMENT]...
# needs: qemu-system-x86 busybox-static cpio kmod, and tests/e2e/get-kernel.sh run once
set -eu
here=$(cd "$(dirname "$0")" && pwd)
kernel=${STM32BOOT_VM_KERNEL:-$here/../../.deps/kernel}
seconds=${STM32BOOT_VM_SECONDS:-900}
cpus=${STM32BOOT_VM_CPUS:-1}
STM32BOOT_ROM=${STM32BOOT_ROM:-}
modules='virtio_pci 9pnet_virtio 9p vhci_hcd cdc_acm veth'

[ $# -ge 2 ] || { echo "usage: $0 OUT COMMAND [ARGUMENT]..." >&2; exit 64; }
for tool in qemu-system-x86_64 busybox cpio modprobe; do
  PATH=$PATH:/sbin:/usr/sbin command -v $tool >/dev/null || { echo "vm.sh: $tool is missing" >&2; exit 69; }
done
[ -f "$kernel/release" ] || { echo "vm.sh: no kernel in $kernel: run tests/e2e/get-kernel.sh" >&2; exit 69; }
release=$(cat "$kernel/release")
out=$1
shift
mkdir -p "$out"
out=$(cd "$out" && pwd)
rm -f "$out/exit" "$out/log"
rom=${STM32BOOT_ROM#f413:}
if [ -n "$rom" ]; then
  [ -f "$rom" ] || { echo "vm.sh: STM32BOOT_ROM names $rom, where there is no file" >&2; exit 66; }
  STM32BOOT_ROM=${STM32BOOT_ROM%"$rom"}$(realpath "$rom")
  rom=$(realpath "$rom")
fi

# From a program to the folder of its build, if it lies in one.
shown_for() {
  folder=$(dirname "$1")
  while [ "$folder" != / ]; do
    [ ! -f "$folder/CMakeCache.txt" ] || { echo "$folder"; return; }
    folder=$(dirname "$folder")
  done
  echo "$1"
}
# What is hidden in the machine: where it really is, and where it is to be seen, on lines of their own. It is
# found by its name and, where that leads through a link, by its real name.
show() {
  real=$(realpath "$1")
  printf '%s\n' "$real" "$1" | sort -u | while IFS= read -r name; do
    case $name in /tmp/* | /run/* | /dev/*) printf '%s\n' "$real" "$name" ;; esac
  done
}
to_show() {
  show "$(cd "$here/../.." && pwd)"
  [ -z "$rom" ] || show "$rom"
  for word in "$@"; do
    case $word in /*) if [ -f "$word" ] && [ -x "$word" ]; then show "$(shown_for "$word")"; fi ;; esac
  done
}

quote() { printf "'%s' " "$(printf %s "$1" | sed "s/'/'\\\\''/g")"; }
{
  echo 'export PATH=/usr/sbin:/usr/bin:/sbin:/bin HOME=/tmp TERM=dumb LC_ALL=C.UTF-8'
  [ -z "$rom" ] || { printf 'export STM32BOOT_ROM=' && quote "$STM32BOOT_ROM" && echo; }
  printf 'cd /tmp && exec '
  for word in "$@"; do quote "$word"; done
  echo
} >"$out/command"

initrd=$(mktemp -d)
trap 'rm -rf "$initrd"' EXIT
mkdir -p "$initrd/bin" "$initrd/proc" "$initrd/sys" "$initrd/dev" "$initrd/modules" "$initrd/host" "$initrd/mnt"
cp "$(command -v busybox)" "$initrd/bin/"
for module in $modules; do
  PATH=$PATH:/sbin:/usr/sbin modprobe -d "$kernel" -S "$release" --show-depends "$module" | sed -n 's/^insmod \(.*\.ko[.a-z]*\).*/\1/p'
done | awk '!seen[$0]++' | while IFS= read -r file; do
  cp "$file" "$initrd/modules/"
  basename "$file" >>"$initrd/modules/order"
done
to_show "$@" >"$initrd/to_show"
cat >"$initrd/init" <<'INIT'
#!/bin/busybox sh
b=/bin/busybox
$b mount -t proc proc /proc; $b mount -t sysfs sys /sys; $b mount -t devtmpfs dev /dev
for module in $($b cat /modules/order); do $b insmod /modules/$module; done
$b mount -t 9p -o trans=virtio,version=9p2000.L,msize=262144,ro,cache=loose root /host
$b mount -o bind /host /mnt
for fs in proc:proc sysfs:sys devtmpfs:dev tmpfs:tmp tmpfs:run; do $b mount -t ${fs%%:*} x /mnt/${fs##*:}; done
$b mkdir -p /mnt/dev/pts /mnt/run/lock /mnt/run/out /mnt/dev/shm
$b chmod 1777 /mnt/run/lock /mnt/tmp
$b mount -t devpts x /mnt/dev/pts
$b mount -t 9p -o trans=virtio,version=9p2000.L,msize=262144 out /mnt/run/out
while IFS= read -r real && IFS= read -r name; do
  if [ -d "/host$real" ]; then
    $b mkdir -p "/mnt$name"
  else
    $b mkdir -p "$($b dirname "/mnt$name")"
    [ -f "/mnt$name" ] || $b touch "/mnt$name"
  fi
  $b mount -o bind "/host$real" "/mnt$name"
done </to_show
$b ip link set lo up
echo 1 >/proc/sys/vm/overcommit_memory  # Unicorn reserves a gigabyte and uses little of it
$b chroot /mnt /bin/sh /run/out/command >/mnt/run/out/log 2>&1
echo $? >/mnt/run/out/exit
$b sync
$b poweroff -f
INIT
chmod +x "$initrd/init"
(cd "$initrd" && find . | cpio -o -H newc 2>/dev/null | gzip -1) >"$out/initrd.gz"

# Usually with one processor: for a second one QEMU takes twice the time, most of which kernel and programs spend
# waiting for each other.
timeout "$seconds" qemu-system-x86_64 -accel tcg -cpu max -smp "$cpus" -m 1024 -nographic -no-reboot \
  -kernel "$kernel/boot/vmlinuz-$release" -initrd "$out/initrd.gz" -append 'console=ttyS0 quiet panic=-1' \
  -virtfs local,path=/,mount_tag=root,security_model=none,readonly=on,multidevs=remap \
  -virtfs "local,path=$(printf %s "$out" | sed 's/,/,,/g'),mount_tag=out,security_model=none" \
  </dev/null >"$out/console" 2>&1 || echo "vm.sh: the virtual machine was ended after $seconds s" >&2
rm -f "$out/initrd.gz"
cat "$out/log" 2>/dev/null || :
[ -f "$out/exit" ] || { echo "vm.sh: the command did not end; see $out/console" >&2; exit 75; }
exit "$(cat "$out/exit")"
