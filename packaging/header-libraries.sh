#!/bin/sh
# Copies Debian's libraries that are headers only into PREFIX, with their CMake packages, for a compiler of another
# system. The files that name Debian's compiled libraries stay away: only the headers are for every system.
# usage: packaging/header-libraries.sh PREFIX ARCHITECTURE     such as x86_64-w64-mingw32
set -eu
prefix=$1
lib=$prefix/lib/$2/cmake

mkdir -p "$prefix/include" "$prefix/share/cmake" "$lib" "$prefix/licences"
cp -rp /usr/include/fmt /usr/include/spdlog /usr/include/CLI /usr/include/nlohmann '/usr/include/toml++' "$prefix/include"
cp -rp /usr/share/cmake/CLI11 /usr/share/cmake/nlohmann_json "$prefix/share/cmake"
for package in fmt spdlog; do
  mkdir -p "$lib/$package"
  find "/usr/lib/$(uname -m)-linux-gnu/cmake/$package" -name '*.cmake' ! -name '*-none.cmake' \
    -exec cp {} "$lib/$package" ';'
done
# They are for any size of pointer.
sed -i '/CMAKE_SIZEOF_VOID_P STREQUAL "8"/,/endif/d' "$lib"/*/*onfig*ersion.cmake
# spdlog asks for the compiled fmt, which is not there.
sed -i 's/fmt::fmt\b/fmt::fmt-header-only/g' "$lib/spdlog/spdlogConfigTargets.cmake"
for package in libfmt-dev libspdlog-dev libcli11-dev nlohmann-json3-dev libtomlplusplus-dev; do
  cp "/usr/share/doc/$package/copyright" "$prefix/licences/$package.txt"
done
