#pragma once

#include "tuned_channel.hpp"

namespace workbook {

/// The suite of stage 03 includes the channel under test by this name. Here it is the tuned one.
template <class T>
using bounded_channel = bench::tuned_channel<T>;

}  // namespace workbook
