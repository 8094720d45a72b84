// What counts as text, and which name was meant.
#include "services/registry/import/parse/text.h"

#include <array>

#include "services/registry/import/parse/upn.h"
#include "tests/unit/registry_imports/files.h"

namespace pepline::registry::imports {
namespace {

// A file of one value.
std::string TextOf(std::string_view bytes) {
  const FileText file(bytes, Encoding::kOfEachValue);
  EXPECT_EQ(file.problem(), "");
  std::string text;
  EXPECT_EQ(ReadValue(file.text(), file.marked_utf8(), text), std::nullopt);
  return text;
}
std::string ProblemOf(std::string_view bytes, Encoding encoding = Encoding::kOfEachValue) {
  return FileText(bytes, encoding).problem();
}
// The byte of a value that is no character; -1 where all are.
int BadByteOf(std::string_view bytes, bool utf8_only = false) {
  std::string text;
  const auto byte = ReadValue(bytes, utf8_only, text);
  EXPECT_TRUE(IsUtf8(text));
  return byte ? *byte : -1;
}

TEST(Utf8, IsTakenAsItIsWithOrWithoutAMark) {
  EXPECT_EQ(TextOf("Chlo\xC3\xA9"), "Chlo\xC3\xA9");
  EXPECT_EQ(TextOf("\xEF\xBB\xBF"
                   "Chlo\xC3\xA9"),
            "Chlo\xC3\xA9");
  EXPECT_EQ(TextOf("\xF0\x9F\x8F\xAB \xE2\x82\xAC"), "\xF0\x9F\x8F\xAB \xE2\x82\xAC");
}

TEST(Utf8, IsToldFromWhatOnlyLooksLikeIt) {
  for (const std::string_view bad :
       {"\xC0\xAF", "\xC1\xBF", "\xE0\x80\xAF", "\xED\xA0\x80", "\xF0\x80\x80\xAF",
        "\xF4\x90\x80\x80", "\xF5\x80\x80\x80", "\xC3", "\xE2\x82", "\xF0\x9F\x8F", "\x80"}) {
    EXPECT_FALSE(IsUtf8(bad));
  }
  EXPECT_TRUE(IsUtf8("\xED\x9F\xBF\xEE\x80\x80\xF4\x8F\xBF\xBF\xC2\x80"));
}

TEST(Windows1252, IsTranscodedCharacterByCharacter) {
  EXPECT_EQ(TextOf("Chlo\xE9"), "Chlo\xC3\xA9");
  EXPECT_EQ(TextOf("St Mary\x92s \x96 \x80\x35"),
            "St Mary\xE2\x80\x99s \xE2\x80\x93 \xE2\x82\xAC"
            "5");
  EXPECT_EQ(TextOf("\xFF\xA0\x9F\x8A"), "\xC3\xBF\xC2\xA0\xC5\xB8\xC5\xA0");
}

TEST(Value, TellsTheByteThatIsNoCharacter) {
  EXPECT_EQ(BadByteOf("Chlo\xE9 \x81"), 0x81);
  EXPECT_EQ(BadByteOf("Chlo\xC3\xA9", true), -1);
  EXPECT_EQ(BadByteOf("Chlo\xE9", true), 0xE9) << "the file is marked as UTF-8";
  EXPECT_EQ(BadByteOf("Chlo\xE9"), -1);
}

TEST(Value, HasNothingUnseenAtItsEnds) {
  for (const std::string_view value : {"  Elm  ", "\t Elm\xC2\xA0", "\xC2\xA0 \xC2\xA0 Elm",
                                       "\xEF\xBB\xBF Elm\xE2\x80\x8B", "\xA0 Elm\xA0"}) {
    EXPECT_EQ(TextOf(value), "Elm") << ::testing::PrintToString(value);
  }
}

TEST(FileText, SaysHowToSaveWhatItCannotRead) {
  EXPECT_THAT(ProblemOf("\xFF\xFEo\0"), ::testing::HasSubstr("UTF-16"));
  EXPECT_THAT(ProblemOf("PK\x03\x04 and so on"), ::testing::HasSubstr("workbook"));
  EXPECT_THAT(ProblemOf("Chlo\xE9", Encoding::kUtf8), ::testing::HasSubstr("save it as UTF-8"));
  EXPECT_THAT(ProblemOf("\xEF\xBB\xBF"
                        "Chlo\xE9",
                        Encoding::kUtf8),
              ::testing::HasSubstr("save it as UTF-8"));
  for (const std::string_view empty : {"", " \r\n\t", "\xEF\xBB\xBF", "\xEF\xBB\xBF\n"}) {
    EXPECT_EQ(ProblemOf(empty), "the file is empty");
  }
}

TEST(Advice, NamesTheNearestNameWhenOneIsNearEnough) {
  constexpr std::array<std::string_view, 3> kNames = {"own_id", "email", "school_urn"};
  EXPECT_EQ(AdviseNames("emial", kNames), "did you mean \"email\"?");
  EXPECT_EQ(AdviseNames("School-URN", kNames), "did you mean \"school_urn\"?");
  EXPECT_EQ(AdviseNames("telephone", kNames), "known are: own_id, email, school_urn");
  EXPECT_EQ(AdviseNames(std::string(100'000, 'e'), kNames), "known are: own_id, email, school_urn");
}

// docs/domain.md 4.5, with the sources of its vectors.
TEST(Upn, HasTheCheckLetterOfItsDigits) {
  for (const std::string_view right : {"B801200005001", "A950000178301", "H243278544154",
                                       "X845212818005", "E931400026001", "Q93140002600A"}) {
    EXPECT_EQ(CheckUpn(right), UpnCheck::kRight) << right;
  }
  for (const std::string_view wrong :
       {"R247962919251", "X428558133462", "A931400026001", "Q93140002600B"}) {
    EXPECT_EQ(CheckUpn(wrong), UpnCheck::kWrongLetter) << wrong;
  }
}

TEST(Upn, HasItsForm) {
  for (const std::string_view bad :
       {"", "B80120000500", "B8012000050011", "I801200005001", "0801200005001", "BA01200005001",
        "B80120000500I", "B80120000500-", "b801200005001", "UN1"}) {
    EXPECT_EQ(CheckUpn(bad), UpnCheck::kNotInForm) << bad;
  }
}

TEST(Upn, OfOneChildHasOneLetterOnly) {
  constexpr std::string_view kAlphabet = "ABCDEFGHJKLMNPQRTUVWXYZ";
  for (const std::string_view rest : {"931400026001", "93140002600A", "93140002600Z"}) {
    int right = 0;
    for (const char letter : kAlphabet) {
      if (CheckUpn(letter + std::string(rest)) == UpnCheck::kRight) ++right;
    }
    EXPECT_EQ(right, 1) << rest;
  }
}

}  // namespace
}  // namespace pepline::registry::imports
