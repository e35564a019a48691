# Cross-builds for a Mac on Debian (packaging/check-mac.sh, which makes the folder MAC_TOOLS).
set(CMAKE_SYSTEM_NAME Darwin)
set(_tools $ENV{MAC_TOOLS})
set(CMAKE_C_COMPILER ${_tools}/cc)
set(CMAKE_CXX_COMPILER ${_tools}/c++)
set(CMAKE_AR ${_tools}/ar)
set(CMAKE_RANLIB ${_tools}/ranlib)
set(CMAKE_LINKER ${_tools}/ld)
set(CMAKE_INSTALL_NAME_TOOL ${_tools}/none)  # nothing is installed
set(CMAKE_LIBRARY_ARCHITECTURE mac)
set(CMAKE_TRY_COMPILE_TARGET_TYPE STATIC_LIBRARY)
set(CMAKE_CXX_LINK_EXECUTABLE "${_tools}/ld <LINK_FLAGS> <OBJECTS> -o <TARGET> <LINK_LIBRARIES>")

set(CMAKE_FIND_ROOT_PATH ${_tools}/prefix)
set(CMAKE_FIND_ROOT_PATH_MODE_PROGRAM NEVER)
foreach(_kind LIBRARY INCLUDE PACKAGE)
  set(CMAKE_FIND_ROOT_PATH_MODE_${_kind} ONLY)
endforeach()
set(ENV{PKG_CONFIG_LIBDIR} ${_tools}/prefix/lib/pkgconfig)
