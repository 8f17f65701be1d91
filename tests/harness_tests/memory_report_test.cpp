// What a report of AddressSanitizer means. The reports are those of GCC 12.2, shortened.
#include "harness/memory_report.hpp"

#include <gtest/gtest.h>

#include <string>

namespace workbook::harness {
namespace {

constexpr const char* double_free =
    R"(==1==ERROR: AddressSanitizer: attempting double-free on 0x602 in thread T0:
    #0 0x7f1 in operator delete(void*, unsigned long) asan_new_delete.cpp:164
    #1 0x558 in std::unique_ptr<int, std::default_delete<int> >::~unique_ptr() unique_ptr.h:396
    #2 0x557 in f a.cpp:8
    #3 0x556 in std::__n4861::coroutine_handle<t::promise_type>::resume() const coroutine:244
    #4 0x555 in main a.cpp:9

0x602 is located 0 bytes inside of 4-byte region [0x602,0x606)
freed by thread T0 here:
    #0 0x7f1 in operator delete(void*, unsigned long) asan_new_delete.cpp:164
    #1 0x554 in aw::~aw() a.cpp:6
    #2 0x553 in f a.cpp:8
    #3 0x552 in std::__n4861::coroutine_handle<t::promise_type>::resume() const coroutine:244
    #4 0x551 in main a.cpp:9

previously allocated by thread T0 here:
    #0 0x7f1 in operator new(unsigned long) asan_new_delete.cpp:95
    #1 0x550 in f a.cpp:8
)";

std::string with(std::string text, const std::string& old, const std::string& replacement) {
  text.replace(text.find(old), old.size(), replacement);
  return text;
}

TEST(MemoryReport, ACoroutineThatDestroysTwiceInOneLine) {
  const std::string hint = hint_for_memory_report(double_free);
  EXPECT_NE(hint.find("Name it before you await it"), std::string::npos) << hint;
  EXPECT_NE(hint.find("make clang-06"), std::string::npos) << hint;
}

TEST(MemoryReport, TheSameAsAUseOfWhatWasFreed) {
  const std::string used = with(double_free, "attempting double-free", "heap-use-after-free");
  EXPECT_EQ(hint_for_memory_report(used), hint_for_memory_report(double_free));
}

TEST(MemoryReport, TwoLinesAreSomebodysMistake) {
  EXPECT_EQ(hint_for_memory_report(with(double_free, "in f a.cpp:8", "in f a.cpp:7")), "");
}

TEST(MemoryReport, NotInACoroutine) {
  const std::string once = with(double_free, "coroutine_handle<", "function<");
  EXPECT_EQ(hint_for_memory_report(once), "");
  EXPECT_EQ(hint_for_memory_report(""), "");
}

}  // namespace
}  // namespace workbook::harness
