# guard as the target `firmware` has built it: what a host knows it by, and its size.
#
#   cmake -DIMAGE=…/guard-f411.bin -DRECORD=2001fff8 -P guard_image.cmake
cmake_minimum_required(VERSION 3.22)

file(SIZE ${IMAGE} size)
if(size GREATER 1024)
  message(SEND_ERROR "${size} bytes are more than 1 KiB")
endif()

# Stack pointer, reset vector and five handlers; then magic, version, record, application; little-endian.
file(READ ${IMAGE} vectors LIMIT 44 HEX)
string(REGEX REPLACE "(..)(..)(..)(..)" "\\4\\3\\2\\1" record ${RECORD})
if(NOT vectors MATCHES "^00010020(..[0-3].0008)(..[0-3].0008)+4741524401000000${record}00400008$")
  message(SEND_ERROR "${IMAGE}: ${vectors}")
endif()
