# The version has one place, project() of the top CMakeLists.txt; who has to repeat it repeats the same. Given: SOURCE,
# VERSION.
function(expect_version path pattern)
  file(READ "${SOURCE}/${path}" text)
  if(NOT text MATCHES "${pattern}")
    message(SEND_ERROR "${path}: no version where it is looked for")
  elseif(NOT CMAKE_MATCH_1 STREQUAL VERSION)
    message(SEND_ERROR "${path} has version ${CMAKE_MATCH_1}, project() has ${VERSION}")
  endif()
endfunction()

expect_version(packaging/debian/changelog "^stm32boot \\(([0-9.]+)-")
expect_version(packaging/metainfo/stm32boot.metainfo.xml "<release version=\"([0-9.]+)\"")
expect_version(packaging/homebrew/stm32boot.rb "/stm32boot-([0-9.]+)\\.tar\\.gz\"")
expect_version(packaging/python/pyproject.toml "\nversion = \"([0-9.]+)\"")
expect_version(firmware/sysboot/library.properties "\nversion=([0-9.]+)\n")
expect_version(firmware/sysboot/library.json "\"version\": \"([0-9.]+)\"")
expect_version(firmware/blackpill/CMakeLists.txt "BLACKPILL_VERSION \"([0-9.]+)\"")
