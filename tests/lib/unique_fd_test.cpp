#include "net/unique_fd.hpp"

#include <fcntl.h>
#include <gtest/gtest.h>
#include <unistd.h>

#include <type_traits>
#include <utility>

namespace workbook {
namespace {

static_assert(!std::is_copy_constructible_v<unique_fd>, "one descriptor, one owner");
static_assert(std::is_nothrow_move_constructible_v<unique_fd>);

int open_something() { return ::open("/dev/null", O_RDONLY | O_CLOEXEC); }
bool is_open(int fd) { return ::fcntl(fd, F_GETFD) != -1; }

TEST(UniqueFd, ClosesWhenDestroyed) {
  const int fd = open_something();
  { const unique_fd owner(fd); }
  EXPECT_FALSE(is_open(fd));
}

TEST(UniqueFd, HandsOverWhenMoved) {
  const int fd = open_something();
  unique_fd first(fd);
  const unique_fd second(std::move(first));
  first.reset();
  EXPECT_TRUE(is_open(fd));
  EXPECT_EQ(second.get(), fd);
}

TEST(UniqueFd, ClosesTheOldOneWhenAssigned) {
  const int old = open_something();
  const int fresh = open_something();
  unique_fd owner(old);
  owner = unique_fd(fresh);
  EXPECT_FALSE(is_open(old));
  EXPECT_TRUE(is_open(fresh));
}

TEST(UniqueFd, SurvivesAssignmentToItself) {
  unique_fd owner(open_something());
  unique_fd& same = owner;
  owner = std::move(same);
  EXPECT_TRUE(is_open(owner.get()));
}

TEST(UniqueFd, ReleaseGivesTheDutyAway) {
  unique_fd owner(open_something());
  const int fd = owner.release();
  EXPECT_EQ(owner.get(), -1);
  EXPECT_TRUE(is_open(fd));
  ::close(fd);
}

}  // namespace
}  // namespace workbook
