// SPDX-License-Identifier: GPL-3.0-or-later
// Checks errors by code and by what their text must say.
#pragma once

#include <gmock/gmock.h>

#include "sysboot/error.hpp"

namespace support {

/// Runs `action` and returns the Error it must throw; fails the test when it throws none.
template <typename Action>
sysboot::Error error_from(Action action) {
  try {
    action();
  } catch (const sysboot::Error& error) {
    return error;
  }
  ADD_FAILURE() << "no sysboot::Error was thrown";
  return {sysboot::Errc::usage, "no error"};
}

}  // namespace support

/// The action must throw an Error with this code, and its what() must contain each of the texts.
#define EXPECT_ERROR(action, expected_code, matcher)                                           \
  do {                                                                                         \
    const sysboot::Error seen_error = support::error_from([&] { static_cast<void>(action); }); \
    EXPECT_EQ(to_string(seen_error.code()), to_string(expected_code)) << seen_error.what();    \
    EXPECT_THAT(seen_error.what(), matcher);                                                   \
  } while (false)
