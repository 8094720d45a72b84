// What tells one content of a file from another without reading it; for files that are read again
// when they change. Follows links, so that a mounted Secret counts as changed when Kubernetes swaps
// it. nullopt: there is no such file. Threads: safe from any thread.
#ifndef PEPLINE_SHARED_BASE_FILE_VERSION_H_
#define PEPLINE_SHARED_BASE_FILE_VERSION_H_

#include <sys/stat.h>

#include <optional>
#include <string>
#include <tuple>

namespace pepline {

using FileVersion = std::tuple<ino_t, time_t, long, off_t>;

inline std::optional<FileVersion> VersionOf(const std::string& path) {
  struct stat found = {};
  if (stat(path.c_str(), &found) != 0) return std::nullopt;
  return FileVersion{found.st_ino, found.st_mtim.tv_sec, found.st_mtim.tv_nsec, found.st_size};
}

}  // namespace pepline

#endif  // PEPLINE_SHARED_BASE_FILE_VERSION_H_
