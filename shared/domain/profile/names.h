// The values that a policy profile calls by name, by a list of names and values (kNamedPepWork).
// Threads: pure functions.
#ifndef PEPLINE_SHARED_DOMAIN_PROFILE_NAMES_H_
#define PEPLINE_SHARED_DOMAIN_PROFILE_NAMES_H_

#include <array>
#include <cstddef>
#include <optional>
#include <string_view>
#include <utility>

namespace pepline {

template <class Value, std::size_t size>
using NamedValues = std::array<std::pair<std::string_view, Value>, size>;

// Empty for a value without a name.
template <class Value, std::size_t size>
constexpr std::string_view NameIn(const NamedValues<Value, size>& names, Value value) {
  for (const auto& [name, named] : names) {
    if (named == value) return name;
  }
  return "";
}
// nullopt for a name that this version does not know.
template <class Value, std::size_t size>
constexpr std::optional<Value> NamedIn(const NamedValues<Value, size>& names,
                                       std::string_view name) {
  for (const auto& [its_name, named] : names) {
    if (its_name == name) return named;
  }
  return std::nullopt;
}

}  // namespace pepline

#endif  // PEPLINE_SHARED_DOMAIN_PROFILE_NAMES_H_
