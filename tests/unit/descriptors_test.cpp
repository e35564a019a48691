// SPDX-License-Identifier: GPL-3.0-or-later
#include "dfuse/descriptors.hpp"
#include "support/throws.hpp"
#include "sysboot/virtual/application.hpp"
#include "sysboot/virtual/rom.hpp"

namespace sysboot {
namespace {

using testing::HasSubstr;
using testing::IsEmpty;
using testing::SizeIs;

const Bytes configuration_head = {9, 2, 0, 0, 1, 1, 0, 0xC0, 50};
const Bytes dfu_interface = {9, 4, 0, 0, 0, 0xFE, 1, 2, 4};
const Bytes dfu_functional = {9, 0x21, 0x0B, 0xFF, 0x00, 0x00, 0x08, 0x1A, 0x01};

Bytes join(std::initializer_list<Bytes> parts) {
  Bytes all;
  for (const Bytes& part : parts) all.insert(all.end(), part.begin(), part.end());
  return all;
}

TEST(Configuration, OfTheF411Rom) {
  virtual_bench::FlashMemory flash(parse_layout("@Internal Flash  /0x08000000/04*016Kg"));
  const virtual_bench::Rom rom({}, flash);
  const Bytes& bytes = rom.descriptors().configuration;
  EXPECT_THAT(bytes, SizeIs(54)) << "wTotalLength 0x0036, as lsusb shows it for a real F4";
  const Configuration configuration = parse_configuration(bytes);
  ASSERT_THAT(configuration.interfaces, SizeIs(4));
  for (const auto& interface : configuration.interfaces) EXPECT_TRUE(interface.is_dfu_mode());
  ASSERT_TRUE(configuration.dfu);
  EXPECT_TRUE(configuration.dfu->is_dfuse());
  EXPECT_TRUE(configuration.dfu->can_download);
  EXPECT_TRUE(configuration.dfu->can_upload);
  EXPECT_TRUE(configuration.dfu->will_detach);
  EXPECT_FALSE(configuration.dfu->manifestation_tolerant);
  EXPECT_EQ(configuration.dfu->detach_timeout, 255);
  EXPECT_EQ(configuration.dfu->transfer_size, 2048);
}

TEST(Configuration, OfAnApplicationWithDfuRuntime) {
  virtual_bench::ApplicationSettings settings;
  settings.has_dfu_runtime = true;
  const virtual_bench::Application application(settings);
  const Configuration configuration = parse_configuration(application.descriptors().configuration);
  ASSERT_THAT(configuration.interfaces, SizeIs(3));
  EXPECT_TRUE(configuration.interfaces[2].is_dfu_runtime());
  ASSERT_TRUE(configuration.dfu);
  EXPECT_FALSE(configuration.dfu->is_dfuse());
}

TEST(Configuration, SkipsWhatItDoesNotKnow) {
  const Configuration configuration = parse_configuration(
      join({configuration_head, {3, 0x77, 1}, dfu_interface, {2, 0xFF}, dfu_functional}));
  EXPECT_THAT(configuration.interfaces, SizeIs(1));
  EXPECT_TRUE(configuration.dfu);
}

TEST(Configuration, TakesNoHidDescriptorForADfuOne) {
  const Bytes hid_interface = {9, 4, 0, 0, 1, 3, 1, 1, 0};
  const Configuration configuration =
      parse_configuration(join({configuration_head, hid_interface, dfu_functional}));
  EXPECT_FALSE(configuration.dfu);
}

TEST(Configuration, Dfu10HasNoVersion) {
  const Bytes functional = {7, 0x21, 0x01, 0xFF, 0x00, 0x40, 0x00};
  const Configuration configuration =
      parse_configuration(join({configuration_head, dfu_interface, functional}));
  EXPECT_EQ(configuration.dfu->version, 0x0100);
}

TEST(HostileConfiguration, IsRefusedWithThePlace) {
  EXPECT_ERROR(parse_configuration(Bytes()), Errc::protocol, HasSubstr("too short"));
  EXPECT_ERROR(parse_configuration(Bytes(8, 9)), Errc::protocol, HasSubstr("too short"));
  EXPECT_ERROR(parse_configuration(join({configuration_head, {0, 4}})), Errc::protocol,
               HasSubstr("broken at byte 9 of 11: a part that claims 0 bytes"));
  EXPECT_ERROR(parse_configuration(join({configuration_head, {1}})), Errc::protocol,
               HasSubstr("claims 1 byte"));
  EXPECT_ERROR(parse_configuration(join({configuration_head, {9, 4, 0}})), Errc::protocol,
               HasSubstr("broken at byte 9 of 12: a part that claims 9 bytes"));
  EXPECT_ERROR(parse_configuration(join({configuration_head, dfu_interface, {3, 0x21, 0x0B}})),
               Errc::protocol, HasSubstr("DFU functional descriptor has 3 bytes"));
}

TEST(HostileConfiguration, ListsInterfacesAsFarAsItMakesSense) {
  EXPECT_THAT(interfaces_in(join({configuration_head, dfu_interface, {0, 4}})), SizeIs(1));
  EXPECT_THAT(interfaces_in(Bytes()), IsEmpty());
}

std::string text_of(const Bytes& descriptor) {
  return parse_string_descriptor(descriptor);
}

TEST(StringDescriptor, Utf16ToUtf8) {
  EXPECT_EQ(text_of({8, 3, 'A', 0, 0xE9, 0, 0xAC, 0x20}), "A\u00e9\u20ac");
  EXPECT_EQ(text_of({6, 3, 0x3D, 0xD8, 0x00, 0xDE}), "\U0001F600");
}

TEST(StringDescriptor, ToleratesAWrongLength) {
  EXPECT_EQ(text_of({10, 3, 'A', 0, 'B', 0}), "AB") << "F427 ROMs send less";
  EXPECT_EQ(text_of({4, 3, 'A', 0, 'B', 0}), "A");
  EXPECT_EQ(text_of({5, 3, 'A', 0, 'B'}), "A") << "half a character";
}

TEST(StringDescriptor, ReplacesBrokenSurrogates) {
  EXPECT_EQ(text_of({6, 3, 0x3D, 0xD8, 'A', 0}),
            "\uFFFD"
            "A");
  EXPECT_EQ(text_of({4, 3, 0x00, 0xDC}), "\uFFFD");
  EXPECT_EQ(text_of({4, 3, 0x3D, 0xD8}), "\uFFFD") << "cut off";
}

TEST(StringDescriptor, UnusableOnesAreEmpty) {
  EXPECT_EQ(text_of({}), "");
  EXPECT_EQ(text_of({2, 3}), "");
  EXPECT_EQ(text_of({6, 2, 'A', 0, 'B', 0}), "") << "of another type";
  EXPECT_EQ(text_of({0, 3, 'A', 0}), "");
}

// Its strings are in one language, and it stalls what is asked for in another.
class OfOneLanguage : public UsbDevice {
 public:
  OfOneLanguage(std::uint16_t language, std::string_view text)
      : language_(language), text_(virtual_bench::Descriptors::string(text)) {}

