#pragma once

#include <concepts>
#include <functional>
#include <stdexcept>
#include <type_traits>
#include <utility>

namespace workbook {

/// Something to be done once, by whatever thread comes first: the counterpart of Rust's
/// `Box<dyn FnOnce() + Send>`. Made from any function without parameters. Move-only, so it can own
/// what cannot be copied, for instance a connection.
/// @throws std::invalid_argument if it is made from no function, a null pointer for instance.
///
/// Not thread-safe: a job belongs to one thread at a time.
class job {
 public:
  template <class Function>
  requires(!std::same_as<std::remove_cvref_t<Function>, job> && std::invocable<Function&>)
      job(Function function)
      : function_(std::move(function)) {  // implicit: a lambda is a job
    static_assert(std::is_nothrow_destructible_v<Function>,
                  "the destructor of a job must not throw: nobody could catch it in the thread "
                  "that destroys the job");
    if (!function_) throw std::invalid_argument("a job needs something to do");
  }

  /// Does it. @throws whatever the function throws, std::bad_function_call if it was moved from.
  void operator()() {
    if (!function_) throw std::bad_function_call();
    function_();
  }

 private:
  // std::function would do, were it not that it must be able to copy what it holds.
  std::move_only_function<void()> function_;
};

}  // namespace workbook
