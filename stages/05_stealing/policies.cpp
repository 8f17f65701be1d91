#include "policies.hpp"

namespace workbook {

// TODO 5.7 (about 20 lines): turns Policies.* green
//   Whose turn is it among servers that have equally many jobs? What if it were always the first one's?
//   How do you draw two that are certainly different, and no pair more often than another?
//   What does a policy remember from one call to the next, and what if there are fewer servers then?
std::size_t round_robin::pick(std::span<const std::size_t> in_flight) { todo("5.7", in_flight); }
std::size_t least_loaded::pick(std::span<const std::size_t> in_flight) { todo("5.7", in_flight); }
std::size_t two_choices::pick(std::span<const std::size_t> in_flight) { todo("5.7", in_flight); }

}  // namespace workbook
