// SPDX-License-Identifier: GPL-3.0-or-later
// The question before something is lost for good.
#pragma once

namespace stm32boot {

/// Has the user typed "yes", and nothing else? What it is about has been said before.
bool is_confirmed();

}  // namespace stm32boot
