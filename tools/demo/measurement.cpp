#include "measurement.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <stdexcept>
#include <string_view>

namespace workbook::demo {
namespace {

const server_event* find_event(const std::vector<server_event>& events, event_kind kind,
                               std::size_t connection) {
  const auto found = std::ranges::find_if(events, [=](const server_event& event) {
    return event.kind == kind && event.connection == connection;
  });
  return found == events.end() ? nullptr : &*found;
}

bool is_complete(std::string_view answer) {
  const auto head_end = answer.find("\r\n\r\n");
  if (head_end == answer.npos) return false;
  const std::string length = fmt::format("Content-Length: {}\r\n", answer.size() - head_end - 4);
  return answer.find(length) < head_end;
}

// The server knows best why: "TODO 1.3 is not written yet (...)".
std::string reason_for_silence(const client_visit& visit, const server_event* failed) {
  if (failed != nullptr) return failed->note;
  return visit.error.empty() ? "the server closed the connection" : visit.error;
}

bool is_rejection(const client_visit& visit) { return visit.answer.starts_with("HTTP/1.1 503 "); }

// What is wrong with the answer of a client; empty if it is complete and good.
std::string complaint(const client_visit& visit, const server_event* failed, good_answers good) {
  if (!visit.error.empty() || visit.answer.empty()) {
    return "got no answer: " + reason_for_silence(visit, failed);
  }
  const bool expected = visit.answer.starts_with("HTTP/1.1 200 ") ||
                        (good == good_answers::also_503 && is_rejection(visit));
  if (!expected) {
    const auto line = visit.answer.substr(0, visit.answer.find_first_of("\r\n"));
    return fmt::format("was answered '{}' and not 'HTTP/1.1 200 OK'", line);
  }
  return is_complete(visit.answer) ? "" : "got an answer that is not as long as it says";
}

void check_answer(std::size_t number, const client_visit& visit,
                  const std::vector<server_event>& events, good_answers good) {
  const std::string problem =
      complaint(visit, find_event(events, event_kind::failed, number), good);
  if (!problem.empty()) throw std::runtime_error(fmt::format("Client {} {}.", number, problem));
}

const server_event& require_event(const std::vector<server_event>& events, event_kind kind,
                                  std::size_t connection) {
  if (const auto* event = find_event(events, kind, connection)) return *event;
  throw std::runtime_error(fmt::format(
      "Client {0} was answered, but the server has not recorded '{1}' for connection {0}.",
      connection, to_string(kind)));
}

std::vector<timeline_segment> segments_of(const client_measurement& client) {
  using enum segment_kind;
  if (client.rejected) return {{rejected, client.connected, client.answered}};
  const auto ready = client.started - waited(client);
  std::vector<timeline_segment> segments;
  if (client.slow) segments.push_back({sending, client.connected, ready});
  // A queue through which a client only passes is not worth a name in the picture.
  constexpr timeline_time shortest_stay = milliseconds(10);
  const auto in_queue = std::max(client.queued.value_or(client.started), ready);
  const bool stayed = client.started - in_queue >= shortest_stay;
  segments.push_back({waiting, ready, stayed ? in_queue : client.started});
  if (stayed) segments.push_back({queued, in_queue, client.started});
  segments.push_back({working, client.started, client.finished, client.thread});
  return segments;
}

}  // namespace

std::vector<client_measurement> measure(const std::vector<client_plan>& plans,
                                        const std::vector<client_visit>& visits,
                                        const std::vector<server_event>& events,
                                        good_answers good) {
  std::vector<client_measurement> clients;
  for (std::size_t i = 0; i < plans.size(); ++i) check_answer(i + 1, visits[i], events, good);
  const auto since_begin = [&](steady_clock::time_point time) {
    return timeline_time(time - visits.front().connected);
  };
  for (std::size_t i = 0; i < plans.size(); ++i) {
    client_measurement client{.request = plans[i].path,
                              .slow = plans[i].byte_every > milliseconds::zero(),
                              .connected = since_begin(visits[i].connected),
                              .sent = since_begin(visits[i].sent),
                              .answered = since_begin(visits[i].answered),
                              .rejected = is_rejection(visits[i])};
    if (client.rejected) {
      (void)require_event(events, event_kind::rejected, i + 1);
    } else {
      const auto& started = require_event(events, event_kind::started, i + 1);
      client.started = since_begin(started.time);
      client.finished = since_begin(require_event(events, event_kind::finished, i + 1).time);
      client.thread = started.thread;
    }
    if (const auto* queued = find_event(events, event_kind::queued, i + 1)) {
      client.queued = since_begin(queued->time);
    }
    clients.push_back(std::move(client));
  }
  return clients;
}

timeline_time waited(const client_measurement& client) {
  if (client.rejected) return client.answered - client.connected;
  // The server may begin to work before the client has looked at its clock after sending.
  const auto since = client.slow ? std::min(client.sent, client.started) : client.connected;
  return client.started - since;
}

timeline_time total(const client_measurement& client) { return client.answered - client.connected; }

timeline timeline_of(const std::vector<client_measurement>& clients, const std::string& title) {
  timeline picture{title, {}, {}};
  for (std::size_t i = 0; i < clients.size(); ++i) {
    const auto& client = clients[i];
    picture.rows.push_back(
        {fmt::format("client {}  {}{}", i + 1, client.request, client.slow ? ", slow" : ""),
         segments_of(client)});
  }
  return picture;
}

}  // namespace workbook::demo