  void submit(const Setup& setup, ByteView /*out*/, Duration /*timeout*/) override {
    ++requests;
    const bool is_list = (setup.value & 0xFF) == 0;
    if (is_list) answer_ = {4, 3, std::uint8_t(language_ & 0xFF), std::uint8_t(language_ >> 8)};
    if (!is_list) answer_ = setup.index == language_ ? text_ : Bytes();
  }
  TransferResult reap(std::span<std::uint8_t> in) override {
    if (answer_.empty()) return {TransferStatus::stall, 0};
    std::copy(answer_.begin(), answer_.end(), in.begin());
    return {TransferStatus::ok, answer_.size()};
  }
  void claim_interface(std::uint8_t /*number*/) override {}
  void set_alternate(std::uint8_t /*interface_number*/, std::uint8_t /*alternate*/) override {}
  void cancel() override {}
  void reset() override {}
  std::size_t longest_transfer() const override { return 4096; }

  int requests = 0;

 private:
  std::uint16_t language_;
  Bytes text_;
  Bytes answer_;
};

TEST(Strings, AreAskedForInEnglish) {
  OfOneLanguage device(0x0409, "@Flash");
  UsbStrings strings(device);
  EXPECT_EQ(strings.read(4), "@Flash");
  EXPECT_EQ(strings.read(5), "@Flash");
  EXPECT_EQ(device.requests, 2) << "nothing but the names";
}

TEST(Strings, AreInTheFirstLanguageOfADeviceWithoutEnglish) {
  OfOneLanguage device(0x0407, "@Speicher");
  UsbStrings strings(device);
  EXPECT_EQ(strings.read(4), "@Speicher");
  EXPECT_EQ(strings.read(5), "@Speicher");
  EXPECT_EQ(device.requests, 4) << "in English, the languages, both names";
}

TEST(DfuNames, AreTheSpecifications) {
  EXPECT_EQ(to_string(DfuState::dfuDNLOAD_IDLE), "dfuDNLOAD-IDLE");
  EXPECT_EQ(to_string(static_cast<DfuState>(77)), "state 77");
  EXPECT_EQ(to_string(static_cast<DfuStatusCode>(77)), "status 77");
  const DfuStatus status{DfuStatusCode::errTARGET, DfuState::dfuERROR, {}};
  EXPECT_THAT(status.describe(), HasSubstr("dfuERROR, "));
}

}  // namespace
}  // namespace sysboot
