// SPDX-License-Identifier: GPL-3.0-or-later
#include <fmt/format.h>

#include <iostream>

#include "hints.hpp"
#include "renderer.hpp"

namespace stm32boot {
namespace {

using nlohmann::ordered_json;

double seconds(sysboot::Duration duration) {
  return std::chrono::duration<double>(duration).count();
}

std::string hex(const sysboot::Bytes& bytes) {
  std::string text;
  for (const auto byte : bytes) text += fmt::format("{:02x}", byte);
  return text;
}

ordered_json to_json(const sysboot::StageBegin& begin) {
  ordered_json object = {
      {"event", "begin"}, {"stage", to_string(begin.stage)}, {"total", begin.total}};
  if (!begin.text.empty()) object["text"] = begin.text;
  return object;
}

ordered_json to_json(const sysboot::StageProgress& progress) {
  return {{"event", "progress"}, {"stage", to_string(progress.stage)}, {"done", progress.done}};
}

ordered_json to_json(const sysboot::StageEnd& end) {
  return {{"event", "end"},
          {"stage", to_string(end.stage)},
          {"done", end.done},
          {"seconds", seconds(end.took)},
          {"text", end.text}};
}

ordered_json to_json(const sysboot::Note& note) {
  const char* level = note.level == sysboot::Note::Level::debug  ? "debug"
                      : note.level == sysboot::Note::Level::info ? "info"
                                                                 : "warning";
  return {{"event", "note"}, {"level", level}, {"text", note.text}};
}

ordered_json to_json(const sysboot::Transfer& transfer) {
  return {{"event", "transfer"},
          {"request_type", transfer.setup.request_type},
          {"request", transfer.setup.request},
          {"value", transfer.setup.value},
          {"index", transfer.setup.index},
          {"length", transfer.setup.length},
          {"status", to_string(transfer.result.status)},
          {"moved", transfer.result.length},
          {"data", hex(transfer.data)},
          {"seconds", seconds(transfer.took)}};
}

ordered_json to_json(const sysboot::Error& error) {
  ordered_json object = {{"code", to_string(error.code())}, {"text", error.text()}};
  if (!error.context().empty()) object["context"] = error.context();
  object["hints"] = hints(error.code());
  return object;
}

class JsonRenderer : public Renderer {
 public:
  explicit JsonRenderer(const RenderOptions& options) : options_(options) {}

  void event(const sysboot::Event& event) override {
    if (const auto* note = std::get_if<sysboot::Note>(&event)) {
      if (note->level == sysboot::Note::Level::debug && options_.verbosity < 1) return;
    } else if (std::holds_alternative<sysboot::Transfer>(event)) {
      if (options_.verbosity < 2) return;
    } else if (options_.quiet) {
      return;
    }
    if (broken_) return;
    try {
      std::visit([](const auto& specific) { print(to_json(specific)); }, event);
    } catch (const sysboot::Error& error) {
      broken_ = error;  // no reason to stop in the middle of a flash; finish() reports it
    }
  }

  void console(const ConsoleText& said) override {
    ordered_json object = {{"event", "console"}, {"text", said.text}};
    if (!said.time.empty()) object["time"] = said.time;
    print(object);
  }

  void finish(const Outcome& outcome) override {
    if (broken_) throw *broken_;
    for (const auto& remark : outcome.remarks) std::cerr << remark << '\n';
    if (outcome.facts.is_array() && !outcome.problem) {
      print(outcome.facts);
      return;
    }
    ordered_json object = {{"event", "result"},
                           {"ok", !outcome.problem},
                           {"exit", outcome.code()},
                           {"command", outcome.command}};
    if (outcome.facts.is_object()) object.update(outcome.facts);
    if (outcome.problem) object["error"] = to_json(*outcome.problem);
    print(object);
  }

 private:
  // Text from devices may be anything; what is not UTF-8 is replaced.
  static void print(const ordered_json& json) {
    write_result(json.dump(-1, ' ', false, ordered_json::error_handler_t::replace));
  }

  RenderOptions options_;
  std::optional<sysboot::Error> broken_;
};

}  // namespace

std::unique_ptr<Renderer> make_json_renderer(const RenderOptions& options) {
  return std::make_unique<JsonRenderer>(options);
}

}  // namespace stm32boot
