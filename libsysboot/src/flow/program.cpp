// SPDX-License-Identifier: GPL-3.0-or-later
#include "program.hpp"

#include <algorithm>

#include "difference.hpp"
#include "steps.hpp"
#include "sysboot/error.hpp"

namespace sysboot {
namespace {

// Tells a stage that counts bytes.
class Counter {
 public:
  Counter(const Job& job, Stage stage, std::uint64_t total)
      : job_(job), stage_(stage), start_(job.host.now()) {
    job.tell(StageBegin{stage, total, human_size(total)});
  }
  void add(std::uint64_t bytes) {
    done_ += bytes;
    job_.tell(StageProgress{stage_, done_});
  }
  void end(std::string_view text = {}) const {
    const Duration took = job_.host.now() - start_;
    job_.tell(
        StageEnd{stage_, done_, took, text.empty() ? rate_text(done_, took) : std::string(text)});
  }

 private:
  const Job& job_;
  Stage stage_;
  TimePoint start_;
  std::uint64_t done_ = 0;
};

void verify(const Job& job, DfuseSession& dfu, const WritePart& part, const CountBytes& count) {
  FlashReader reader(dfu);
  for (const Piece& piece : part.verify) {
    const auto difference = first_difference(job, reader, piece, dfu.block_size(), count);
    if (difference) {
      throw Error(Errc::mismatch, "flash differs from the image at " + difference->describe());
    }
  }
}

void write(const Job& job, DfuseSession& dfu, const WritePart& part, const CountBytes& count) {
  for (const Block& block : part.blocks) {
    job.check_stop();
    dfu.write_block(block.address, block.data);
    count(block.data.size());
  }
}

void write_body(const Job& job, DfuseSession& dfu, const WritePart& body,
                const FlashOptions& options) {
  if (body.write_bytes > 0) {
    Counter written(job, Stage::write, body.write_bytes);
    write(job, dfu, body, [&](std::uint64_t bytes) { written.add(bytes); });
    written.end();
  }
  if (options.verify && body.verify_bytes > 0) {
    Counter verified(job, Stage::verify, body.verify_bytes);
    verify(job, dfu, body, [&](std::uint64_t bytes) { verified.add(bytes); });
    verified.end();
  }
}

void commit(const Job& job, DfuseSession& dfu, const WritePart& part, const FlashOptions& options) {
  Counter written(job, Stage::commit, part.write_bytes);
  write(job, dfu, part, [&](std::uint64_t bytes) { written.add(bytes); });
  if (options.verify) verify(job, dfu, part, [](std::uint64_t) {});
  written.end("stack pointer and reset vector");
}

}  // namespace

WriteSizes write_sizes(const DfuseSession& dfu) {
  WriteSizes sizes;
  sizes.block = dfu.block_size();
  sizes.start = std::max(sizes.start, program_unit(dfu.layout()));
  sizes.erased = erased_byte(dfu.layout());
  return sizes;
}

void program(const Job& job, DfuseSession& dfu, const FlashPlan& plan, const FlashOptions& options,
             FlashResult& result) {
  std::vector<bool> matches(plan.sectors.size(), false);
  if (options.compare_first) matches = compare(job, dfu, plan);
  const WritePlan writes = plan_writes(plan, matches, write_sizes(dfu));
  result.sectors_erased = std::max(result.sectors_erased, writes.erase.size());
  if (!writes.erase.empty()) {
    erase_sectors(job, dfu, writes.erase);
    write_body(job, dfu, writes.body, options);
    if (!writes.start.blocks.empty()) commit(job, dfu, writes.start, options);
  }
  result.bytes_written = std::max(result.bytes_written, writes.write_bytes());
  const std::uint64_t rewritten = writes.body.verify_bytes + writes.start.verify_bytes;
  result.bytes_verified = plan.image_bytes - (options.verify ? 0 : rewritten);
}

}  // namespace sysboot
