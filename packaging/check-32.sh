#!/bin/sh
# Builds library, program and unit tests for 32-bit x86, warnings as errors, and runs both, on amd64 Debian: sizes, offsets and
# times have half their bits there. libusb is built from Debian's source package.
# usage: packaging/check-32.sh
set -eu
cd "$(dirname "$0")/.."
root=$PWD/.deps/i386

packaging/need.sh build i386
packaging/get-dfu-util.sh
packaging/build-libusb.sh "$root" --host=i686-linux-gnu --disable-udev CC='gcc -m32'
packaging/header-libraries.sh "$root" i386-linux-gnu
cp -rp /usr/include/valijson "$root/include"
packaging/build-googletest.sh "$root" packaging/i386.cmake
cmake -S . -B build/i386 -G Ninja -DCMAKE_TOOLCHAIN_FILE="$PWD/packaging/i386.cmake" -DCMAKE_BUILD_TYPE=None \
  -DSTM32BOOT_WERROR=ON -DSTM32BOOT_EMULATOR=OFF >build/i386.log
cmake --build build/i386 --target unit_tests stm32boot
build/i386/tests/unit/unit_tests --gtest_brief=1
build/i386/apps/stm32boot/stm32boot --virtual list
