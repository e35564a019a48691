// SPDX-License-Identifier: GPL-3.0-or-later
// Words that users of other tools type: what does the same here.
#pragma once

#include <optional>
#include <string>
#include <vector>

namespace stm32boot {

struct AnswerForOtherTool {
  std::string word;    ///< that another tool has
  std::string answer;  ///< "use `stm32boot flash app.bin`"
};

/// For the words of a command line, some of which are unknown here. Nothing when no other tool is
/// known to have them, either.
std::optional<AnswerForOtherTool> answer_for_other_tools(const std::vector<std::string>& unknown,
                                                         const std::vector<std::string>& all);

/// All words of other tools that there is an answer for.
std::vector<std::string> words_of_other_tools();

}  // namespace stm32boot
