#pragma once

#include "async/production_options.hpp"
#include "program/server_program.hpp"

namespace workbook {

/// Adds an option to `program` for each limit of `options`, which must outlive it, and lets all
/// options stand in the environment (STAGE07_GRACE) and in a file too.
inline void add_production_options(server_program& program, production_options& options) {
  program.add_count("--loops", options.loops, "threads, each with an event loop");
  program.add_count("--connections", options.max_connections, "that may ask for anything");
  program.add_count("--in-flight", options.max_in_flight, "requests at work at the same time");
  program.add_time("--idle-time", options.limits.idle, "for a client between two requests");
  program.add_time("--head-time", options.limits.head, "for a request's head, in all");
  program.add_time("--body-time", options.body_limit, "for its body, in all");
  program.add_time("--write-time", options.limits.write, "for taking an answer, in all");
  program.add_time("--grace", options.drain.grace, "after SIGTERM, for new clients", true);
  program.add_time("--deadline", options.drain.deadline, "after SIGTERM, for all");
  program.accept_environment_and_file("STAGE07");
}

}  // namespace workbook
