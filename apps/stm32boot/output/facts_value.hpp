// SPDX-License-Identifier: GPL-3.0-or-later
// What is told to programs, before it becomes text: values under names, in the order they came.
// Every command has some, so this is cheap to compile; only json.cpp knows JSON.
#pragma once

#include <concepts>
#include <cstddef>
#include <cstdint>
#include <initializer_list>
#include <string>
#include <string_view>
#include <type_traits>
#include <variant>
#include <vector>

namespace stm32boot {

/// Null, true or false, a number, text, a list, or an object:
/// Facts facts = {{"image", name}, {"bytes", 4096}}; facts["run"] = {{"back", true}};
class Facts {
 public:
  struct Member;
  using List = std::vector<Facts>;
  using Object = std::vector<Member>;
  using Value = std::variant<Object, List, std::nullptr_t, bool, std::int64_t, std::uint64_t,
                             double, std::string>;

  /// An object without members; the others are implicit, so that facts read as lists.
  Facts();
  Facts(std::initializer_list<Member> members);
  Facts(std::nullptr_t);
  Facts(double number);
  Facts(const char* text);
  Facts(std::string_view text);
  Facts(std::string text);
  Facts(const std::vector<std::string>& texts);
  template <std::integral Number>
  Facts(Number number) : value_(static_cast<Widest<Number>>(number)) {}
  static Facts list();

  Facts(const Facts& other);
  Facts(Facts&& other) noexcept;
  Facts& operator=(const Facts& other);
  Facts& operator=(Facts&& other) noexcept;
  ~Facts();

  const Value& value() const { return value_; }
  bool is_object() const { return std::holds_alternative<Object>(value_); }
  bool is_list() const { return std::holds_alternative<List>(value_); }

  /// Of an object: the member of this name; null when there is none.
  const Facts* find(std::string_view name) const;
  /// Of an object: the member of this name, behind the others when it is new.
  Facts& operator[](std::string_view name);
  /// Of an object: takes over all members of another one.
  void update(const Facts& others);
  /// Of a list.
  void push_back(Facts item);

 private:
  template <typename Number>
  using Widest =
      std::conditional_t<std::same_as<Number, bool>, bool,
                         std::conditional_t<std::is_signed_v<Number>, std::int64_t, std::uint64_t>>;

  Value value_;
};

struct Facts::Member {
  std::string name;
  Facts value;
};

}  // namespace stm32boot
