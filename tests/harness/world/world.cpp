#include "harness/world/world.hpp"

#include <algorithm>
#include <utility>

#include "harness/world/client_step.hpp"

namespace workbook::harness {

using exploration::client_act;

scripted_client::scripted_client(std::string name) : name_(std::move(name)) {
  then({client_act::connect});
}

scripted_client::~scripted_client() = default;

scripted_client& scripted_client::then(exploration::client_step step) {
  steps_.push_back(std::move(step));
  return *this;
}

scripted_client& scripted_client::sends(std::string bytes) {
  return then({client_act::send, std::move(bytes)});
}
scripted_client& scripted_client::half_closes() { return then({client_act::half_close}); }
scripted_client& scripted_client::closes() { return then({client_act::close}); }
scripted_client& scripted_client::resets() { return then({client_act::reset}); }
scripted_client& scripted_client::awaits(std::string text) {
  return then({client_act::await_text, std::move(text)});
}
scripted_client& scripted_client::awaits_end() { return then({client_act::await_end}); }
scripted_client& scripted_client::pauses(std::chrono::nanoseconds time) {
  return then({client_act::pause, {}, time});
}
scripted_client& scripted_client::stops_reading() { return then({client_act::stop_reading}); }
scripted_client& scripted_client::reads_on() { return then({client_act::read_on}); }

world::world() = default;
world::~world() = default;

scripted_client& world::client(std::string_view name) {
  const auto known = std::ranges::find(clients_, name, &scripted_client::name);
  return known != clients_.end() ? *known : clients_.emplace_back(std::string(name));
}

std::vector<std::string> world::client_names() const {
  std::vector<std::string> names;
  for (const scripted_client& client : clients_) names.push_back(client.name());
  return names;
}

world& world::stops_anywhere() {
  stops_anywhere_ = true;
  return *this;
}

}  // namespace workbook::harness
