#!/bin/sh
# Installs what a part of the work needs, with apt or brew; does nothing when it is all there.
# usage: packaging/need.sh build|firmware|emulator|test|lint|coverage|package|static|mac|i386|windows...
set -eu

fail() { echo "need.sh: $*" >&2; exit 69; }

debian() {
  case $1 in
    build) echo g++ cmake ninja-build pkg-config libusb-1.0-0-dev libcli11-dev libspdlog-dev libfmt-dev \
      nlohmann-json3-dev libtomlplusplus-dev ca-certificates curl ;;
    firmware) echo gcc-arm-none-eabi libnewlib-arm-none-eabi ;;
    emulator) echo libunicorn-dev ;;
    test) echo libgtest-dev libgmock-dev libvalijson-dev libunicorn-dev dfu-util usbutils usbip iproute2 python3-yaml srecord \
      qemu-system-x86 busybox-static kmod cpio util-linux python3-intelhex file time udev \
      zsh fish scdoc make python3-labgrid python3-pytest fwupd \
      python3-configobj python3-magic python3-netifaces python3-setproctitle python3-tz python3-voluptuous ;;
    lint) echo clang-format clang-tidy cppcheck doxygen shellcheck git ;;
    coverage) echo gcovr ;;
    static) echo make scdoc file ;;
    mac) echo npm ;;
    i386) echo g++-multilib googletest libvalijson-dev make ;;
    windows) echo g++-mingw-w64-x86-64-posix wine64 googletest make zip ;;
    package) echo debhelper dpkg-dev devscripts fakeroot git scdoc lintian appstream debootstrap autopkgtest ruby \
      dh-python pybuild-plugin-pyproject python3-all python3-setuptools ;;
  esac
}

homebrew() {
  case $1 in
    build) echo cmake ninja pkg-config libusb cli11 spdlog fmt nlohmann-json tomlplusplus ;;
    firmware) echo arm-none-eabi-gcc ;;
    emulator) echo unicorn ;;
    test) echo googletest valijson unicorn dfu-util srecord ;;
    lint) echo clang-format llvm cppcheck doxygen shellcheck git ;;
    coverage) echo gcovr ;;
    package) echo git scdoc ;;
  esac
}

packages() {
  names=$1
  shift
  for part in "$@"; do "$names" "$part"; done
}

with_apt() {
  missing=
  for package in $(packages debian "$@"); do
    [ "$(dpkg-query -W -f '${Status}' "$package" 2>/dev/null)" = 'install ok installed' ] || missing="$missing $package"
  done
  [ -n "$missing" ] || return 0
  root=
  if [ "$(id -u)" != 0 ]; then
    command -v sudo >/dev/null || fail "as root, run: apt-get install$missing"
    root=sudo
  fi
  echo "installing:$missing"
  log=$(mktemp)
  # shellcheck disable=SC2086  # a list of words
  if $root apt-get update -qq >"$log" 2>&1 &&
    $root env DEBIAN_FRONTEND=noninteractive apt-get install -y -qq --no-install-recommends $missing >>"$log" 2>&1; then
    rm -f "$log"
  else
    tail -n 15 "$log" >&2
    fail "apt-get could not install$missing; all it said is in $log"
  fi
}

with_brew() {
  # shellcheck disable=SC2046  # a list of words
  brew install --quiet $(packages homebrew "$@") || fail "brew could not install what is needed"
}

for part in "${@:-none}"; do
  [ -n "$(debian "$part")" ] || { echo "usage: $0 build|firmware|emulator|test|lint|coverage|package|static|mac|i386|windows..." >&2; exit 64; }
done
if command -v apt-get >/dev/null; then
  with_apt "$@"
elif command -v brew >/dev/null; then
  with_brew "$@"
else
  fail "knows apt and brew, and finds neither; by their Debian names, these are needed: $(packages debian "$@" | tr '\n' ' ')"
fi
