#pragma once

#include <chrono>
#include <string>

namespace workbook::harness::exploration {

enum class client_act {
  connect,
  send,
  half_close,
  close,
  reset,
  await_text,
  await_end,
  pause,
  stop_reading,
  read_on,
};

struct client_step {
  client_act act;
  std::string text = {};  // what is sent or awaited
  std::chrono::nanoseconds time{0};
};

}  // namespace workbook::harness::exploration
