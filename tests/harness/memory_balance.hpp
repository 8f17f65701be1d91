#pragma once

/// Whether a test has given back all memory that it was given. Then there is no leak, and
/// LeakSanitizer need not search: its search costs as much as all the rest of a short test.
///
/// It counts what malloc(3) and operator new give to any thread, in builds with AddressSanitizer;
/// elsewhere nothing is counted. It does not see that memory is lost which static objects had taken
/// before the test began.
namespace workbook::harness::memory_balance {

/// To be called when the test begins.
void begin();

/// To be called when the test is over. Static objects then give back what is older; so from here on
/// nothing is taken off the balance, and whatever is given makes it uneven.
void end();

/// @returns whether each block was given back. False where nothing is counted, and when a block was
/// given back that is older than the test: it cannot make up for a new one.
[[nodiscard]] bool is_even();

/// While it lives, what its thread is given and gives back does not count.
class not_counted {
 public:
  not_counted();
  ~not_counted();
  not_counted(const not_counted&) = delete;
  not_counted& operator=(const not_counted&) = delete;
};

}  // namespace workbook::harness::memory_balance
