// A list that grows with what people do and must not grow for ever.
// Promises: adds one at the end and drops the oldest, which come first, beyond `most`.
// Threads: none.
#ifndef PEPLINE_SHARED_DOMAIN_KEEP_NEWEST_H_
#define PEPLINE_SHARED_DOMAIN_KEEP_NEWEST_H_

#include <cstddef>
#include <utility>
#include <vector>

namespace pepline {

template <class One>
void KeepNewest(std::vector<One>& list, One one, std::size_t most) {
  list.push_back(std::move(one));
  if (list.size() > most) list.erase(list.begin(), list.end() - static_cast<std::ptrdiff_t>(most));
}

}  // namespace pepline

#endif  // PEPLINE_SHARED_DOMAIN_KEEP_NEWEST_H_
