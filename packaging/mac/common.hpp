// SPDX-License-Identifier: GPL-3.0-or-later
// What most files include, read once by `packaging/check-mac.sh quick`.
#include <fmt/core.h>

#include <algorithm>
#include <array>
#include <chrono>
#include <filesystem>
#include <fstream>
#include <functional>
#include <map>
#include <memory>
#include <optional>
#include <set>
#include <sstream>
#include <string>
#include <thread>
#include <vector>

#include "sysboot/error.hpp"
#include "sysboot/flash.hpp"
#include "sysboot/host.hpp"
#include "sysboot/image.hpp"
#include "sysboot/text.hpp"
