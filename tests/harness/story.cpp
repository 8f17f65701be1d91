#include "harness/story.hpp"

#include <unistd.h>

#include "harness/transcript.hpp"

namespace workbook::harness {
namespace {

transcript private_transcript;
transcript* current = &private_transcript;

}  // namespace

transcript& current_transcript() { return *current; }

void use_transcript(transcript& shared) { current = &shared; }

void about(std::string_view todo, std::string_view meaning) {
  current->todo.set(todo);
  current->meaning.set(meaning);
}

void means(std::string_view meaning) { current->meaning.set(meaning); }

void step(std::string_view text) {
  const std::size_t index = current->step_count;
  if (index == transcript::max_steps) return;
  current->steps[index].set(text);
  current->step_count = index + 1;
}

void fail_now(std::string_view reason) {
  if (current->failure.empty()) current->failure.set(reason);
  ::_exit(1);
}

}  // namespace workbook::harness
