// SPDX-License-Identifier: GPL-3.0-or-later
// Writes the inputs that fuzzing starts from: FOLDER/TARGET/NAME. Small ones, so that changes hit
// what matters.
#include <filesystem>
#include <fstream>
#include <numeric>

#include "sysboot/image.hpp"

namespace {

namespace fs = std::filesystem;
using sysboot::Bytes;
using sysboot::Image;

void write(const fs::path& file, const Bytes& content) {
  fs::create_directories(file.parent_path());
  std::ofstream out(file, std::ios::binary);
  out.write(reinterpret_cast<const char*>(content.data()),
            static_cast<std::streamsize>(content.size()));
}

Bytes bytes(std::string_view text) {
  return {text.begin(), text.end()};
}

Bytes counting(std::size_t size) {
  Bytes out(size);
  std::iota(out.begin(), out.end(), std::uint8_t{0});
  return out;
}

Image sample() {
  Image image;
  image.name = "seed";
  image.segments = {{0x0800FFF0, counting(40)}, {0x08020000, counting(3)}};
  image.entry = 0x08000141;
  image.uf2_family = 0x57755A57;
  image.other_targets = {{1, "Option Bytes", {{0x1FFFC000, counting(16)}}}};
  return image;
}

void write_images(const fs::path& folder) {
  for (const sysboot::ImageFormat& format : sysboot::image_formats()) {
    if (!format.can_be_written) continue;
    const std::string name(format.name);
    if (name == "bin") {
      write(folder / "image" / name, counting(64));
      continue;
    }
    Bytes file = encode_image(sample(), name);
    write(folder / "image" / name, file);
    if (name == "dfu") file.resize(file.size() - 16);  // this target adds the suffix itself
    write(folder / name / "sample", file);
  }
  write(folder / "hex" / "segmented",
        bytes(":020000021000EC\n:04FFFE0001020304F5\n:0400000312340010A3\n:00000001FF\n"));
  write(folder / "srec" / "short",
        bytes("S0030000FC\nS1040010AB40\nS20500123401B3\nS5030002FA\nS9030011EB\n"));
}

// Two segments and a section, so that all three tables are there.
void write_elf(const fs::path& folder) {
  Bytes file =
      bytes(std::string_view("\x7F"
                             "ELF\1\1\1\0\0\0\0\0\0\0\0\0\2\0\x28\0\1\0\0\0",
                             24));
  const auto number = [&](std::uint32_t value) {
    for (int i = 0; i < 4; ++i) file.push_back(static_cast<std::uint8_t>(value >> 8 * i));
  };
  for (const std::uint32_t word :
       {0x08000009U, 52U, 148U, 0x05000400U, 0x00200034U, 0x00280002U, 1U}) {
    number(word);
  }
  for (const std::uint32_t word : {1U, 0U, 0x08000000U, 0x08000000U, 132U, 132U, 5U, 4U,  //
                                   1U, 132U, 0x20000000U, 0x08000084U, 16U, 32U, 6U, 4U}) {
    number(word);
  }
  file.resize(148, 0xA5);
  for (const std::uint32_t word : {0U, 1U, 2U, 0U, 116U, 16U, 0U, 0U, 4U, 0U}) number(word);
  write(folder / "elf" / "sample", file);
  write(folder / "image" / "elf", file);
}

void write_device_texts(const fs::path& folder) {
  write(folder / "layout" / "f411",
        bytes("@Internal Flash  /0x08000000/04*016Kg,01*064Kg,03*128Kg"));
  write(folder / "layout" / "groups",
        bytes("@Option Bytes  /0x1FFFC000/01*016 e/0x1FFEC000/01*016 e"));
  write(folder / "layout" / "feature", bytes("@Device Feature/0xFFFF0000/01*004 e"));
  write(folder / "layout" / "no_unit", bytes("@Internal Flash  /0x08000000/1536*128g"));
  const Bytes rom = {9, 2,    36, 0,   1, 1, 0, 0xC0, 50, 9, 4, 0, 0, 0, 0xFE, 1, 2, 4,
                     9, 0x21, 11, 255, 0, 0, 8, 0x1A, 1,  9, 4, 0, 1, 0, 0xFE, 1, 2, 5};
  write(folder / "configuration" / "rom", rom);
  write(folder / "string_descriptor" / "st", {10, 3, 'S', 0, 'T', 0, 0x3D, 0xD8, 0x00, 0xDE});
}

}  // namespace

int main(int argc, char** argv) {
  if (argc != 2) return 64;
  write_images(argv[1]);
  write_elf(argv[1]);
  write_device_texts(argv[1]);
}
