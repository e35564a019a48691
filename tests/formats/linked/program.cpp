// SPDX-License-Identifier: GPL-3.0-or-later
// Never run: virtual functions, templates and static objects, with program.c's outside world.
#include <stdint.h>

namespace {

struct Device {
  virtual void write(uint32_t value) = 0;
  virtual uint32_t read() = 0;
};

template <uint32_t address>
struct Register final : Device {
  void write(uint32_t value) override { *reinterpret_cast<volatile uint32_t*>(address) = value; }
  uint32_t read() override { return *reinterpret_cast<volatile uint32_t*>(address); }
};

template <int scale>
struct Filter final : Device {
  explicit Filter(Device& next) : next_(next) {}
  void write(uint32_t value) override {
    sum_ += value * scale;
    if (sum_ > 1000 * scale) next_.write(sum_ / (scale + 1));
  }
  uint32_t read() override {
    uint32_t best = 0;
    for (int i = 0; i < scale; ++i) {
      const uint32_t now = next_.read();
      if (now > best) best = now;
    }
    return best - sum_;
  }
  Device& next_;
  uint32_t sum_ = 0;
};

Register<0x40004404> serial_data;
Register<0x40020014> leds;
Filter<2> slow(serial_data);
Filter<3> slower(slow);
Filter<5> slowest(slower);
Filter<7> other(leds);
Filter<9> another(other);
Device* const devices[] = {&serial_data, &leds, &slow, &slower, &slowest, &other, &another};
volatile uint32_t ticks;

uint32_t mix(uint32_t a, uint32_t b) {
  return a * 2654435761U ^ b >> 3;
}

}  // namespace

extern "C" {
[[gnu::used]] void report(uint32_t exception) {
  leds.write(exception);
}
[[gnu::used]] void tick() {
  ticks = ticks + 1;
}
[[gnu::used]] void serial() {
  for (Device* device : devices) device->write(mix(ticks, serial_data.read()));
}
[[gnu::used]] void usb() {
  devices[ticks % 7]->write(ticks);
}
int main() {
  for (;;) {
    uint32_t sum = 0;
    for (Device* device : devices) sum = mix(sum, device->read());
    if (sum % 5 == 0) slowest.write(sum);
    if (sum % 7 == 0) another.write(sum);
  }
}
}
