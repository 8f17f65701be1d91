#pragma once

#include <string>

namespace workbook::harness {

/// The name of this program's variable with static storage that lies at `address`, or has it inside:
/// "workbook::served", "count_up()::calls". "" if there is none, or no symbol table, as in a program
/// that is stripped. Reads the whole program: a few milliseconds.
/// Source: elf(5).
[[nodiscard]] std::string name_of_variable_at(const void* address);

}  // namespace workbook::harness
