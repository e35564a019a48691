// SPDX-License-Identifier: GPL-3.0-or-later
#include "facts_value.hpp"

#include <utility>

namespace stm32boot {

Facts::Facts() = default;
Facts::Facts(std::initializer_list<Member> members) : value_(Object(members)) {}
Facts::Facts(std::nullptr_t) : value_(nullptr) {}
Facts::Facts(double number) : value_(number) {}
Facts::Facts(const char* text) : value_(std::string(text)) {}
Facts::Facts(std::string_view text) : value_(std::string(text)) {}
Facts::Facts(std::string text) : value_(std::move(text)) {}
Facts::Facts(const std::vector<std::string>& texts) : value_(List(texts.begin(), texts.end())) {}

Facts Facts::list() {
  Facts facts;
  facts.value_ = List();
  return facts;
}

Facts::Facts(const Facts& other) = default;
Facts::Facts(Facts&& other) noexcept = default;
Facts& Facts::operator=(const Facts& other) = default;
Facts& Facts::operator=(Facts&& other) noexcept = default;
Facts::~Facts() = default;

const Facts* Facts::find(std::string_view name) const {
  for (const auto& member : std::get<Object>(value_)) {
    if (member.name == name) return &member.value;
  }
  return nullptr;
}

Facts& Facts::operator[](std::string_view name) {
  auto& members = std::get<Object>(value_);
  for (auto& member : members) {
    if (member.name == name) return member.value;
  }
  members.push_back({std::string(name), {}});
  return members.back().value;
}

void Facts::update(const Facts& others) {
  for (const auto& [name, value] : std::get<Object>(others.value_)) (*this)[name] = value;
}

void Facts::push_back(Facts item) {
  std::get<List>(value_).push_back(std::move(item));
}

}  // namespace stm32boot
