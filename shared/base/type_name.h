// The name of a type without its namespaces, as the source spells it.
#ifndef PEPLINE_SHARED_BASE_TYPE_NAME_H_
#define PEPLINE_SHARED_BASE_TYPE_NAME_H_

#include <string_view>

namespace pepline {

// "PepMeetingHeld" for pepline::scheduling::PepMeetingHeld. Of a class that is no template; gcc and
// clang spell both the type as "[with T = ...]" or "[T = ...]".
template <class T>
constexpr std::string_view TypeName() {
  std::string_view text = __PRETTY_FUNCTION__;
  text = text.substr(text.find("T = ") + 4);
  text = text.substr(0, text.find_first_of(";]"));
  const auto colons = text.rfind("::");
  return colons == std::string_view::npos ? text : text.substr(colons + 2);
}

}  // namespace pepline

#endif  // PEPLINE_SHARED_BASE_TYPE_NAME_H_
