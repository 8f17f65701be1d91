#include "net/first_connection.hpp"

#include <gtest/gtest.h>

#include <cerrno>
#include <chrono>
#include <system_error>
#include <vector>

#include "harness/story.hpp"
#include "net/authority.hpp"

namespace workbook {
namespace {

using namespace harness;
using std::chrono::steady_clock;

constexpr auto no_deadline = steady_clock::time_point::max();

/// Tries addresses that are nothing but the error (an errno value) of an attempt, or 0 for one that
/// succeeds. @returns the number of the address that was connected, or the error that was thrown.
int outcome_of(const std::vector<int>& addresses) {
  int tried = 0;
  const auto attempt = [&](int error, steady_clock::time_point) {
    ++tried;
    if (error != 0) throw std::system_error(error, std::generic_category());
    return tried;
  };
  try {
    return first_connection(addresses, no_deadline, attempt);
  } catch (const std::system_error& error) {
    return error.code().value();
  }
}

TEST(FirstConnection, IsTheFirstThatAnswers) {
  about("", "A name may have several addresses, and not all can be used from everywhere.");
  step("the first; the second, behind one of a family that this machine does not know");
  EXPECT_EQ(outcome_of({0, 0}), 1);
  EXPECT_EQ(outcome_of({EAFNOSUPPORT, 0}), 2);
  EXPECT_EQ(outcome_of({ETIMEDOUT, ECONNREFUSED, 0}), 3);
}

TEST(FirstConnection, TellsWhatIsWrongWithTheServer) {
  about("",
        "That this machine has no way to one of the addresses says nothing about the server: a "
        "refusal by another one does.");
  step("127.0.0.1 refuses, ::1 cannot be used; and the other way round");
  EXPECT_EQ(outcome_of({ECONNREFUSED, EADDRNOTAVAIL}), ECONNREFUSED);
  EXPECT_EQ(outcome_of({EADDRNOTAVAIL, ECONNREFUSED}), ECONNREFUSED);
  step("of two that say something about the server, the first");
  EXPECT_EQ(outcome_of({ETIMEDOUT, ECONNREFUSED}), ETIMEDOUT);
  step("only this machine is to blame");
  EXPECT_EQ(outcome_of({EADDRNOTAVAIL}), EADDRNOTAVAIL);
  EXPECT_EQ(outcome_of({EMFILE, EMFILE}), EMFILE);
}

TEST(FirstConnection, LeavesTimeForTheOthers) {
  about("", "An address that never answers must not use up the time of all: each has its share.");
  const auto begin = steady_clock::now();
  const auto deadline = begin + std::chrono::hours(3);
  std::vector<steady_clock::time_point> shares;
  const auto never = [&](int, steady_clock::time_point share) -> int {
    shares.push_back(share);
    throw std::system_error(ETIMEDOUT, std::generic_category());
  };
  step("three addresses and three hours: the first has one of them, the last all that is left");
  EXPECT_THROW(first_connection(std::vector{1, 2, 3}, deadline, never), std::system_error);
  ASSERT_EQ(shares.size(), 3u);
  EXPECT_GE(shares[0], begin + std::chrono::hours(1));
  EXPECT_LT(shares[0], begin + std::chrono::minutes(61));
  EXPECT_EQ(shares[2], deadline);
  step("no deadline stays none");
  shares.clear();
  EXPECT_THROW(first_connection(std::vector{1, 2}, no_deadline, never), std::system_error);
  EXPECT_EQ(shares[0], no_deadline);
}

TEST(Authority, PutsAnIpv6AddressIntoBrackets) {
  about("", "RFC 3986 §3.2.2: without brackets nobody can tell where the port begins.");
  step("a name, an IPv4 address, IPv6 addresses with and without a zone");
  EXPECT_EQ(authority("localhost", 80), "localhost:80");
  EXPECT_EQ(authority("127.0.0.1", 7880), "127.0.0.1:7880");
  EXPECT_EQ(authority("::1", 7880), "[::1]:7880");
  EXPECT_EQ(authority("fe80::1%eth0", 7880), "[fe80::1]:7880");
}

}  // namespace
}  // namespace workbook
