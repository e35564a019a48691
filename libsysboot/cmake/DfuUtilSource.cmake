# Finds dfu-util 0.11's sources without keeping a copy in the repository; sets dfu_util_SOURCE_DIR.
# In this order: -DSTM32BOOT_DFU_UTIL_DIR=…, <source>/dfu-util (Debian component tarball, Homebrew
# resource), <source>/.deps/dfu-util-0.11.tar.gz (get-dfu-util.sh puts it there), download.
set(STM32BOOT_DFU_UTIL_DIR "" CACHE PATH "Unpacked dfu-util 0.11 source tree")
set(_dfu_util_sha256 b4b53ba21a82ef7e3d4c47df2952adf5fa494f499b6b0b57c58c5d04ae8ff19e)
set(_dfu_util_cached "${PROJECT_SOURCE_DIR}/.deps/dfu-util-0.11.tar.gz")

if(STM32BOOT_DFU_UTIL_DIR)
  set(dfu_util_SOURCE_DIR "${STM32BOOT_DFU_UTIL_DIR}")
elseif(EXISTS "${PROJECT_SOURCE_DIR}/dfu-util/src/dfu.c")
  set(dfu_util_SOURCE_DIR "${PROJECT_SOURCE_DIR}/dfu-util")
else()
  set(_dfu_util_url https://downloads.sourceforge.net/project/dfu-util/dfu-util-0.11.tar.gz
                    https://dfu-util.sourceforge.net/releases/dfu-util-0.11.tar.gz)
  if(EXISTS "${_dfu_util_cached}")
    set(_dfu_util_url "${_dfu_util_cached}")
  endif()
  if(POLICY CMP0135)
    cmake_policy(SET CMP0135 NEW)
  endif()
  include(FetchContent)
  FetchContent_Declare(dfu_util URL ${_dfu_util_url} URL_HASH SHA256=${_dfu_util_sha256})
  FetchContent_MakeAvailable(dfu_util)  # has no CMakeLists.txt: unpacks and nothing else
endif()

foreach(_file dfu.c dfu.h quirks.c quirks.h usb_dfu.h dfuse_mem.c)
  if(NOT EXISTS "${dfu_util_SOURCE_DIR}/src/${_file}")
    message(FATAL_ERROR "'${dfu_util_SOURCE_DIR}' is not a dfu-util 0.11 source tree: no src/${_file}")
  endif()
endforeach()
