# Included by project() in the static build (packaging/build-static.sh).
set(CMAKE_C_LINK_OPTIONS_PIE -static-pie)  # in place of -pie, which would ask for a dynamic linker
set(CMAKE_CXX_LINK_OPTIONS_PIE -static-pie)

# spdlog's headers come with a link to the shared libfmt, of which nothing is used.
find_package(spdlog CONFIG REQUIRED)
set_target_properties(spdlog::spdlog_header_only PROPERTIES INTERFACE_LINK_LIBRARIES Threads::Threads)

add_library(files_only OBJECT ${CMAKE_CURRENT_LIST_DIR}/files_only.c)
foreach(program stm32boot stm32boot-virtual-board)  # which are there at the end
  cmake_language(EVAL CODE "cmake_language(DEFER CALL target_link_libraries ${program} PRIVATE files_only)")
endforeach()
