// SPDX-License-Identifier: GPL-3.0-or-later
// What the library calls of I/O Kit and Core Foundation, on a registry in memory.
#pragma once

#include <cstdint>
#include <map>
#include <string>
#include <variant>
#include <vector>

namespace sysboot {

/// For io_registry.cpp, compiled against the headers in packaging/mac; one at a time.
class FakeRegistry {
 public:
  struct Data {};  ///< neither text nor number
  using Value = std::variant<std::int64_t, std::string, Data>;
  using Properties = std::map<std::string, Value>;

  FakeRegistry();
  FakeRegistry(const FakeRegistry&) = delete;
  FakeRegistry& operator=(const FakeRegistry&) = delete;
  ~FakeRegistry();

  /// Below `parent`; 0 is the root, which has no properties.
  unsigned add(unsigned parent, const std::string& kind, const Properties& properties = {});
  /// With all that is above it, as an entry is that somebody still holds after its device is gone.
  void cut_off(unsigned entry);
  void refuse_to_list() { refuses_ = true; }
  /// Objects of both frameworks that were handed out and are not released yet.
  int held() const { return held_; }

 private:
  friend struct Calls;
  struct Entry {
    unsigned parent;
    std::string kind;
    Properties properties;
  };
  std::vector<Entry> entries_{{0, "IORegistryEntry", {}}};
  std::map<unsigned, std::vector<unsigned>> iterators_;
  bool refuses_ = false;
  int held_ = 0;
};

}  // namespace sysboot
