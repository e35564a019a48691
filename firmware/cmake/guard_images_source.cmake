# usage: cmake -DDIR=folder with the .bin files -DNAMES=list -DOUT=file -P guard_images_source.cmake
set(rows)
set(count 0)
foreach(name IN LISTS NAMES)
  file(READ ${DIR}/${name}.bin bytes HEX)
  string(REGEX REPLACE "(..)" "\\\\x\\1" bytes ${bytes})
  string(APPEND rows "    GuardImage{\"${name}\", std::string_view(\"${bytes}\", sizeof(\"${bytes}\") - 1)},\n")
  math(EXPR count "${count} + 1")
endforeach()
file(WRITE ${OUT} "// Made by firmware/cmake/guard_images_source.cmake.
#include \"commands/guard_images.hpp\"

#include <array>

namespace stm32boot {

std::span<const GuardImage> guard_images() {
  static constexpr std::array<GuardImage, ${count}> images = {
${rows}  };
  return images;
}

}  // namespace stm32boot
")
