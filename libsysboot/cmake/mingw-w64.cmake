# Cross-builds for Windows on Debian. packaging/build-windows.sh puts what is linked into .deps/windows.
set(CMAKE_SYSTEM_NAME Windows)
set(CMAKE_SYSTEM_PROCESSOR x86_64)

set(_target x86_64-w64-mingw32)
set(CMAKE_C_COMPILER ${_target}-gcc-posix)
set(CMAKE_CXX_COMPILER ${_target}-g++-posix)
set(CMAKE_RC_COMPILER ${_target}-windres)
set(CMAKE_LIBRARY_ARCHITECTURE ${_target})

get_filename_component(_root "${CMAKE_CURRENT_LIST_DIR}/../../.deps/windows" ABSOLUTE)
set(CMAKE_FIND_ROOT_PATH "${_root}" /usr/${_target})
set(CMAKE_FIND_ROOT_PATH_MODE_PROGRAM NEVER)
foreach(_kind LIBRARY INCLUDE PACKAGE)
  set(CMAKE_FIND_ROOT_PATH_MODE_${_kind} ONLY)
endforeach()
set(ENV{PKG_CONFIG_LIBDIR} "${_root}/lib/pkgconfig")

# One file that needs nothing but Windows, the same for the same sources.
set(CMAKE_EXE_LINKER_FLAGS_INIT "-static -Wl,--no-insert-timestamp")
