// A register is read while it arrives: whatever its pieces are, it is read as if it were whole.
#include "services/registry/import/parse/pieces.h"

#include <filesystem>
#include <random>
#include <sstream>

#include "absl/strings/match.h"
#include "tests/unit/registry_imports/files.h"

namespace pepline::registry::imports {
namespace {

// What a caller sees of it.
std::string Told(const Parsed<SchoolRow>& parsed) {
  std::ostringstream told;
  told << parsed.rows_read << " rows\n";
  for (const SchoolRow& row : parsed.rows) {
    told << row.row << " " << row.urn << " " << row.name << " " << row.authority_code << "\n";
  }
  for (const auto* messages : {&parsed.errors, &parsed.notes}) {
    for (const RowError& one : *messages) {
      PrintTo(one, &told);
      told << "\n";
    }
  }
  return told.str();
}

void ReadsTheSameInPiecesOf(std::size_t size, const std::string& file) {
  for (const char* authority : {"", "931", "202"}) {
    const std::string whole = Told(ParseSchools(PiecesOf(file, file.size() + 1), authority));
    ASSERT_EQ(Told(ParseSchools(PiecesOf(file, size), authority)), whole)
        << "pieces of " << size << ", " << authority << ":\n"
        << file;
  }
}

std::vector<std::string> Registers() {
  std::vector<std::string> files = {
      "",    "\n",          "  \r\n", "\xEF\xBB\xBF", "\xFF\xFEU", "PK\x03\x04 and more",
      "URN", "a\rb\r\n\r\n"};
  for (const auto& entry : std::filesystem::directory_iterator(PEPLINE_CASES)) {
    if (absl::StartsWith(entry.path().filename().string(), "register-")) {
      files.push_back(ReadFile(entry.path().string()));
    }
  }
  std::string some = DataFile("oxfordshire-schools.csv");
  some.resize(some.find('\n', 1500) + 1);
  files.push_back(some);
  files.push_back("\xEF\xBB\xBF" + some);
  return files;
}

TEST(RegisterInPieces, IsReadAsIfItWereWholeWhereverItIsCut) {
  for (const std::string& file : Registers()) {
    for (const std::size_t size : {1, 2, 3, 7, 64, 1000}) {
      ASSERT_NO_FATAL_FAILURE(ReadsTheSameInPiecesOf(size, file));
    }
  }
}

TEST(RegisterInPieces, IsReadAsIfItWereWholeAlsoWhereItsQuotationMarksAndLinesAreBroken) {
  std::mt19937_64 random(20261130);
  const std::vector<std::string> registers = Registers();
  for (int i = 0; i < 3000; ++i) {
    std::string file = registers[random() % registers.size()];
    for (int changes = 0; changes < 6; ++changes) {
      constexpr std::string_view kTelling = "\"\"\"\r\n, \x81";
      file.insert(random() % (file.size() + 1), 1, kTelling[random() % kTelling.size()]);
    }
    ASSERT_NO_FATAL_FAILURE(ReadsTheSameInPiecesOf(1 + random() % 40, file)) << i;
  }
}

}  // namespace
}  // namespace pepline::registry::imports
