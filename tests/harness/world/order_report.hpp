#pragma once

#include <string>

#include "harness/threads/explore_child.hpp"
#include "harness/world/story.hpp"

namespace workbook::harness::exploration {

/// What becomes known of an order: its steps, where somebody wants to know them, and its failure.
class order_report {
 public:
  /// `told` is null where nobody wants to know the story.
  order_report(shared_state& shared, story* told) : shared_(shared), told_(told) {}

  void begin() {
    if (told_ != nullptr) told_->begin();
  }

  /// `what()` makes the words: where nobody wants to know the story they are not made.
  template <class Words>
  void tell(int column, const Words& what) {
    if (told_ != nullptr) told_->tell(column, what());
  }

  /// Ends the process with this verdict on the order.
  [[noreturn]] void fail(explore_verdict verdict, const std::string& message) {
    end_child(shared_, verdict, message);
  }

 private:
  shared_state& shared_;
  story* const told_;
};

}  // namespace workbook::harness::exploration
