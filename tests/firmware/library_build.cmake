# Compiles firmware/sysboot with arm-none-eabi-gcc, as applications do.
#
#   cmake -DCOMPILER=arm-none-eabi-gcc -DSIZE=arm-none-eabi-size -DLIBRARY=firmware/sysboot
#         -DWORK=directory -DWHAT=cores|chips|refused|linker_script|single|size -P library_build.cmake
cmake_minimum_required(VERSION 3.22)
file(MAKE_DIRECTORY ${WORK})

set(flags -std=c11 -ffreestanding -Os -mthumb -ffunction-sections -Wall -Wextra -Wconversion
  -Wsign-conversion -Wpedantic -Wshadow -Wundef -Wmissing-prototypes -Wstrict-prototypes -Werror)
set(stores RESERVED STACK_OFFSET RTC)
set(symbol_RESERVED _bflag)
set(symbol_STACK_OFFSET _estack)
set(symbol_RTC)

# One chip of every block in sysboot_family.h.
set(chips
  cortex-m0:STM32F070xB cortex-m0:STM32F072xB cortex-m0plus:STM32C071xx cortex-m0plus:STM32G0B1xx
  cortex-m0plus:STM32U083xx cortex-m3:STM32F107xC cortex-m3:STM32F217xx cortex-m3:STM32L152xE
  cortex-m4:STM32F302x8 cortex-m4:STM32F303xC cortex-m4:STM32F405xx cortex-m4:STM32F412Cx
  cortex-m4:STM32F4 cortex-m4:STM32G474xx cortex-m4:STM32L476xx cortex-m4:STM32L4P5xx
  cortex-m4:STM32WB55xx cortex-m7:STM32F746xx cortex-m7:STM32H723xx cortex-m7:STM32H7A3xx
  cortex-m7:STM32H7S7xx cortex-m33:STM32C562xx cortex-m33:STM32H503xx cortex-m33:STM32H563xx
  cortex-m33:STM32H5F5xx cortex-m33:STM32L552xx cortex-m33:STM32U385xx cortex-m33:STM32U5G9xx
  cortex-m33:STM32WBA65xx cortex-m7:SYSBOOT_FAMILY_F7)

# compile(CORE CHIP SOURCE FLAG…): 0 in `result`, or what the compiler said in `message`.
function(compile core chip source)
  execute_process(
    COMMAND ${COMPILER} ${flags} -mcpu=${core} -D${chip} ${ARGN} -c ${LIBRARY}/${source}
            -o ${WORK}/${source}.o
    RESULT_VARIABLE result ERROR_VARIABLE message)
  set(result ${result} PARENT_SCOPE)
  set(message "${message}" PARENT_SCOPE)
endfunction()

function(expect_compiles core chip source)
  compile(${core} ${chip} ${source} ${ARGN})
  if(NOT result EQUAL 0)
    message(SEND_ERROR "${source} for ${chip} ${ARGN} does not compile for ${core}:\n${message}")
  endif()
endfunction()

function(expect_refused core chip source reason)
  compile(${core} ${chip} ${source} ${ARGN})
  if(result EQUAL 0 OR NOT message MATCHES "${reason}")
    message(SEND_ERROR "${source} for ${chip} is not refused with '${reason}':\n${message}")
  endif()
endfunction()

# Without any library, the compiler's own included; the linker script has the symbols.
function(expect_links_alone core)
  list(TRANSFORM ARGN REPLACE "(.+)" "-Wl,--defsym=\\1=0x2001FFF8" OUTPUT_VARIABLE symbols)
  execute_process(
    COMMAND ${COMPILER} -nostdlib -mcpu=${core} -mthumb -Wl,--entry=sysboot_check -Wl,--build-id=none
            ${symbols} ${WORK}/sysboot.c.o -o ${WORK}/alone.elf
    RESULT_VARIABLE result ERROR_VARIABLE message)
  if(NOT result EQUAL 0)
    message(SEND_ERROR "sysboot.c for ${core} with '${ARGN}' needs more:\n${message}")
  endif()
endfunction()

