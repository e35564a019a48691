// SPDX-License-Identifier: GPL-3.0-or-later
// Listing from a copy of /sys as Linux lays it out.
#include "host/linux/sysfs.hpp"

#include <fstream>

#include "support/temporary.hpp"
#include "support/throws.hpp"
#include "sysboot/virtual/rom.hpp"

namespace sysboot {
namespace {

namespace fs = std::filesystem;
using testing::ElementsAre;
using testing::HasSubstr;
using testing::IsEmpty;
using testing::SizeIs;

class FakeSys : public testing::Test {
 protected:
  fs::path root() const { return folder_.path(); }

  void put(const fs::path& file, const std::string& content) {
    fs::create_directories((root() / file).parent_path());
    std::ofstream(root() / file, std::ios::binary) << content;
  }

  void add_device(const std::string& name, unsigned address, const Bytes& configuration) {
    const fs::path at = fs::path("bus/usb/devices") / name;
    put(at / "busnum", "1\n");
    put(at / "devnum", std::to_string(address) + "\n");
    put(at / "idVendor", "0483\n");
    put(at / "idProduct", "df11\n");
    put(at / "bcdDevice", "2200\n");
    put(at / "product", "STM32  BOOTLOADER\n");
    put(at / "serial", "326533683734\n");
    put(at / "descriptors",
        std::string(18, '\x12') + std::string(configuration.begin(), configuration.end()));
  }

  void add_tty(const std::string& name, const std::string& target) {
    fs::create_directories(root() / "class/tty");
    fs::create_symlink(target, root() / "class/tty" / name);
  }

  Bytes rom_configuration() { return virtual_bench::Rom({}, flash_).descriptors().configuration; }

