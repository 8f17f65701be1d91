#include "harness/story.hpp"

#include <unistd.h>

#include <algorithm>

#include "harness/sanitizers.hpp"
#include "harness/transcript.hpp"

namespace workbook::harness {
namespace {

transcript private_transcript;
transcript* current = &private_transcript;

}  // namespace

transcript& current_transcript() { return *current; }

void use_transcript(transcript& shared) { current = &shared; }

void about(std::string_view todo, std::string_view meaning) {
  if (current->todo.empty()) current->todo.set(todo);
  current->blamed.set(todo);
  current->meaning.set(meaning);
}

void means(std::string_view meaning) {
  // What has failed before is explained by what was said before.
  if (current->failed_step == 0) current->meaning.set(meaning);
}

void step(std::string_view text) {
  const std::size_t index = std::min<std::size_t>(current->step_count, transcript::max_steps - 1);
  current->steps[index].set(text);
  ++current->step_count;
}

passing_step::passing_step(std::string_view text, std::string_view meaning)
    : meaning_before_(current->meaning.view()), steps_before_(current->step_count) {
  step(text);
  means(meaning);
}

passing_step::~passing_step() {
  if (current->failed_step > steps_before_) return;
  current->step_count = steps_before_;
  current->meaning.set(meaning_before_);
}

void allow_time(std::chrono::seconds limit) {
  const int seconds = static_cast<int>(limit.count()) * time_scale;
  current->seconds_allowed = std::max<int>(current->seconds_allowed, seconds);
}

void fail_now(std::string_view reason) {
  current->note_failure();
  if (current->failure.empty()) current->failure.set(reason);
  ::_exit(1);
}

void note_unwritten(const not_implemented& stub) {
  current->unwritten.set(stub.number());
  current->unwritten_place.set(stub.place());
}

}  // namespace workbook::harness
