// SPDX-License-Identifier: GPL-3.0-or-later
#include "did_you_mean.hpp"

#include <algorithm>
#include <numeric>
#include <utility>

namespace stm32boot {
namespace {

// Levenshtein: letters to insert, delete or replace.
std::size_t distance(const std::string& a, const std::string& b) {
  std::vector<std::size_t> row(b.size() + 1);
  std::iota(row.begin(), row.end(), std::size_t{0});
  for (std::size_t i = 0; i < a.size(); ++i) {
    std::size_t diagonal = std::exchange(row[0], i + 1);
    for (std::size_t j = 0; j < b.size(); ++j) {
      const std::size_t replaced = diagonal + (a[i] == b[j] ? 0 : 1);
      diagonal = row[j + 1];
      row[j + 1] = std::min({row[j] + 1, row[j + 1] + 1, replaced});
    }
  }
  return row.back();
}

// Whose beginning somebody typed, meant it.
std::size_t remoteness(const std::string& word, const std::string& known) {
  return word.size() >= 3 && known.starts_with(word) ? 0 : distance(word, known);
}

}  // namespace

std::string did_you_mean(const std::string& word, const std::vector<std::string>& known) {
  const auto closest =
      std::min_element(known.begin(), known.end(), [&](const std::string& a, const std::string& b) {
        return remoteness(word, a) < remoteness(word, b);
      });
  const bool is_close = closest != known.end() && remoteness(word, *closest) <= 2;
  return is_close ? "; did you mean '" + *closest + "'?" : std::string();
}

}  // namespace stm32boot
