// SPDX-License-Identifier: GPL-3.0-or-later
#include "claims.hpp"

#include "sysboot/error.hpp"

namespace sysboot {

class Claims::Claim : public BoardLock {
 public:
  Claim(Claims& claims, const std::string& port_path) : claims_(claims), port_path_(port_path) {
    const std::lock_guard lock(claims_.mutex_);
    if (claims_.held_.insert(port_path_).second) return;
    throw Error(Errc::busy, "this stm32boot is working on this board already",
                "board " + port_path);
  }
  ~Claim() override {
    file_.reset();
    const std::lock_guard lock(claims_.mutex_);
    claims_.held_.erase(port_path_);
  }

  std::string weakness() const override { return file_->weakness(); }
  void add(std::unique_ptr<BoardLock> file) { file_ = std::move(file); }

 private:
  Claims& claims_;
  std::string port_path_;
  std::unique_ptr<BoardLock> file_;
};

std::unique_ptr<BoardLock> Claims::take(const std::string& port_path,
                                        const std::function<std::unique_ptr<BoardLock>()>& lock) {
  auto claim = std::make_unique<Claim>(*this, port_path);
  claim->add(lock());
  return claim;
}

bool Claims::has(const std::string& port_path) const {
  const std::lock_guard lock(mutex_);
  return held_.contains(port_path);
}

}  // namespace sysboot
