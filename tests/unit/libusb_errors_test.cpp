// SPDX-License-Identifier: GPL-3.0-or-later
#include "host/libusb/libusb_errors.hpp"

#include <gmock/gmock.h>
#include <libusb.h>

namespace sysboot {
namespace {

TEST(LibusbErrors, OnAMacABoardInUseIsBusyAndNotForbidden) {
  EXPECT_EQ(meaning_of_libusb_error(LIBUSB_ERROR_ACCESS, LibusbSystem::mac), Errc::busy);
  EXPECT_EQ(meaning_of_libusb_error(LIBUSB_ERROR_NOT_FOUND, LibusbSystem::mac), Errc::busy)
      << "an interface that the system has not published yet";
}

TEST(LibusbErrors, OnLinuxAccessIsARight) {
  EXPECT_EQ(meaning_of_libusb_error(LIBUSB_ERROR_ACCESS, LibusbSystem::linux_usbfs),
            Errc::not_permitted);
  EXPECT_EQ(meaning_of_libusb_error(LIBUSB_ERROR_NOT_FOUND, LibusbSystem::linux_usbfs),
            Errc::not_permitted);
}

TEST(LibusbErrors, OnWindowsTheDriverIsMissing) {
  EXPECT_EQ(meaning_of_libusb_error(LIBUSB_ERROR_ACCESS, LibusbSystem::windows), Errc::busy);
  EXPECT_EQ(meaning_of_libusb_error(LIBUSB_ERROR_NOT_FOUND, LibusbSystem::windows),
            Errc::no_driver);
}

TEST(LibusbErrors, OthersMeanTheSameEverywhere) {
  for (const auto system : {LibusbSystem::linux_usbfs, LibusbSystem::windows, LibusbSystem::mac}) {
    EXPECT_EQ(meaning_of_libusb_error(LIBUSB_ERROR_BUSY, system), Errc::busy);
    EXPECT_EQ(meaning_of_libusb_error(LIBUSB_ERROR_NO_DEVICE, system), Errc::board_gone);
    EXPECT_EQ(meaning_of_libusb_error(LIBUSB_ERROR_NOT_SUPPORTED, system), Errc::no_driver);
    EXPECT_EQ(meaning_of_libusb_error(LIBUSB_ERROR_PIPE, system), Errc::usb_io);
  }
}

}  // namespace
}  // namespace sysboot
