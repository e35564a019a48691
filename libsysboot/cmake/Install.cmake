# Installs libsysboot: headers, static libraries, a CMake package and pkg-config files. libsysboot/virtual adds its own to
# the package.
include(CMakePackageConfigHelpers)

set(sysboot_cmake_dir "${CMAKE_INSTALL_LIBDIR}/cmake/sysboot")

install(TARGETS sysboot sysboot_dfu_util EXPORT sysbootTargets ARCHIVE)
install(EXPORT sysbootTargets NAMESPACE sysboot:: DESTINATION "${sysboot_cmake_dir}")
install(DIRECTORY include/sysboot "${CMAKE_CURRENT_BINARY_DIR}/include/sysboot"
        DESTINATION "${CMAKE_INSTALL_INCLUDEDIR}" FILES_MATCHING PATTERN "*.hpp")

configure_package_config_file(cmake/sysbootConfig.cmake.in sysbootConfig.cmake
                              INSTALL_DESTINATION "${sysboot_cmake_dir}")
write_basic_package_version_file(sysbootConfigVersion.cmake COMPATIBILITY SameMinorVersion)
install(FILES "${CMAKE_CURRENT_BINARY_DIR}/sysbootConfig.cmake"
              "${CMAKE_CURRENT_BINARY_DIR}/sysbootConfigVersion.cmake"
        DESTINATION "${sysboot_cmake_dir}")

# Paths from where the files lie, so that they may be installed anywhere and moved as a whole.
file(RELATIVE_PATH SYSBOOT_PC_UP "${CMAKE_INSTALL_FULL_LIBDIR}/pkgconfig" "${CMAKE_INSTALL_PREFIX}")
foreach(kind LIB INCLUDE)
  set(SYSBOOT_PC_${kind}DIR "${CMAKE_INSTALL_${kind}DIR}")
  if(NOT IS_ABSOLUTE "${SYSBOOT_PC_${kind}DIR}")
    set(SYSBOOT_PC_${kind}DIR "\${prefix}/${SYSBOOT_PC_${kind}DIR}")
  endif()
endforeach()
set(SYSBOOT_PC_SYSTEM_LIBS)
if(APPLE)
  set(SYSBOOT_PC_SYSTEM_LIBS " -framework CoreFoundation -framework IOKit")
elseif(WIN32)
  set(SYSBOOT_PC_SYSTEM_LIBS " -lsetupapi -lcfgmgr32")
endif()
foreach(name sysboot sysboot-virtual)
  configure_file(cmake/${name}.pc.in ${name}.pc @ONLY)
  install(FILES "${CMAKE_CURRENT_BINARY_DIR}/${name}.pc" DESTINATION "${CMAKE_INSTALL_LIBDIR}/pkgconfig")
endforeach()
