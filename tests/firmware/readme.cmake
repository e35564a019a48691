# Compiles every C and C++ listing of firmware/README.md, as far as syntax and types go. A listing
# begins with the line `// framework: path`; `readme/framework/` has what it needs of the framework.
#
#   cmake -DREADME=firmware/README.md -DLIBRARY=firmware/sysboot -DSTUBS=tests/firmware/readme
#         -DCC=arm-none-eabi-gcc -DCXX=arm-none-eabi-g++ -DWORK=directory -P readme.cmake
cmake_minimum_required(VERSION 3.22)

set(flags -fsyntax-only -ffreestanding -mcpu=cortex-m4 -mthumb -DSTM32F411xE -Wall -Wextra -Wconversion
  -Wno-unused-function  # the framework's files call them
  -Werror)
set(frameworks cubemx libopencm3 zephyr arduino cmsis)

# extract(): writes the listings to ${WORK}/framework/file, and lists them in `listings`.
function(extract)
  file(REMOVE_RECURSE ${WORK})
  file(READ ${README} rest)
  string(ASCII 96 tick)
  set(fence "${tick}${tick}${tick}")
  set(found)
  while(TRUE)
    string(FIND "${rest}" "\n${fence}c" at)
    if(at EQUAL -1)
      break()
    endif()
    math(EXPR at "${at} + 1")
    string(SUBSTRING "${rest}" ${at} -1 rest)
    string(FIND "${rest}" "\n" at)
    string(SUBSTRING "${rest}" 0 ${at} opening)
    math(EXPR at "${at} + 1")
    string(SUBSTRING "${rest}" ${at} -1 rest)
    string(FIND "${rest}" "${fence}" end)
    string(SUBSTRING "${rest}" 0 ${end} listing)
    math(EXPR end "${end} + 3")
    string(SUBSTRING "${rest}" ${end} -1 rest)
    if(NOT opening MATCHES "^${fence}(c|cpp)$")
      continue()
    endif()
    if(NOT listing MATCHES "^// ([a-z0-9]+): ([^\n]+)\n")
      message(SEND_ERROR "a listing that does not say which file it is:\n${listing}")
      continue()
    endif()
    set(framework ${CMAKE_MATCH_1})
    get_filename_component(name "${CMAKE_MATCH_2}" NAME)
    file(WRITE ${WORK}/${framework}/${name} "${listing}")
    list(APPEND found ${framework}/${name})
  endwhile()
  set(listings ${found} PARENT_SCOPE)
endfunction()

function(expect_compiles listing)
  get_filename_component(framework ${listing} DIRECTORY)
  set(compiler ${CC} -x c -std=gnu11)
  if(listing MATCHES "\\.ino$")
    set(compiler ${CXX} -x c++ -std=gnu++17 -include ${STUBS}/arduino/Arduino.h)
  endif()
  execute_process(
    COMMAND ${compiler} ${flags} -I${LIBRARY} -I${STUBS}/${framework} ${WORK}/${listing}
    RESULT_VARIABLE result ERROR_VARIABLE message)
  if(NOT result EQUAL 0)
    message(SEND_ERROR "${listing}:\n${message}")
  endif()
endfunction()

extract()
foreach(listing ${listings})
  if(NOT listing MATCHES "\\.h$")  # the others include it
    expect_compiles(${listing})
  endif()
endforeach()
foreach(framework ${frameworks})
  if(NOT "${listings}" MATCHES "${framework}/")
    message(SEND_ERROR "no listing for ${framework}")
  endif()
endforeach()
