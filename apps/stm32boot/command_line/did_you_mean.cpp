// SPDX-License-Identifier: GPL-3.0-or-later
#include "did_you_mean.hpp"

#include <algorithm>
#include <string_view>

namespace stm32boot {
namespace {

constexpr std::size_t shortest_word = 3;
constexpr std::size_t letters_per_slip = 3;

std::string_view letters_of(std::string_view word) {
  word = word.substr(0, word.find('='));
  return word.substr(std::min(word.find_first_not_of('-'), word.size()));
}

// Letters to insert, delete, replace, or to swap with the next one.
std::size_t slips_between(std::string_view a, std::string_view b) {
  std::vector<std::vector<std::size_t>> table(a.size() + 1, std::vector<std::size_t>(b.size() + 1));
  for (std::size_t i = 0; i <= a.size(); ++i) {
    for (std::size_t j = 0; j <= b.size(); ++j) {
      std::size_t& cell = table[i][j];
      cell = std::max(i, j);
      if (i == 0 || j == 0) continue;
      cell = std::min({table[i - 1][j] + 1, table[i][j - 1] + 1,
                       table[i - 1][j - 1] + (a[i - 1] == b[j - 1] ? 0 : 1)});
      if (i < 2 || j < 2 || a[i - 1] != b[j - 2] || a[i - 2] != b[j - 1]) continue;
      cell = std::min(cell, table[i - 2][j - 2] + 1);
    }
  }
  return table[a.size()][b.size()];
}

// Whose beginning somebody typed, meant it.
std::size_t remoteness(std::string_view word, std::string_view known) {
  return known.starts_with(word) ? 0 : slips_between(word, known);
}

}  // namespace

std::optional<std::string> closest(const std::string& word, const std::vector<std::string>& known) {
  const std::string_view letters = letters_of(word);
  if (letters.size() < shortest_word) return std::nullopt;
  std::size_t least = letters.size() / letters_per_slip + 1;
  std::optional<std::string> found;
  for (const std::string& one : known) {
    const std::size_t remote = remoteness(letters, letters_of(one));
    if (remote >= least) continue;
    least = remote;
    found = one;
  }
  return found;
}

std::string did_you_mean(const std::string& word, const std::vector<std::string>& known) {
  const auto meant = closest(word, known);
  return meant ? "; did you mean '" + *meant + "'?" : std::string();
}

}  // namespace stm32boot
