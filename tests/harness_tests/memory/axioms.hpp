#pragma once

#include "litmus.hpp"

namespace workbook::harness::memory::litmus {

/// The outcomes of a program of atomics and fences, without conditions, by the sentences of the
/// standard as they stand: every order of all its instructions is taken as the modification orders
/// and as S, every load is given every store before it to read from, and what breaks a rule is thrown
/// away. Shares no code with the model, and no idea; at most 29 instructions.
[[nodiscard]] outcome_set outcomes_by_axioms(const std::vector<thread_program>& threads);

}  // namespace workbook::harness::memory::litmus
