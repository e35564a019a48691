// SPDX-License-Identifier: GPL-3.0-or-later
#include "other_tools.hpp"

#include <fmt/core.h>

#include <algorithm>
#include <array>
#include <cctype>
#include <string_view>

#include "sysboot/text.hpp"

namespace stm32boot {
namespace {

struct OtherWords {
  std::string_view words;   ///< with a blank between them
  std::string_view answer;  ///< FILE stands for the file that was given
};

// Sources: the manual of dfu-util 0.11, UM2237 (STM32CubeProgrammer), the help of esptool 4, of
// st-flash 1.8, of stm32flash 0.7 and of PlatformIO. When a line has several, the first row counts:
// what to do comes before how.
constexpr std::array rows = {
    OtherWords{"write write-flash write_flash program load download burn --download --write-flash "
               "-D -w --write",
               "`stm32boot flash FILE`"},
    OtherWords{"dump read-flash read_flash save --upload -U -u -r", "`stm32boot read FILE`"},
    OtherWords{"upload", "`stm32boot flash FILE` writes it, `stm32boot read FILE` reads it"},
    OtherWords{"erase-flash erase_flash mass-erase mass_erase erase-all",
               "`stm32boot erase --chip`"},
    OtherWords{"-e", "`stm32boot enter` takes a board into DFU mode, `stm32boot erase` erases"},
    OtherWords{"reset reboot -rst --reset -R --restart", "`stm32boot restart`"},
    OtherWords{"go start leave boot -g --go --start", "`stm32boot run`"},
    OtherWords{"detach bootloader dfu --detach", "`stm32boot enter`"},
    OtherWords{"devices boards ports ls probe --list -l", "`stm32boot list`"},
    OtherWords{"chip-id chip_id flash-id flash_id status", "`stm32boot info`"},
    OtherWords{"console terminal term serial screen", "`stm32boot monitor`"},
    OtherWords{"compare check verify-flash verify_flash", "`stm32boot verify FILE`"},
    OtherWords{"unprotect -rdu", "`stm32boot unlock`"},
    OtherWords{"-ob", "`stm32boot option-bytes`"},
    OtherWords{"--board --device -d -c --connect --path -S",
               "--port TTY, --usb PATH or --serial TEXT for one board"},
    OtherWords{
        "-s --dfuse-address",
        "`stm32boot flash FILE`, which also runs it, with --address for a raw binary that goes "
        "elsewhere than 0x08000000"},
    OtherWords{"-a --alt --intf", "the alternate setting of internal flash is found by itself"},
    OtherWords{"-b --baud", "USB has no baud rate"},
    OtherWords{"-f --file --image --bin", "`stm32boot flash FILE`"},
};

bool has(const OtherWords& row, std::string_view word) {
  return fmt::format(" {} ", row.words).find(fmt::format(" {} ", word)) != std::string::npos;
}

std::string name_of(const std::string& word) {
  return word.substr(0, word.find('='));
}

bool is_number(const std::string& word) {
  return !word.empty() && std::isdigit(static_cast<unsigned char>(word.front())) != 0;
}

// The first word behind it that can be a file: neither option nor number.
std::string file_behind(const std::vector<std::string>& all, const std::string& word) {
  auto at = std::find(all.begin(), all.end(), word);
  if (const std::size_t equals = word.find('='); equals != std::string::npos) {
    return word.substr(equals + 1);
  }
  for (at += at == all.end() ? 0 : 1; at != all.end(); ++at) {
    if (!at->empty() && !at->starts_with('-') && !is_number(*at)) return sysboot::printable(*at);
  }
  return "FILE";
}

std::string with_file(std::string_view answer, const std::string& file) {
  constexpr std::string_view place = "FILE";
  std::string text(answer);
  for (std::size_t at = text.find(place); at != std::string::npos;
       at = text.find(place, at + file.size())) {
    text.replace(at, place.size(), file);
  }
  return text;
}

}  // namespace

std::optional<AnswerForOtherTool> answer_for_other_tools(const std::vector<std::string>& unknown,
                                                         const std::vector<std::string>& all) {
  for (const OtherWords& row : rows) {
    const auto word = std::find_if(unknown.begin(), unknown.end(),
                                   [&](const std::string& one) { return has(row, name_of(one)); });
    if (word == unknown.end()) continue;
    const bool is_sentence = !row.answer.starts_with('`') && !row.answer.starts_with('-');
    return AnswerForOtherTool{
        *word, (is_sentence ? "" : "use ") + with_file(row.answer, file_behind(all, *word))};
  }
  return std::nullopt;
}

std::vector<std::string> words_of_other_tools() {
  std::vector<std::string> all;
  for (const OtherWords& row : rows) {
    for (std::size_t at = 0; at < row.words.size();) {
      const std::size_t end = std::min(row.words.find(' ', at), row.words.size());
      all.emplace_back(row.words.substr(at, end - at));
      at = end + 1;
    }
  }
  return all;
}

}  // namespace stm32boot
