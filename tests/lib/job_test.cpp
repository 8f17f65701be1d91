#include "support/job.hpp"

#include <gtest/gtest.h>

#include <memory>
#include <stdexcept>
#include <type_traits>
#include <utility>

namespace workbook {
namespace {

TEST(Job, DoesWhatItWasMadeOf) {
  int done = 0;
  job work = [&] { ++done; };
  work();
  EXPECT_EQ(done, 1);
}

TEST(Job, MayOwnWhatCannotBeCopied) {
  auto owned = std::make_unique<int>(7);
  int seen = 0;
  job work = [&seen, owned = std::move(owned)] { seen = *owned; };
  job moved = std::move(work);
  moved();
  EXPECT_EQ(seen, 7);
  EXPECT_FALSE(std::is_copy_constructible_v<job>);
}

TEST(Job, DestroysWhatItOwns) {
  auto owned = std::make_shared<int>(7);
  const std::weak_ptr<int> watched = owned;
  {
    const job work = [owned = std::move(owned)] {};
  }
  EXPECT_TRUE(watched.expired());
}

TEST(Job, LetsExceptionsThrough) {
  job work = [] { throw std::runtime_error("no such file"); };
  EXPECT_THROW(work(), std::runtime_error);
}

TEST(Job, IsMadeOnlyOfWhatCanBeCalled) {
  EXPECT_FALSE((std::is_constructible_v<job, int>));
  const auto needs_an_argument = [](int) {};
  EXPECT_FALSE((std::is_constructible_v<job, decltype(needs_an_argument)>));
}

}  // namespace
}  // namespace workbook
