# Toolchain: GNU for bare-metal ARM (Debian: gcc-arm-none-eabi). Found on the PATH.
set(CMAKE_SYSTEM_NAME Generic)
set(CMAKE_SYSTEM_PROCESSOR arm)
set(CMAKE_C_COMPILER arm-none-eabi-gcc)
set(CMAKE_OBJCOPY arm-none-eabi-objcopy CACHE STRING "objcopy for ARM")
set(CMAKE_SIZE arm-none-eabi-size CACHE STRING "size for ARM")
set(CMAKE_TRY_COMPILE_TARGET_TYPE STATIC_LIBRARY)  # there is no start-up code to link a test with
set(CMAKE_FIND_ROOT_PATH_MODE_PROGRAM NEVER)