 private:
  support::TemporaryFolder folder_;
  virtual_bench::FlashMemory flash_{parse_layout("@Internal Flash  /0x08000000/04*016Kg")};
};

TEST_F(FakeSys, ReadsADevice) {
  add_device("1-4.2", 17, rom_configuration());
  Sysfs sysfs(root());
  const auto devices = sysfs.usb_devices();
  ASSERT_THAT(devices, SizeIs(1));
  EXPECT_EQ(devices[0].port_path, "1-4.2");
  EXPECT_EQ(devices[0].address, 17U);
  EXPECT_EQ(devices[0].id(), "0483:df11");
  EXPECT_EQ(devices[0].release, 0x2200);
  EXPECT_EQ(devices[0].product_name, "STM32  BOOTLOADER");
  EXPECT_EQ(devices[0].serial, "326533683734");
  EXPECT_THAT(devices[0].interfaces, SizeIs(4));
  EXPECT_TRUE(devices[0].is_in_dfu_mode());
}

TEST_F(FakeSys, LeavesOutRootHubsHubsAndInterfaces) {
  add_device("usb1", 1, rom_configuration());
  add_device("1-4.2:1.0", 2, rom_configuration());
  const Bytes hub = {9, 2, 25, 0, 1, 1, 0, 0xE0, 0, 9, 4, 0, 0,
                     1, 9, 0,  0, 0, 7, 5, 0x81, 3, 1, 0, 12};
  add_device("1-4", 3, hub);
  EXPECT_THAT(Sysfs(root()).usb_devices(), IsEmpty());
}

TEST_F(FakeSys, SeesADeviceThatEnumeratedAgain) {
  add_device("1-1", 5, rom_configuration());
  Sysfs sysfs(root());
  EXPECT_EQ(sysfs.usb_devices().front().address, 5U);
  add_device("1-1", 6, {});
  put("bus/usb/devices/1-1/product", "Application\n");
  EXPECT_EQ(sysfs.usb_devices().front().address, 6U);
  EXPECT_EQ(sysfs.usb_devices().front().product_name, "Application");
}

TEST_F(FakeSys, KeepsNothingOpenOfADeviceThatHasLeft) {
  const auto open_files = [] {
    const fs::directory_iterator files("/proc/self/fd");
    return std::distance(begin(files), end(files));
  };
  const auto before = open_files();
  Sysfs sysfs(root());
  add_device("1-1", 5, rom_configuration());
  EXPECT_THAT(sysfs.usb_devices(), SizeIs(1));
  fs::remove_all(root() / "bus/usb/devices/1-1");
  EXPECT_THAT(sysfs.usb_devices(), IsEmpty());
  EXPECT_EQ(open_files(), before);
}

TEST_F(FakeSys, ADeviceIsThereWhenTheKernelHasMadeAllOfIt) {
  add_device("1-1", 5, rom_configuration());
  const fs::path descriptors = root() / "bus/usb/devices/1-1/descriptors";
  fs::rename(descriptors, root() / "later");
  Sysfs sysfs(root());
  EXPECT_THAT(sysfs.usb_devices(), IsEmpty()) << "its file under /dev may not be there yet";
  fs::rename(root() / "later", descriptors);
  EXPECT_THAT(sysfs.usb_devices().at(0).interfaces, SizeIs(4));
}

TEST_F(FakeSys, TellsWhetherADeviceIsStillThere) {
  add_device("1-1", 5, rom_configuration());
  const Sysfs sysfs(root());
  UsbDeviceInfo device;
  device.port_path = "1-1";
  device.address = 5;
  EXPECT_TRUE(sysfs.has(device));
  device.address = 4;
  EXPECT_FALSE(sysfs.has(device)) << "enumerated again";
  device.port_path = "1-2";
  EXPECT_FALSE(sysfs.has(device));
}

TEST_F(FakeSys, SkipsADeviceThatIsGoingAway) {
  add_device("1-1", 5, rom_configuration());
  fs::remove(root() / "bus/usb/devices/1-1/idProduct");
  EXPECT_THAT(Sysfs(root()).usb_devices(), IsEmpty());
}

TEST_F(FakeSys, SkipsADeviceThatCannotBeReadAnyMore) {
  add_device("1-4.2", 17, rom_configuration());
  const fs::path at = root() / "bus/usb/devices/1-4.2";
  for (const char* name : {"devnum", "product", "descriptors"}) {
    fs::remove(at / name);
    fs::create_symlink("/proc/self/mem", at / name);  // opens, and then fails to be read
    EXPECT_NO_THROW(Sysfs(root()).usb_devices()) << name;
  }
  EXPECT_THAT(Sysfs(root()).usb_devices(), IsEmpty());
}

TEST_F(FakeSys, TakesBrokenDescriptorsForNoInterfaces) {
  add_device("1-1", 5, {9, 2});
  const auto devices = Sysfs(root()).usb_devices();
  ASSERT_THAT(devices, SizeIs(1));
  EXPECT_THAT(devices[0].interfaces, IsEmpty());
  EXPECT_TRUE(devices[0].is_in_dfu_mode()) << "by its id, so that the user gets to hear of it";
}

TEST_F(FakeSys, FindsSerialPortsBehindHubs) {
  const std::string pci = "../../devices/pci0000:00/0000:00:14.0/usb1/";
  add_tty("ttyACM0", pci + "1-4/1-4.2/1-4.2:1.0/tty/ttyACM0");
  add_tty("ttyUSB3", pci + "1-3/1-3:1.1/ttyUSB3/tty/ttyUSB3");
  add_tty("ttyS0", "../../devices/platform/serial8250/tty/ttyS0");
  add_tty("tty1", "../../devices/virtual/tty/tty1");
  const auto ports = Sysfs(root()).serial_ports();
  ASSERT_THAT(ports, SizeIs(2));
  EXPECT_EQ(ports[0].path, "/dev/ttyACM0");
  EXPECT_EQ(ports[0].port_path, "1-4.2");
  EXPECT_EQ(ports[0].interface_number, 0);
  EXPECT_EQ(ports[1].path, "/dev/ttyUSB3");
  EXPECT_EQ(ports[1].port_path, "1-3");
  EXPECT_EQ(ports[1].interface_number, 1);
}

TEST_F(FakeSys, AMachineWithoutUsbSaysSo) {
  Sysfs sysfs(root());
  EXPECT_THAT(sysfs.unavailable().value_or(""), HasSubstr("bus/usb/devices does not exist"));
  EXPECT_THAT(sysfs.usb_devices(), IsEmpty());
  EXPECT_THAT(sysfs.serial_ports(), IsEmpty());
  fs::create_directories(root() / "bus/usb/devices");
  EXPECT_EQ(sysfs.unavailable(), std::nullopt);
}

}  // namespace
}  // namespace sysboot
