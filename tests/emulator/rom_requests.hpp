// SPDX-License-Identifier: GPL-3.0-or-later
// What a ROM is asked: stories of requests, each of which begins in dfuIDLE.
#pragma once

#include "sysboot/types.hpp"
#include "sysboot/usb.hpp"

namespace rom_comparison {

struct Request {
  std::string name;  ///< "UPLOAD of block 2, 64 bytes"
  sysboot::Setup setup;
  sysboot::Bytes out;
  int pause_ms = 2;          ///< afterwards
  bool same_content = true;  ///< else only as many bytes: they are another chip's
};

struct Story {
  std::string name;
  std::vector<Request> requests;
};

/// For an ordinary board.
std::vector<Story> stories();
/// For one whose flash is read-protected.
std::vector<Story> protected_stories();
/// After each of these the board has left or reset.
std::vector<Story> last_stories();
std::vector<Story> last_protected_stories();

}  // namespace rom_comparison
