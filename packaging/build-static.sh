#!/bin/sh
# Builds the tarball for any Linux distribution on Debian: programs that need no library of the machine, man pages,
# udev rule, completions. With glibc, as Debian has no C++ library for musl; libusb hears of devices from the kernel
# itself (netlink), as there is no static libudev.
# usage: packaging/build-static.sh [FOLDER]     the tarball goes to FOLDER (default: build/static)
set -eu
cd "$(dirname "$0")/.."
folder=${1:-build/static}
root=$PWD/.deps/static

# The same bytes for the same commit.
pack() {
  version=$(sed -n 's/^CMAKE_PROJECT_VERSION:STATIC=//p' build/static/CMakeCache.txt)
  name=stm32boot-$version-linux-$(uname -m)
  stage=build/static/$name
  rm -rf "$stage" build/static/installed
  cmake --install build/static --prefix "$PWD/build/static/installed" --strip >build/static/install.log
  mkdir -p "$stage/licences" "$stage/lib/cmake"
  (cd build/static/installed && cp -R bin share ../"$name" && cp -R lib/udev ../"$name/lib" &&
    cp -R lib/cmake/stm32boot ../"$name/lib/cmake")
  rm -r "$stage/share/metainfo"  # for what a package manager has installed
  cp README.md LICENSE CHANGELOG.md packaging/static/INSTALL "$stage"
  cp "$root/licences/libusb.txt" "$stage/licences"
  for package in libc6 gcc-12-base libfmt-dev libspdlog-dev libcli11-dev nlohmann-json3-dev libtomlplusplus-dev; do
    cp "/usr/share/doc/$package/copyright" "$stage/licences/$package.txt"
  done
  tarball=$(mkdir -p "$folder" && cd "$folder" && pwd)/$name.tar.gz
  tar -C build/static --sort=name --owner=0 --group=0 --numeric-owner \
    --mtime="@${SOURCE_DATE_EPOCH:-$(git log -1 --format=%ct)}" -cf - "$name" | gzip -9n >"$tarball"
  ls -l "$tarball"
}

packaging/need.sh build static
packaging/get-dfu-util.sh
packaging/build-libusb.sh "$root" --disable-udev
cmake --preset static >build/static.log
cmake --build --preset static >>build/static.log || { tail -n 30 build/static.log >&2; exit 70; }
pack
