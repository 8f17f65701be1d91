// When may memory that others may still read be given back? With a hazard pointer, a reader says what
// it reads, and looks again whether that is still the newest; a writer gives back what nobody has
// said. Source: Michael, "Hazard pointers" (IEEE TPDS 2004); [atomics.order] for the two orders.
#include "harness_tests/observed/observed_expectations.hpp"

namespace {

using namespace workbook::harness;

class ObservedReclamation : public explored_test {};

enum class hazard_mistake { none, looks_once, looks_relaxed, never_looks_at_hazards };

struct item {
  int value = 7;
};

template <hazard_mistake Made>
class published_item {
 public:
  published_item() = default;
  published_item(const published_item&) = delete;
  published_item& operator=(const published_item&) = delete;
  ~published_item() {
    delete newest_.load();
    delete retired_;
  }

  int read() {
    item* it = newest_.load(acquire);
    while (true) {
      hazard_.store(it, Made == hazard_mistake::looks_relaxed ? release : seq_cst);
      if (Made == hazard_mistake::looks_once) break;
      item* const again = newest_.load(Made == hazard_mistake::looks_relaxed ? acquire : seq_cst);
      if (again == it) break;
      it = again;
    }
    const int value = it->value;
    hazard_.store(nullptr, release);
    return value;
  }

  void replace() {
    item* const old = newest_.exchange(new item, seq_cst);
    const bool read_now = hazard_.load(seq_cst) == old;
    if (read_now && Made != hazard_mistake::never_looks_at_hazards) {
      retired_ = old;
    } else {
      delete old;
    }
  }

 private:
  std::atomic<item*> newest_ = new item;
  std::atomic<item*> hazard_ = nullptr;  // of the only reader
  item* retired_ = nullptr;              // of the only writer
};

template <hazard_mistake Made>
void a_reader_and_a_writer() {
  published_item<Made> it;
  const auto reader =
      named("reader", [&] { explore_check(it.read() == 7, "what was read is no item"); });
  it.replace();
}

template <hazard_mistake Made>
void expect_used_after_free() {
  const auto result = explore({}, a_reader_and_a_writer<Made>);
  EXPECT_TRUE(result.verdict == explore_verdict::use_after_free ||
              result.verdict == explore_verdict::data_race)
      << result.summary();
}

TEST_F(ObservedReclamation, AHazardKeepsWhatIsRead) {
  expect_right(a_reader_and_a_writer<hazard_mistake::none>);
}

TEST_F(ObservedReclamation, WithoutOneIsUsedAfterItIsGivenBack) {
  expect_used_after_free<hazard_mistake::looks_once>();
  expect_used_after_free<hazard_mistake::looks_relaxed>();
  expect_used_after_free<hazard_mistake::never_looks_at_hazards>();
}

}  // namespace