function(check_cores)
  foreach(pair cortex-m0:STM32F072xB cortex-m0plus:STM32G0B1xx cortex-m3:STM32F205xx
               cortex-m4:STM32F411xE cortex-m7:STM32H743xx cortex-m33:STM32U585xx)
    string(REPLACE ":" ";" pair ${pair})
    list(GET pair 0 core)
    list(GET pair 1 chip)
    foreach(store ${stores})
      foreach(optimisation -O0 -Os -O2)
        expect_compiles(${core} ${chip} sysboot.c -DSYSBOOT_STORE_${store} ${optimisation})
        expect_links_alone(${core} ${symbol_${store}})
      endforeach()
    endforeach()
  endforeach()
  foreach(choice ":_bflag" "ARDUINO=10607:_estack" "ARDUINO=10607 SYSBOOT_STORE_RESERVED:_bflag")
    string(REGEX MATCH "^(.*):(.*)$" choice "${choice}")
    set(symbol ${CMAKE_MATCH_2})
    separate_arguments(defines UNIX_COMMAND "${CMAKE_MATCH_1}")
    list(TRANSFORM defines PREPEND -D)
    expect_compiles(cortex-m4 STM32F411xE sysboot.c ${defines})
    expect_links_alone(cortex-m4 ${symbol})
  endforeach()
  expect_compiles(cortex-m4 STM32F411xE sysboot.c -mfloat-abi=hard -mfpu=fpv4-sp-d16)
  expect_compiles(cortex-m4 STM32F411xE sysboot_direct.c)
  expect_compiles(cortex-m3 STM32F205xx sysboot_direct.c)
endfunction()

