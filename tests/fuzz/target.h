// A fuzz target: one place that takes bytes from outside, run with whatever libFuzzer makes up.
// A group (imports.cc, records.cc, ...) is one program with several targets; it runs the one whose
// name it is called by ("fuzz-children" is a link to fuzz_imports), see fuzz_main.cc.
// Promises: what a target Expects and does not get ends the program, so libFuzzer keeps the input;
// so does an input that takes more memory at once than the target allows.
// Threads: run, mutate and seeds are called by one thread.
#ifndef PEPLINE_TESTS_FUZZ_TARGET_H_
#define PEPLINE_TESTS_FUZZ_TARGET_H_

#include <cstddef>
#include <cstdint>
#include <functional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

namespace pepline::fuzz {

struct Target {
  std::string name;
  std::function<void(std::string_view bytes)> run;
  // Inputs to begin with.
  std::function<std::vector<std::string>()> seeds;
  // Makes another input of one, at most `longest` bytes; empty: libFuzzer's own way.
  std::function<std::string(std::string_view bytes, std::size_t longest, unsigned random)> mutate =
      {};
  // Of an input.
  std::size_t longest = 16 * 1024;
  // What one input may take at once beyond what was taken before it: this much, and so many bytes
  // for each of its own.
  std::size_t memory = 8 << 20;
  std::size_t memory_for_each_byte = 200;
};

// Of this group; each group defines it.
std::vector<Target> Targets();

[[noreturn]] void Fail(std::string_view broken);
inline void Expect(bool holds, std::string_view promise) {
  if (!holds) Fail(promise);
}

// One target out of several that are alike, so that they share its time: the first byte of an input
// says which of them gets the rest.
Target Sharing(std::string name, std::vector<Target> targets);

// Another input made of this one in libFuzzer's own way, at most `longest` bytes.
std::string Mutated(std::string_view bytes, std::size_t longest);

// The contents of the files below the source tree that fit one of the patterns of a shell.
std::vector<std::string> FilesLike(std::initializer_list<std::string_view> patterns);

// A folder of this process, gone when it ends.
const std::string& Folder();
// A file there with these bytes; its path. The same name gives the same file.
std::string FileOf(const std::string& name, std::string_view bytes);

}  // namespace pepline::fuzz

#endif  // PEPLINE_TESTS_FUZZ_TARGET_H_
