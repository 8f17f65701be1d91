#include "async/waiter.hpp"

#include <utility>

namespace workbook {

void waiter_heap::add(waiter& who) {
  heap_.push_back(&who);
  who.place = heap_.size() - 1;
  move_up(who.place);
}

void waiter_heap::remove(waiter& who) noexcept {
  if (who.place == waiter::nowhere) return;
  const std::size_t place = std::exchange(who.place, waiter::nowhere);
  waiter* const last = heap_.back();
  heap_.pop_back();
  if (last == &who) return;
  put(*last, place);
  move_up(place);
  move_down(last->place);
}

void waiter_heap::put(waiter& who, std::size_t place) {
  heap_[place] = &who;
  who.place = place;
}

void waiter_heap::move_up(std::size_t place) {
  waiter& moving = *heap_[place];
  while (place > 0) {
    const std::size_t parent = (place - 1) / 2;
    if (heap_[parent]->deadline <= moving.deadline) break;
    put(*heap_[parent], place);
    place = parent;
  }
  put(moving, place);
}

void waiter_heap::move_down(std::size_t place) {
  waiter& moving = *heap_[place];
  for (;;) {
    std::size_t child = 2 * place + 1;
    if (child >= heap_.size()) break;
    if (child + 1 < heap_.size() && heap_[child + 1]->deadline < heap_[child]->deadline) ++child;
    if (moving.deadline <= heap_[child]->deadline) break;
    put(*heap_[child], place);
    place = child;
  }
  put(moving, place);
}

}  // namespace workbook
