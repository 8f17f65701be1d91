#pragma once

/// A test is a function that says whether it passes.
#define TEST(group, name) bool group##_##name()

inline void about(const char* /*todo*/) {}
template <class Body>
bool every_schedule(Body body) {
  return body();
}
