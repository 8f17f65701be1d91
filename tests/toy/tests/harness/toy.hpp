#pragma once

/// A test is a function that says whether it passes.
#define TEST(group, name) bool group##_##name()

inline const char* todo_of_the_test = "";

inline void about(const char* todo) { todo_of_the_test = todo; }
template <class Body>
bool every_schedule(Body body) {
  return body();
}
