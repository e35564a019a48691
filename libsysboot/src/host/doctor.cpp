// SPDX-License-Identifier: GPL-3.0-or-later
#include "sysboot/doctor.hpp"

#include <fmt/core.h>

#include "doctor_parts.hpp"
#include "processes.hpp"
#include "sysboot/board.hpp"
#include "sysboot/text.hpp"

namespace sysboot {
namespace {

namespace fs = std::filesystem;
using Grade = Finding::Grade;

Findings bus(Host& host) {
  if (const auto reason = host.usb_unavailable()) {
    return {{Grade::trouble, "USB", *reason, remedies_without_bus()}};
  }
  return {{Grade::good, "USB", counted(host.usb_devices().size(), "device") + " on the bus", {}}};
}

Findings port(Host& host, const SerialPortInfo& info) {
  const std::string subject = "port " + info.path;
  if (!host.may_open(info)) {
    return {{Grade::trouble, subject, "this user may not open it", remedies_for_forbidden_port()}};
  }
  const auto holders = processes_holding(info.path);
  if (!holders.empty()) {
    return {
        {Grade::note, subject, "held by " + holders.front().describe(), {"close that program"}}};
  }
  return {{Grade::good, subject, "can be opened", {}}};
}

Findings bootloader(Host& host, const fs::path& root, const Board& board) {
  const std::string subject = "board " + board.port_path();
  if (!host.may_open(board.usb)) {
    return {{Grade::trouble, subject, "in DFU mode, but this user may not open it",
             remedies_for_forbidden_bootloader()}};
  }
  if (const auto trouble = driver_trouble(root, board.port_path())) return {*trouble};
  return {{Grade::good, subject, "in DFU mode, can be opened", {}}};
}

Findings boards(Host& host, const fs::path& root) {
  const auto found = list_boards(host);
  if (found.empty()) return {{Grade::note, "boards", "none connected", {}}};
  Findings findings;
  for (const Board& board : found) {
    if (board.mode == BoardMode::dfu) {
      const auto more = bootloader(host, root, board);
      findings.insert(findings.end(), more.begin(), more.end());
    }
    for (const auto& info : board.ports) {
      const auto more = port(host, info);
      findings.insert(findings.end(), more.begin(), more.end());
    }
  }
  return findings;
}

}  // namespace

std::string_view to_string(Grade grade) {
  switch (grade) {
    case Grade::good: return "good";
    case Grade::note: return "note";
    case Grade::trouble: return "trouble";
  }
  return "unknown";
}

std::vector<std::string> causes_of_failed_enumeration() {
  return {
      "usual causes for a board that has just entered DFU mode: PA10 (USART1 RX) floating; a "
      "25 MHz crystal misjudged on a hot or cold chip",
      "else: the cable, the hub; try another port"};
}

std::vector<Finding> examine(Host& host, const fs::path& root) {
  Findings all;
  for (const Findings& part :
       {bus(host), examine_machine(root), boards(host, root), failed_enumerations(root)}) {
    all.insert(all.end(), part.begin(), part.end());
  }
  return all;
}

}  // namespace sysboot
