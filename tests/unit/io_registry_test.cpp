// SPDX-License-Identifier: GPL-3.0-or-later
// What macOS shows of USB devices and their ports. Numbers and names are those of public listings
// of `ioreg`: pyserial's pull request 784 (CP2105), serialport-rs' issue 214 (Black Magic Probe),
// libusbp's issue 8 (FT232R), pc-nrfconnect-linkmonitor's issue 41 (PL2303), all on GitHub.
#include "host/mac/io_registry.hpp"

#include <gmock/gmock.h>

#include "mac/fake_registry.hpp"

namespace sysboot {
namespace {

using testing::IsEmpty;
using testing::SizeIs;

using Properties = FakeRegistry::Properties;

class IoRegistry : public testing::Test {
 protected:
  static Properties ft232r() {
    return {{"locationID", 0x14400000},
            {"USB Address", 6},
            {"idVendor", 1027},
            {"idProduct", 24577},
            {"kUSBVendorString", "FTDI"},
            {"kUSBProductString", "FT232R USB UART"},
            {"kUSBSerialNumberString", "AE01EB7D"}};
  }

  unsigned add_device(const Properties& properties, const std::string& kind = "IOUSBHostDevice") {
    return registry_.add(registry_.add(0, "AppleUSB20HubPort"), kind, properties);
  }

  unsigned add_interface(unsigned device, int number, int location) {
    return registry_.add(device, "IOUSBHostInterface",
                         {{"bInterfaceNumber", number}, {"locationID", location}});
  }

  /// As drivers put it there: three levels below an interface.
  unsigned add_port(unsigned interface, const FakeRegistry::Value& path) {
    const unsigned driver = registry_.add(interface, "AppleUSBACMData");
    const unsigned stream = registry_.add(driver, "IOModemSerialStreamSync");
    return registry_.add(stream, "IOSerialBSDClient",
                         {{"IOCalloutDevice", path}, {"IODialinDevice", "/dev/tty.other"}});
  }

  RegistryDevice only_device() {
    const auto devices = registry_devices();
    EXPECT_THAT(devices, SizeIs(1));
    return devices.empty() ? RegistryDevice() : devices[0];
  }

