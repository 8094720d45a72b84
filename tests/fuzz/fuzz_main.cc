// What every group of fuzz targets begins with. Called as
//   fuzz_<group> --targets           prints the names of its targets, one a line
//   fuzz_<group> --seeds <folder>    writes each target's seeds to <folder>/<target>/
//   fuzz-<target> [libFuzzer's options] <folder or file>...
#include <fcntl.h>
#include <glob.h>
#include <sanitizer/allocator_interface.h>
#include <unistd.h>

#include <algorithm>
#include <atomic>
#include <cstdio>
#include <cstdlib>
#include <cstring>
#include <filesystem>
#include <fstream>
#include <iostream>
#include <iterator>
#include <limits>
#include <memory>
#include <optional>

#include "tests/fuzz/target.h"

extern "C" std::size_t LLVMFuzzerMutate(std::uint8_t* data, std::size_t size, std::size_t longest);

namespace pepline::fuzz {
namespace {

std::optional<Target> target;  // the one that this process runs
int says = STDERR_FILENO;      // where Fail writes: the runner closes standard error to logs

// Bytes that are taken now and the most that were, by all threads.
std::atomic<std::int64_t> taken = 0;
std::atomic<std::int64_t> most_taken = 0;

void OnTake(const volatile void*, std::size_t size) {
  const std::int64_t now =
      taken.fetch_add(static_cast<std::int64_t>(size)) + static_cast<std::int64_t>(size);
  std::int64_t most = most_taken.load();
  while (now > most && !most_taken.compare_exchange_weak(most, now)) {
  }
}
void OnGiveBack(const volatile void* memory) {
  const void* const plain = const_cast<const void*>(memory);
  taken.fetch_sub(static_cast<std::int64_t>(__sanitizer_get_allocated_size(plain)));
}

void Write(const std::filesystem::path& file, std::string_view bytes) {
  std::ofstream out(file, std::ios::binary);
  out << bytes;
  if (!out.flush()) Fail("a file cannot be written: " + file.string());
}

void WriteSeeds(const std::filesystem::path& folder) {
  for (const Target& one : Targets()) {
    const std::filesystem::path own = folder / one.name;
    std::filesystem::create_directories(own);
    int number = 0;
    for (const std::string& seed : one.seeds()) {
      Write(own / ("seed-" + std::to_string(++number)), seed);
    }
    if (number == 0) Fail("a target without seeds: " + one.name);
  }
}

void SilenceStandardOutput() {
  const int nowhere = open("/dev/null", O_WRONLY | O_CLOEXEC);
  if (nowhere >= 0) dup2(nowhere, STDOUT_FILENO);
}

struct TemporaryFolder {
  TemporaryFolder() {
    std::string made = std::filesystem::temp_directory_path() / "fuzz-XXXXXX";
    if (mkdtemp(made.data()) == nullptr) Fail("no temporary folder can be made");
    path = made;
  }
  ~TemporaryFolder() {
    std::error_code ignored;
    std::filesystem::remove_all(path, ignored);
  }
  std::string path;
};

}  // namespace

void Fail(std::string_view broken) {
  const std::string line = "BROKEN: " + std::string(broken) + "\n";
  [[maybe_unused]] const ssize_t written = write(says, line.data(), line.size());
  std::abort();
}

std::string Mutated(std::string_view bytes, std::size_t longest) {
  std::vector<std::uint8_t> data(bytes.begin(), bytes.begin() + std::min(bytes.size(), longest));
  const std::size_t size = data.size();
  data.resize(longest);
  data.resize(LLVMFuzzerMutate(data.data(), size, longest));
  return std::string(data.begin(), data.end());
}

Target Sharing(std::string name, std::vector<Target> targets) {
  Target whole{.name = std::move(name), .longest = 0};
  for (const Target& one : targets) {
    whole.longest = std::max(whole.longest, one.longest + 1);
    whole.memory = std::max(whole.memory, one.memory);
    whole.memory_for_each_byte = std::max(whole.memory_for_each_byte, one.memory_for_each_byte);
  }
  const auto all = std::make_shared<const std::vector<Target>>(std::move(targets));
  const auto chosen = [all](std::string_view bytes) -> const Target& {
    return (*all)[static_cast<unsigned char>(bytes.front()) % all->size()];
  };
  whole.run = [chosen](std::string_view bytes) {
    if (!bytes.empty()) chosen(bytes).run(bytes.substr(1));
  };
  whole.seeds = [all] {
    std::vector<std::string> seeds;
    for (std::size_t i = 0; i < all->size(); ++i) {
      for (const std::string& seed : (*all)[i].seeds()) {
        seeds.push_back(std::string(1, static_cast<char>(i)) + seed);
      }
    }
    return seeds;
  };
  whole.mutate = [chosen](std::string_view bytes, std::size_t longest, unsigned random) {
    if (bytes.empty() || longest < 2) return Mutated(bytes, longest);
    const Target& one = chosen(bytes);
    const std::size_t room = std::min(longest - 1, one.longest);
    return std::string(1, bytes.front()) + (one.mutate ? one.mutate(bytes.substr(1), room, random)
                                                       : Mutated(bytes.substr(1), room));
  };
  return whole;
}

std::vector<std::string> FilesLike(std::initializer_list<std::string_view> patterns) {
  std::vector<std::string> contents;
  for (const std::string_view pattern : patterns) {
    const std::string whole = std::string(PEPLINE_SOURCE) + "/" + std::string(pattern);
    glob_t found = {};
    if (glob(whole.c_str(), 0, nullptr, &found) != 0) Fail("no file is like " + whole);
    for (std::size_t i = 0; i < found.gl_pathc; ++i) {
      std::ifstream file(found.gl_pathv[i], std::ios::binary);
      contents.emplace_back(std::istreambuf_iterator<char>(file), std::istreambuf_iterator<char>());
    }
    globfree(&found);
  }
  return contents;
}

const std::string& Folder() {
  static const TemporaryFolder folder;
  return folder.path;
}

std::string FileOf(const std::string& name, std::string_view bytes) {
  std::string path = Folder() + "/" + name;
  Write(path, bytes);
  return path;
}

}  // namespace pepline::fuzz

