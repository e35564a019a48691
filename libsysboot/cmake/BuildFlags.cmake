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
  if(CMAKE_SIZEOF_VOID_P EQUAL 4)  # stat(2) fails for inodes of more than 32 bits otherwise
    target_compile_definitions(sysboot_build_flags INTERFACE _FILE_OFFSET_BITS=64)
  endif()
  target_link_options(sysboot_build_flags INTERFACE -Wl,-z,relro -Wl,-z,now -Wl,-z,noexecstack)
  include(CheckPIESupported)
  check_pie_supported()
elseif(MINGW)
  # The stack protector has a library of its own there.
  target_link_options(sysboot_build_flags INTERFACE -fstack-protector-strong)
endif()