# All files, as a build system takes a folder.
function(check_chips)
  file(GLOB sources RELATIVE ${LIBRARY} ${LIBRARY}/*.c)
  foreach(pair ${chips})
    string(REPLACE ":" ";" pair ${pair})
    list(GET pair 0 core)
    list(GET pair 1 chip)
    foreach(source ${sources})
      expect_compiles(${core} ${chip} ${source})
    endforeach()
    if(chip MATCHES "F070|C071|C562")
      expect_refused(${core} ${chip} sysboot.c "backup registers" -DSYSBOOT_STORE_RTC)
    else()
      expect_compiles(${core} ${chip} sysboot.c -DSYSBOOT_STORE_RTC)
    endif()
  endforeach()
endfunction()

function(check_refused)
  expect_refused(cortex-m0plus STM32L072xx sysboot.c "cannot be entered by a jump")
  expect_refused(cortex-m0 STM32F042x6 sysboot.c "empty check")
  expect_refused(cortex-m0 STM32F070x6 sysboot.c "empty check")
  expect_refused(cortex-m3 STM32F103xB sysboot.c "no USB DFU")
  expect_refused(cortex-m4 STM32F410Rx sysboot.c "no USB DFU")
  expect_refused(cortex-m0plus STM32G071xx sysboot.c "no USB DFU")
  expect_refused(cortex-m4 STM32H745xx sysboot.c "Cortex-M7" -DCORE_CM4)
  expect_refused(cortex-m4 STM32F999xx sysboot.c "define the chip")
  expect_refused(cortex-m7 STM32F746xx sysboot.c "use sysboot_request"
                 -include ${LIBRARY}/sysboot_direct.h)
  expect_refused(cortex-m4 STM32F411xE sysboot.c "SYSBOOT_TRIES" -DSYSBOOT_TRIES=0)
  expect_refused(cortex-m4 STM32F411xE sysboot.c "SYSBOOT_STACK_OFFSET" -DSYSBOOT_STORE_STACK_OFFSET
                 -DSYSBOOT_STACK_OFFSET=100)
endfunction()

# What the linker says where its script does not know sysboot, however the program is built.
function(check_linker_script)
  set(sentence "the linker script needs two lines .*_bflag = ORIGIN\\(RAM\\) \\+ LENGTH\\(RAM\\) - 8; _estack = _bflag;")
  foreach(build "-Os" "-O0 -g" "-O2 -flto" "-Os -ffunction-sections -Wl,--gc-sections"
                "-Os -g -flto -Wl,--gc-sections")
    separate_arguments(options UNIX_COMMAND "${build}")
    set(link ${COMPILER} -mcpu=cortex-m4 -mthumb -DSTM32F411xE ${options} -nostdlib -Wl,--entry=sysboot_check
        -Wl,--build-id=none -Wl,--fatal-warnings ${LIBRARY}/sysboot.c -o ${WORK}/program.elf)
    execute_process(COMMAND ${link} RESULT_VARIABLE result ERROR_VARIABLE message)
    if(result EQUAL 0 OR NOT message MATCHES "${sentence}")
      message(SEND_ERROR "${build}, no _bflag: nothing says what to do:\n${message}")
    endif()
    execute_process(COMMAND ${link} -Wl,--defsym=_bflag=0x2001FFF8
      RESULT_VARIABLE result OUTPUT_VARIABLE message ERROR_VARIABLE message)
    if(NOT result EQUAL 0 OR NOT message STREQUAL "")
      message(SEND_ERROR "${build}, with _bflag: ${message}")
    endif()
  endforeach()
  foreach(silent -DSYSBOOT_STORE_STACK_OFFSET -DSYSBOOT_STORE_RTC -D__ZEPHYR__)
    expect_compiles(cortex-m4 STM32F411xE sysboot.c ${silent})
    file(STRINGS ${WORK}/sysboot.c.o found REGEX "linker script")
    if(found)
      message(SEND_ERROR "${silent}: ${found}")
    endif()
  endforeach()
endfunction()

# The two files that a release makes of the library.
function(check_single)
  execute_process(COMMAND ${LIBRARY}/../../packaging/single-file.sh ${WORK} COMMAND_ERROR_IS_FATAL ANY)
  set(LIBRARY ${WORK})
  foreach(pair ${chips})
    string(REPLACE ":" ";" pair ${pair})
    list(GET pair 0 core)
    list(GET pair 1 chip)
    expect_compiles(${core} ${chip} sysboot_single.c)
  endforeach()
  file(WRITE ${WORK}/user.c "#include \"sysboot_single.h\"\nint main(void);\nstatic void wait(uint32_t ms) { (void)ms; }\n"
    "static void unplug(void) {}\nint main(void) {\n  sysboot_start();\n  for (;;) sysboot_poll(wait, unplug);\n}\n")
  expect_compiles(cortex-m4 STM32F411xE user.c)
  foreach(store ${stores})
    expect_compiles(cortex-m4 STM32F411xE sysboot_single.c -DSYSBOOT_STORE_${store})
    list(TRANSFORM symbol_${store} REPLACE "(.+)" "-Wl,--defsym=\\1=0x2001FFF8" OUTPUT_VARIABLE symbol)
    execute_process(
      COMMAND ${COMPILER} -nostdlib -mcpu=cortex-m4 -mthumb -Wl,--entry=main -Wl,--build-id=none ${symbol}
              ${WORK}/user.c.o ${WORK}/sysboot_single.c.o -o ${WORK}/user.elf
      RESULT_VARIABLE result ERROR_VARIABLE message)
    if(NOT result EQUAL 0)
      message(SEND_ERROR "a program with the two files and store ${store}:\n${message}")
    endif()
  endforeach()
endfunction()

# Everything that sysboot_check() and sysboot_request() bring into an application.
function(check_size)
  set(limit_RESERVED 252)
  set(limit_STACK_OFFSET 252)
  set(limit_RTC 300)
  foreach(store ${stores})
    expect_compiles(cortex-m4 STM32F411xE sysboot.c -DSYSBOOT_STORE_${store} -fstack-usage)
    execute_process(
      COMMAND ${COMPILER} -nostdlib -mcpu=cortex-m4 -mthumb -Wl,--gc-sections
              -Wl,--entry=sysboot_check -Wl,--undefined=sysboot_request -Wl,-Ttext=0x08000000
              -Wl,--defsym=_bflag=0x2001FFF8 -Wl,--defsym=_estack=0x20020000 -Wl,--build-id=none
              ${WORK}/sysboot.c.o -o ${WORK}/size.elf
      COMMAND_ERROR_IS_FATAL ANY)
    execute_process(COMMAND ${SIZE} -A ${WORK}/size.elf OUTPUT_VARIABLE sections
      COMMAND_ERROR_IS_FATAL ANY)
    string(REGEX MATCH "\\.text +([0-9]+)" found "${sections}")
    set(bytes ${CMAKE_MATCH_1})
    string(TOLOWER ${store} name)
    message(STATUS "STM32F411, -Os, store ${name}: check and request take ${bytes} bytes")
    if(bytes STREQUAL "" OR bytes GREATER limit_${store})
      message(SEND_ERROR "more than ${limit_${store}} bytes")
    endif()
    file(STRINGS ${WORK}/sysboot.c.su usage REGEX "sysboot_check")
    string(REGEX MATCH "\t([0-9]+)\t" found "${usage}")
    if(NOT found OR CMAKE_MATCH_1 GREATER_EQUAL 64)
      message(SEND_ERROR "sysboot_check() uses too much stack: ${usage}")
    endif()
  endforeach()
endfunction()

cmake_language(CALL check_${WHAT})
