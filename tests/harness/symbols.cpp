#include "harness/symbols.hpp"

#include <cxxabi.h>
#include <elf.h>
#include <link.h>

#include <cstdint>
#include <cstdlib>
#include <cstring>
#include <fstream>
#include <iterator>
#include <memory>
#include <span>

namespace workbook::harness {
namespace {

/// `count` objects of the file, from `offset` on.
template <class T>
std::span<const T> part_of(const std::string& file, std::uint64_t offset, std::uint64_t count) {
  if (offset > file.size() || count > (file.size() - offset) / sizeof(T)) return {};
  return {reinterpret_cast<const T*>(file.data() + offset), count};
}

/// How far from the addresses in its file the program lies in memory: it is the first in the list.
/// Source: dl_iterate_phdr(3).
std::uintptr_t find_base() {
  std::uintptr_t base = 0;
  const auto take_first = [](dl_phdr_info* program, std::size_t, void* found) {
    *static_cast<std::uintptr_t*>(found) = program->dlpi_addr;
    return 1;
  };
  dl_iterate_phdr(take_first, &base);
  return base;
}

std::string demangled(const char* name) {
  const std::unique_ptr<char, decltype(&std::free)> readable(
      abi::__cxa_demangle(name, nullptr, nullptr, nullptr), &std::free);
  return readable != nullptr ? readable.get() : name;
}

}  // namespace

std::string name_of_variable_at(const void* address) {
  std::ifstream program("/proc/self/exe", std::ios::binary);
  const std::string file(std::istreambuf_iterator<char>(program), {});
  const auto head = part_of<ElfW(Ehdr)>(file, 0, 1);
  if (head.empty() || std::memcmp(head[0].e_ident, ELFMAG, SELFMAG) != 0) return "";
  const auto sections = part_of<ElfW(Shdr)>(file, head[0].e_shoff, head[0].e_shnum);
  const std::uintptr_t wanted = reinterpret_cast<std::uintptr_t>(address) - find_base();
  for (const auto& section : sections) {
    if (section.sh_type != SHT_SYMTAB || section.sh_link >= sections.size()) continue;
    const std::uint64_t names = sections[section.sh_link].sh_offset;
    for (const auto& symbol :
         part_of<ElfW(Sym)>(file, section.sh_offset, section.sh_size / sizeof(ElfW(Sym)))) {
      const bool is_variable = (symbol.st_info & 0xFU) == STT_OBJECT;
      const bool has_it = wanted - symbol.st_value < symbol.st_size;
      if (is_variable && has_it) return demangled(file.data() + names + symbol.st_name);
    }
  }
  return "";
}

}  // namespace workbook::harness
