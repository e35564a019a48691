// SPDX-License-Identifier: GPL-3.0-or-later
#include <map>
#include <nlohmann/json.hpp>

#include "facts.hpp"
#include "renderer.hpp"
#include "sysboot/text.hpp"
#include "sysboot/version.hpp"

namespace stm32boot {
namespace {

using nlohmann::ordered_json;

// Of what stm32boot-json(5) and packaging/schema promise; another one when anything there changes
// its name or meaning or goes.
constexpr int schema = 1;

ordered_json to_json(const Facts& facts);

struct ValueToJson {
  ordered_json operator()(const Facts::Object& members) const {
    ordered_json object = ordered_json::object();
    for (const auto& [name, value] : members) object.emplace(name, to_json(value));
    return object;
  }
  ordered_json operator()(const Facts::List& items) const {
    ordered_json array = ordered_json::array();
    for (const Facts& item : items) array.push_back(to_json(item));
    return array;
  }
  template <typename Plain>
  ordered_json operator()(const Plain& value) const {
    return value;
  }
};

ordered_json to_json(const Facts& facts) {
  return std::visit(ValueToJson(), facts.value());
}

ordered_json to_json(const sysboot::StageFacts& facts) {
  ordered_json object = ordered_json::object();
  if (facts.board) object["device"] = to_json(to_facts(*facts.board));
  if (!facts.trigger.empty()) object["trigger"] = facts.trigger;
  if (facts.fired) object["fired"] = *facts.fired;
  if (facts.left) object["left"] = *facts.left;
  if (facts.sectors) object["sectors"] = *facts.sectors;
  if (facts.sectors_differ) object["sectors_differ"] = *facts.sectors_differ;
  if (facts.differs_at) object["differs_at"] = sysboot::hex32(*facts.differs_at);
  return object;
}

ordered_json to_json(const sysboot::StageBegin& begin) {
  ordered_json object = {
      {"event", "begin"}, {"stage", to_string(begin.stage)}, {"total", begin.total}};
  object.update(to_json(begin.facts));
  if (!begin.text.empty()) object["text"] = begin.text;
  return object;
}

ordered_json to_json(const sysboot::StageProgress& progress) {
  return {{"event", "progress"}, {"stage", to_string(progress.stage)}, {"done", progress.done}};
}

ordered_json to_json(const sysboot::StageEnd& end) {
  ordered_json object = {{"event", "end"},
                         {"stage", to_string(end.stage)},
                         {"done", end.done},
                         {"seconds", seconds(end.took)}};
  object.update(to_json(end.facts));
  object["text"] = end.text;
  return object;
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
          {"data", sysboot::hex_bytes(transfer.data, "")},
          {"microseconds", transfer.took.count()}};
}

ordered_json any_to_json(const sysboot::Event& event) {
  return std::visit([](const auto& specific) { return to_json(specific); }, event);
}

// Text from devices may be anything; what is not UTF-8 is replaced.
std::string one_line(const ordered_json& json) {
  return json.dump(-1, ' ', false, ordered_json::error_handler_t::replace);
}

class JsonRenderer : public Renderer {
 public:
  explicit JsonRenderer(const RenderOptions& options) : options_(options) {}

  void event(const sysboot::Event& event) override {
    if (is_wanted(event)) try_print(any_to_json(event));
  }

  void begin_boards(const std::vector<std::string>& names) override {
    names_.clear();
    for (const auto& name : names) names_[names_.size()] = name;
  }

  void board_event(std::size_t number, const sysboot::Event& event) override {
    if (!is_wanted(event)) return;
    const ordered_json object = any_to_json(event);
    ordered_json tagged = {{"event", object.at("event")}, {"board", names_.at(number)}};
    tagged.update(object);
    try_print(tagged);
  }

  void board_ended(std::size_t /*number*/, const CommandResult& outcome) override {
    if (options_.quiet) return;
    ordered_json object = {{"event", "board"}};
    object.update(to_json(outcome.facts));
    mark(object);
    try_print(object);
  }

  void begin_board(std::size_t number, const std::string& name) override { names_[number] = name; }

  // Nobody goes on with boards that nobody hears of.
  void verdict(std::size_t number, const CommandResult& outcome,
               const std::string& /*text*/) override {
    names_.erase(number);
    board_ended(number, outcome);
    if (broken_) throw *broken_;
  }

  void console(const ConsoleText& said) override {
    ordered_json object = {{"event", "console"}, {"text", said.text}};
    if (!said.time.empty()) object["time"] = said.time;
    print(object);
  }

  void result(const CommandResult& /*outcome*/) override {}

  void finish(const CommandResult& outcome) override {
    if (broken_) throw *broken_;
    for (const auto& remark : outcome.remarks) write_error(remark);
    ordered_json object = {{"event", "result"},           {"schema", schema},
                           {"version", sysboot::version}, {"ok", !outcome.problem},
                           {"exit", outcome.code()},      {"command", outcome.command}};
    object.update(to_json(outcome.facts));
    if (outcome.problem) object["error"] = to_json(to_facts(*outcome.problem, options_.command));
    object["remarks"] = outcome.remarks;
    mark(object);
    print(object);
  }

 private:
  bool is_wanted(const sysboot::Event& event) const {
    if (const auto* note = std::get_if<sysboot::Note>(&event)) {
      return note->level != sysboot::Note::Level::debug || options_.verbosity >= 1;
    }
    if (std::holds_alternative<sysboot::Transfer>(event)) return options_.verbosity >= 2;
    return !options_.quiet;
  }

  // Every object that a script may look at by itself: results, boards, rows of several boards.
  void mark(ordered_json& result) const {
    if (!options_.is_virtual) return;
    result["virtual"] = true;
    for (const char* rows : {"boards", "items"}) {
      if (!result.contains(rows)) continue;
      for (auto& object : result[rows]) object["virtual"] = true;
    }
  }

  // A reader that is gone is no reason to stop in the middle of a flash; finish() reports it.
  void try_print(const ordered_json& object) {
    if (broken_) return;
    try {
      print(object);
    } catch (const sysboot::Error& error) {
      broken_ = error;
    }
  }

  static void print(const ordered_json& json) { write_json(one_line(json)); }

  RenderOptions options_;
  std::map<std::size_t, std::string> names_;  // of several boards
  std::optional<sysboot::Error> broken_;
};

}  // namespace

std::string json_line(const Facts& facts) {
  return sysboot::printable_json(one_line(to_json(facts)));
}

std::unique_ptr<Renderer> make_json_renderer(const RenderOptions& options) {
  return std::make_unique<JsonRenderer>(options);
}

}  // namespace stm32boot
