# Builds a project that gets firmware/sysboot by add_subdirectory() and by FetchContent.
#
#   cmake -DSOURCE=project -DUSER=tests/firmware/cmake_user -DNM=arm-none-eabi-nm -DGENERATOR=Ninja
#         -DWORK=directory -P cmake_target.cmake
cmake_minimum_required(VERSION 3.22)
file(REMOVE_RECURSE ${WORK})

# build(NAME FROM DEFINES LANGUAGES): 0 in `result`, or what CMake and the compiler said in `message`.
function(build name from defines languages)
  execute_process(
    COMMAND ${CMAKE_COMMAND} -E env --unset=CFLAGS --unset=CPPFLAGS --unset=LDFLAGS --unset=CXXFLAGS
      ${CMAKE_COMMAND} -S ${USER} -B ${WORK}/${name} -G ${GENERATOR} -DSYSBOOT_FROM=${from} -DDEFINES=${defines}
      -DUSER_LANGUAGES=${languages} -DLIBRARY=${SOURCE}/firmware/sysboot
      -DFETCHCONTENT_SOURCE_DIR_STM32BOOT=${SOURCE}
      -DCMAKE_TOOLCHAIN_FILE=${SOURCE}/firmware/cmake/arm-none-eabi.cmake -DCMAKE_CXX_COMPILER=arm-none-eabi-g++
    RESULT_VARIABLE result OUTPUT_VARIABLE message ERROR_VARIABLE message)
  if(result EQUAL 0)
    execute_process(COMMAND ${CMAKE_COMMAND} --build ${WORK}/${name}
      RESULT_VARIABLE result OUTPUT_VARIABLE message ERROR_VARIABLE message)
  endif()
  set(result "${result}" PARENT_SCOPE)
  set(message "${message}" PARENT_SCOPE)
endfunction()

function(expect_builds name from)
  build(${name} ${from} STM32F411xE C)
  if(NOT result EQUAL 0)
    message(SEND_ERROR "${name}:\n${message}")
    return()
  endif()
  execute_process(COMMAND ${NM} ${WORK}/${name}/user OUTPUT_VARIABLE names COMMAND_ERROR_IS_FATAL ANY)
  foreach(function sysboot_check sysboot_request sysboot_jump_now sysboot_on_text)
    if(NOT names MATCHES " T ${function}\n")
      message(SEND_ERROR "${name}: ${function}() is not in the program:\n${names}")
    endif()
  endforeach()
endfunction()

function(expect_refused name reason defines languages)
  build(${name} subdirectory "${defines}" "${languages}")
  string(REGEX REPLACE "[ \n]+" " " said "${message}")
  if(result EQUAL 0 OR NOT said MATCHES "${reason}")
    message(SEND_ERROR "${name} is not refused with '${reason}':\n${message}")
  endif()
endfunction()

expect_builds(subdirectory subdirectory)
expect_builds(fetch fetch)
expect_refused(no_chip "define the chip as CMSIS does" NOTHING C)
expect_refused(no_c "sysboot is written in C" STM32F411xE CXX)
