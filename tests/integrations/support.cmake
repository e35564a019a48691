# What the tests of this folder share: an empty folder with a `stm32boot` on the PATH that has a virtual board, whose flash
# is a file. Given: STM32BOOT, PROJECT (its sources), WORK (the folder), CC (for ARM).
cmake_minimum_required(VERSION 3.22)
set(pages "${PROJECT}/packaging/integrations")
set(board "${WORK}/board.img")
set(app_sources "${PROJECT}/tests/formats/firmware")
set(app_flags -mcpu=cortex-m4 -mthumb -nostdlib "-T${app_sources}/app.ld" -Wl,--defsym=flash_origin=0x08000000)

file(REMOVE_RECURSE "${WORK}")
file(WRITE "${WORK}/nothing" "")
file(WRITE "${WORK}/version" "version\r")
file(WRITE "${WORK}/bin/stm32boot" "#!/bin/sh\nexec '${STM32BOOT}' '--virtual=${board}' \"$@\"\n")
file(CHMOD "${WORK}/bin/stm32boot" PERMISSIONS OWNER_READ OWNER_WRITE OWNER_EXECUTE)
set(ENV{PATH} "${WORK}/bin:$ENV{PATH}")
set(ENV{HOME} "${WORK}")  # no settings of the user
set(ENV{XDG_CONFIG_HOME} "${WORK}")

# expect(EXIT PATTERN COMMAND...): in the folder; PATTERN is of standard output and then standard error; `typed` names the
# file that the command has as its input.
set(typed nothing)
function(expect exit pattern)
  execute_process(COMMAND ${ARGN} WORKING_DIRECTORY "${WORK}" INPUT_FILE "${WORK}/${typed}" TIMEOUT 30
                  RESULT_VARIABLE status OUTPUT_VARIABLE out ERROR_VARIABLE error)
  if(NOT status EQUAL exit OR NOT "${out}${error}" MATCHES "${pattern}")
    message(FATAL_ERROR "${ARGN}\nended with ${status}, not ${exit}, or did not say '${pattern}':\n${out}${error}")
  endif()
endfunction()

function(expect_new_board image)
  file(REMOVE "${board}")
  expect(76 "" "${STM32BOOT}" "--virtual=${board}" verify "${image}")
endfunction()

function(expect_flashed image)
  expect(0 "verified: flash holds" "${STM32BOOT}" "--virtual=${board}" verify "${image}")
endfunction()

# blocks_of(PAGE LANGUAGE RESULT): the first thing on a page, of 20 lines at most, is a block to paste. Into RESULT, and a
# second one into RESULT_2.
function(blocks_of page language result)
  file(READ "${pages}/${page}/README.md" text)
  string(REGEX MATCHALL "\n" lines "${text}")
  list(LENGTH lines count)
  set(block "```${language}\n([^`]*)```\n")
  if(count GREATER 20 OR NOT text MATCHES "^# [^\n]+\n\n${block}")
    message(FATAL_ERROR "${page}/README.md: ${count} lines, not up to 20 that begin with what to paste")
  endif()
  set(${result} "${CMAKE_MATCH_1}" PARENT_SCOPE)
  if(text MATCHES "\n${block}.*\n${block}")
    set(${result}_2 "${CMAKE_MATCH_2}" PARENT_SCOPE)
  endif()
endfunction()

# paste_into_shell(BLOCK): with the pages of this project in place of those that are installed.
function(paste_into_shell block)
  string(REPLACE "/usr/share/stm32boot/integrations" "${pages}" lines "${block}")
  file(WRITE "${WORK}/pasted.sh" "${lines}")
  expect(0 "" sh -eu pasted.sh)
endfunction()

function(compile_app image)
  get_filename_component(folder "${image}" DIRECTORY)
  file(MAKE_DIRECTORY "${folder}")
  expect(0 "" "${CC}" ${app_flags} "${app_sources}/app.c" -o "${image}")
endfunction()