  FakeRegistry registry_;
};

TEST_F(IoRegistry, ADeviceWithAllThatItSays) {
  add_device(ft232r());
  const RegistryDevice device = only_device();
  EXPECT_EQ(device.port_path, "20-4");
  EXPECT_EQ(device.bus, 20u);
  EXPECT_EQ(device.address, 6u);
  EXPECT_EQ(device.vendor, 0x0403);
  EXPECT_EQ(device.product_id, 0x6001);
  EXPECT_EQ(device.manufacturer, "FTDI");
  EXPECT_EQ(device.product, "FT232R USB UART");
  EXPECT_EQ(device.serial, "AE01EB7D");
  EXPECT_THAT(registry_serial_ports(), IsEmpty()) << "no driver has made a port of it yet";
}

TEST_F(IoRegistry, WithoutSerialNumberAndWithTheOlderKeys) {
  add_device({{"locationID", 336789504},
              {"USB Address", 23},
              {"idVendor", 1659},
              {"idProduct", 8963},
              {"USB Product Name", "USB-Serial Controller"}},
             "AppleUSBDevice");
  const RegistryDevice device = only_device();
  EXPECT_EQ(device.port_path, "20-1.3");
  EXPECT_EQ(device.product, "USB-Serial Controller");
  EXPECT_EQ(device.serial, "");
  EXPECT_EQ(device.manufacturer, "");
}

TEST_F(IoRegistry, WhatTheDeviceSaysGoesBeforeWhatTheSystemMakesOfIt) {
  Properties both = ft232r();
  both["USB Product Name"] = "FT232R USB UART ";
  both["USB Vendor Name"] = "Future";
  both["USB Serial Number"] = "other";
  add_device(both);
  const RegistryDevice device = only_device();
  EXPECT_EQ(device.product, "FT232R USB UART");
  EXPECT_EQ(device.manufacturer, "FTDI");
  EXPECT_EQ(device.serial, "AE01EB7D");
}

TEST_F(IoRegistry, PropertiesOfAnotherTypeAreNone) {
  Properties odd = ft232r();
  odd["kUSBProductString"] = 7;
  odd["USB Product Name"] = "FT232R";
  odd["kUSBSerialNumberString"] = FakeRegistry::Data{};
  odd["kUSBVendorString"] = std::string(2000, 'x');
  odd["idVendor"] = "1027";
  add_device(odd);
  const RegistryDevice device = only_device();
  EXPECT_EQ(device.product, "FT232R");
  EXPECT_EQ(device.serial, "");
  EXPECT_EQ(device.manufacturer, "") << "longer than any string descriptor";
  EXPECT_EQ(device.vendor, 0);
}

TEST_F(IoRegistry, ADeviceWithoutAPlaceOrAnAddressIsLeftOut) {
  for (const char* key : {"locationID", "USB Address"}) {
    Properties without = ft232r();
    without.erase(key);
    add_device(without);
    without[key] = "336592896";
    add_device(without);
    without[key] = FakeRegistry::Data{};
    add_device(without);
  }
  EXPECT_THAT(registry_devices(), IsEmpty());
}

// Numbers of 32 bits may come with the sign that the uppermost has (nusb's issue 66).
TEST_F(IoRegistry, ALocationWithTheUppermostBit) {
  Properties properties = ft232r();
  properties["locationID"] = std::int64_t{static_cast<std::int32_t>(0x81200000u)};
  add_device(properties);
  EXPECT_EQ(only_device().port_path, "129-2");
  EXPECT_EQ(only_device().bus, 129u);
}

TEST_F(IoRegistry, PortsOfACompositeDeviceBehindHubs) {
  const unsigned hub = add_device({{"locationID", 0x01112100}, {"USB Address", 3}});
  const unsigned device =
      registry_.add(registry_.add(hub, "AppleUSB20HubPort"), "IOUSBHostDevice",
                    {{"locationID", 17899792}, {"USB Address", 4}, {"idVendor", 4292}});
  add_port(add_interface(device, 1, 17899792), "/dev/cu.usbserial-011121101");
  add_port(add_interface(device, 0, 17899792), "/dev/cu.usbserial-011121100");
  const auto ports = registry_serial_ports();
  ASSERT_THAT(ports, SizeIs(2));
  EXPECT_EQ(ports[0].path, "/dev/cu.usbserial-011121100") << "in order of path";
  EXPECT_EQ(ports[0].port_path, "1-1.1.2.1.1");
  EXPECT_EQ(ports[0].interface_number, 0);
  EXPECT_EQ(ports[1].path, "/dev/cu.usbserial-011121101");
  EXPECT_EQ(ports[1].port_path, "1-1.1.2.1.1");
  EXPECT_EQ(ports[1].interface_number, 1);
  EXPECT_THAT(registry_devices(), SizeIs(2)) << "the hub, too";
}

// A port of a CDC function hangs below its data interface, not below the first.
TEST_F(IoRegistry, PortsOfTwoCdcFunctions) {
  const unsigned device = add_device({{"locationID", 1048576}, {"USB Address", 1}});
  for (const int function : {0, 2}) {
    registry_.add(add_interface(device, function, 1048576), "AppleUSBACMControl");
    add_port(add_interface(device, function + 1, 1048576),
             "/dev/cu.usbmodem97B6DC14" + std::to_string(function + 1));
  }
  const auto ports = registry_serial_ports();
  ASSERT_THAT(ports, SizeIs(2));
  EXPECT_EQ(ports[0].path, "/dev/cu.usbmodem97B6DC141");
  EXPECT_EQ(ports[0].interface_number, 1);
  EXPECT_EQ(ports[1].path, "/dev/cu.usbmodem97B6DC143");
  EXPECT_EQ(ports[1].interface_number, 3);
  EXPECT_EQ(ports[1].port_path, only_device().port_path);
}

TEST_F(IoRegistry, OfADriverThatTakesTheWholeDevice) {
  add_port(add_device(ft232r()), "/dev/cu.usbserial-AE01EB7D");
  const auto ports = registry_serial_ports();
  ASSERT_THAT(ports, SizeIs(1));
  EXPECT_EQ(ports[0].port_path, "20-4");
  EXPECT_EQ(ports[0].interface_number, 0);
}

TEST_F(IoRegistry, APortThatNoUsbDeviceIsBehindIsLeftOut) {
  registry_.add(registry_.add(0, "IOBluetoothSerialClient"), "IOSerialBSDClient",
                {{"IOCalloutDevice", "/dev/cu.Bluetooth-Incoming-Port"}});
  const unsigned device = add_device(ft232r());
  add_port(device, "/dev/cu.usbserial-AE01EB7D");
  EXPECT_THAT(registry_serial_ports(), SizeIs(1));
  registry_.cut_off(device + 1);
  EXPECT_THAT(registry_serial_ports(), IsEmpty()) << "its device is gone";
}

TEST_F(IoRegistry, APortWithoutANameIsLeftOut) {
  const unsigned device = add_device(ft232r());
  add_port(device, 7);
  registry_.add(device, "IOSerialBSDClient");
  EXPECT_THAT(registry_serial_ports(), IsEmpty());
}

TEST_F(IoRegistry, ARegistryThatCannotBeReadIsEmpty) {
  add_port(add_device(ft232r()), "/dev/cu.usbserial-AE01EB7D");
  registry_.refuse_to_list();
  EXPECT_THAT(registry_devices(), IsEmpty());
  EXPECT_THAT(registry_serial_ports(), IsEmpty());
}

}  // namespace
}  // namespace sysboot
