# Warnings and hardening for everything this project compiles itself. Linked as $<BUILD_INTERFACE:…>,
# so that none of it leaks into programs that use the installed library.
add_library(sysboot_build_flags INTERFACE)

if(CMAKE_CXX_COMPILER_ID MATCHES "GNU|Clang")
  target_compile_options(sysboot_build_flags INTERFACE
    -Wall -Wextra -Wpedantic -Wshadow -Wconversion -Wsign-conversion -Wold-style-cast
    -Wnon-virtual-dtor -Woverloaded-virtual -Wimplicit-fallthrough
    $<$<BOOL:${STM32BOOT_WERROR}>:-Werror>
    -fstack-protector-strong)
  # Fortify needs an optimiser; distributions set their own level.
  if(NOT CMAKE_CXX_FLAGS MATCHES "FORTIFY_SOURCE")
    target_compile_definitions(sysboot_build_flags INTERFACE
      $<$<NOT:$<CONFIG:Debug>>:_FORTIFY_SOURCE=2>)
  endif()
endif()

if(CMAKE_SYSTEM_NAME STREQUAL "Linux")
  target_compile_options(sysboot_build_flags INTERFACE -fstack-clash-protection)
  if(CMAKE_SYSTEM_PROCESSOR MATCHES "x86_64|AMD64")
    target_compile_options(sysboot_build_flags INTERFACE -fcf-protection)
  endif()
  target_link_options(sysboot_build_flags INTERFACE -Wl,-z,relro -Wl,-z,now -Wl,-z,noexecstack)
  include(CheckPIESupported)
  check_pie_supported()
elseif(MINGW)
  # The stack protector has a library of its own there.
  target_link_options(sysboot_build_flags INTERFACE -fstack-protector-strong)
endif()

# stm32boot_unity(TARGET [EXCEPT FILE…]): its files are compiled eight at a time, because most of the time
# goes into headers that all of them include. Files whose unnamed namespaces have names of others are excepted.
function(stm32boot_unity target)
  cmake_parse_arguments(PARSE_ARGV 1 unity "" "" EXCEPT)
  set_target_properties(${target} PROPERTIES UNITY_BUILD ${STM32BOOT_UNITY} UNITY_BUILD_BATCH_SIZE 8)
  set_source_files_properties(${unity_EXCEPT} PROPERTIES SKIP_UNITY_BUILD_INCLUSION ON)
endfunction()