extern "C" {

int LLVMFuzzerInitialize(int* count, char*** arguments) {
  using namespace pepline::fuzz;
  const std::vector<std::string> given(*arguments, *arguments + *count);
  if (given.size() == 2 && given[1] == "--targets") {
    for (const Target& one : Targets()) std::cout << one.name << "\n";
    std::cout.flush();
    _exit(0);
  }
  if (given.size() == 3 && given[1] == "--seeds") {
    WriteSeeds(given[2]);
    std::exit(0);
  }
  const std::string program = std::filesystem::path(given[0]).filename();
  for (Target& one : Targets()) {
    if ("fuzz-" + one.name == program) target = std::move(one);
  }
  if (!target) {
    std::cerr << "call it by the name of a target (a link fuzz-<target>), see --targets\n";
    _exit(2);
  }
  SilenceStandardOutput();
  says = dup(STDERR_FILENO);
  __sanitizer_install_malloc_and_free_hooks(OnTake, OnGiveBack);
  return 0;
}

int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  using namespace pepline::fuzz;
  if (size > target->longest) return -1;
  const std::int64_t before = taken.load();
  most_taken.store(before);
  target->run(std::string_view(reinterpret_cast<const char*>(data), size));
  const std::int64_t most = most_taken.load() - before;
  const std::size_t allowed = target->memory + target->memory_for_each_byte * size;
  if (most > static_cast<std::int64_t>(allowed)) {
    Fail("an input of " + std::to_string(size) + " bytes takes " + std::to_string(most) +
         " bytes of memory, more than the " + std::to_string(allowed) + " that it may");
  }
  return 0;
}

std::size_t LLVMFuzzerCustomMutator(std::uint8_t* data, std::size_t size, std::size_t longest,
                                    unsigned random) {
  using namespace pepline::fuzz;
  if (!target->mutate) return LLVMFuzzerMutate(data, size, longest);
  const std::string made =
      target->mutate(std::string_view(reinterpret_cast<const char*>(data), size), longest, random);
  const std::size_t kept = std::min(made.size(), longest);
  std::memcpy(data, made.data(), kept);
  return kept;
}

}  // extern "C"
