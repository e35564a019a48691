# Installs libsysboot into an empty prefix and builds a consumer twice: with the CMake package and with
# pkg-config. Given: BUILD (to install from), STAGE, SOURCE (of the consumer), WANTED (version), CXX,
# GENERATOR.
function(run)
  execute_process(COMMAND ${ARGN} RESULT_VARIABLE status OUTPUT_VARIABLE out ERROR_VARIABLE out)
  if(NOT status EQUAL 0)
    message(FATAL_ERROR "${ARGN}\nended with ${status}\n${out}")
  endif()
  set(out "${out}" PARENT_SCOPE)
endfunction()

function(expect_greeting program)
  run("${program}")
  if(NOT out MATCHES "^sysboot ${WANTED}, [0-9]+ boards, sector at 0x8010000\n")
    message(FATAL_ERROR "${program} said: ${out}")
  endif()
endfunction()

file(REMOVE_RECURSE "${STAGE}")
run("${CMAKE_COMMAND}" --install "${BUILD}" --prefix "${STAGE}/prefix")

run("${CMAKE_COMMAND}" -G "${GENERATOR}" -S "${SOURCE}" -B "${STAGE}/cmake"
    "-DCMAKE_PREFIX_PATH=${STAGE}/prefix"
    "-DCMAKE_CXX_COMPILER=${CXX}" "-DCMAKE_CXX_FLAGS=${FLAGS}" "-DWANTED=${WANTED}")
run("${CMAKE_COMMAND}" --build "${STAGE}/cmake")
expect_greeting("${STAGE}/cmake/consumer")

# The file names the prefix that was configured; --define-prefix takes the one where it lies.
file(GLOB_RECURSE pc "${STAGE}/prefix/*/sysboot.pc")
get_filename_component(pc_dir "${pc}" DIRECTORY)
set(ENV{PKG_CONFIG_PATH} "${pc_dir}")
run(pkg-config --define-prefix --cflags --libs "sysboot >= ${WANTED}")
separate_arguments(flags UNIX_COMMAND "${FLAGS} ${out}")
run("${CXX}" -std=c++20 "${SOURCE}/main.cpp" ${flags} -o "${STAGE}/with-pkg-config")
expect_greeting("${STAGE}/with-pkg-config")

# Nothing but the public API and what is ours.
file(GLOB_RECURSE installed RELATIVE "${STAGE}/prefix" "${STAGE}/prefix/*")
foreach(file IN LISTS installed)
  if(NOT file MATCHES "^(bin/stm32boot|bin/stm32boot-virtual-board|include/sysboot/[a-z0-9_]+\\.hpp|lib/.*sysboot.*|lib/udev/rules\\.d/60-stm32boot\\.rules|share/.*)$")
    message(FATAL_ERROR "installed without need: ${file}")
  endif()
endforeach()
