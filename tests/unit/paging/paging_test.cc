// Pages of look-up lists: full, complete, each record once, whatever the filter passes over.
#include "shared/engine/paging.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <set>

#include "absl/strings/str_format.h"
#include "tests/unit/gauges/stored_state.h"

namespace pepline {
namespace {

using ::testing::ElementsAre;
using ::testing::HasSubstr;
using ::testing::IsEmpty;
using ::testing::SizeIs;

// Its state is a text.
struct Note {
  using State = std::string;
  using Command = int;
  using Event = int;
  using Facts = int;
};
struct NoteCodec {
  using Rules = Note;
  static absl::StatusOr<std::string> Decode(const std::vector<std::optional<std::string>>& parts) {
    if (parts.front() == "unreadable") return absl::DataLossError("a note cannot be read");
    return parts.front().value_or("");
  }
};

const IndexEntry kAll{"all", "notes"};

class ListsTest : public testing::Test {
 protected:
  // The record of `id`, in the partition of `owner`.
  void Put(const std::string& owner, const std::string& id, const std::string& text) {
    stored_.Put(owner, {"note", id}, text, {kAll});
  }
  absl::StatusOr<StatePage<std::string>> Read(int page_size, const std::string& token,
                                              const ListedRecords& from = {kAll}) {
    looked_at_ = 0;
    return ReadListed<NoteCodec>(
        store_, from,
        [](const std::string& id) {
          return Target{"", {{"note", id}}, {{"signature", id}}};
        },
        page_size, token,
        [this](const std::string& text, const auto& also) -> absl::StatusOr<bool> {
          ++looked_at_;
          signatures_.insert(signatures_.end(), also.begin(), also.end());
          return fits_(text);
        });
  }
  // All pages; how long each was is in sizes_.
  std::vector<std::string> ReadAll(int page_size, const ListedRecords& from = {kAll}) {
    std::vector<std::string> all;
    std::string token;
    sizes_.clear();
    do {
      auto page = Read(page_size, token, from);
      EXPECT_TRUE(page.ok()) << page.status();
      if (!page.ok()) break;
      sizes_.push_back(page->states.size());
      all.insert(all.end(), page->states.begin(), page->states.end());
      token = page->next_page_token;
    } while (!token.empty());
    return all;
  }

  StoredStates stored_;
  MemoryStore& store_ = stored_.store();
  std::function<bool(const std::string&)> fits_ = [](const std::string&) { return true; };
  int looked_at_ = 0;
  std::vector<std::optional<std::string>> signatures_;
  std::vector<std::size_t> sizes_;
};

TEST_F(ListsTest, PagesAreFullWhateverIsPassedOver) {
  std::set<std::string> wanted;
  for (int i = 0; i < 1000; ++i) {
    const std::string text = absl::StrFormat("%03d", i);
    Put(text, "n" + text, text);
    if (i % 7 == 0) wanted.insert(text);
  }
  fits_ = [](const std::string& text) { return std::stoi(text) % 7 == 0; };
  const auto all = ReadAll(50);
  EXPECT_EQ(std::set(all.begin(), all.end()), wanted);
  EXPECT_THAT(all, SizeIs(wanted.size()));
  EXPECT_THAT(sizes_, ElementsAre(50, 50, 43));
}

TEST_F(ListsTest, AFullLastPageHasNoToken) {
  for (int i = 0; i < 20; ++i) Put(std::to_string(i), std::to_string(i), "note");
  ReadAll(10);
  EXPECT_THAT(sizes_, ElementsAre(10, 10));
}

TEST_F(ListsTest, OneCallLooksAtNoMoreThanItMay) {
  for (int i = 0; i < kMostLookedAt + 10; ++i) Put("one", absl::StrFormat("%05d", i), "note");
  Put("one", "z", "the last");
  fits_ = [](const std::string& text) { return text == "the last"; };
  EXPECT_THAT(ReadAll(10), ElementsAre("the last"));
  EXPECT_THAT(sizes_, ElementsAre(0, 1));
}

TEST_F(ListsTest, AllOfAListAreLookedAtHoweverMany) {
  for (int i = 0; i < kMostLookedAt + 10; ++i) Put("one", absl::StrFormat("%05d", i), "note");
  const auto record_of = [](const std::string& id) { return Target{"", {{"note", id}}}; };
  int seen = 0;
  const auto count = [&](const std::string&, const RecordStates&) {
    return ++seen == kMostLookedAt + 5 ? absl::UnavailableError("away") : absl::OkStatus();
  };
  EXPECT_TRUE(absl::IsUnavailable(ForEachListed<NoteCodec>(store_, {kAll}, record_of, count)));
  EXPECT_EQ(seen, kMostLookedAt + 5) << "and no further";
  EXPECT_TRUE(ForEachListed<NoteCodec>(store_, {kAll}, record_of, count).ok());
  EXPECT_EQ(seen, 2 * kMostLookedAt + 15);
}

TEST_F(ListsTest, OnlyWhatBeginsWithThePrefix) {
  for (const char* id : {"chd-a", "chd-a.1", "chd-a.2", "chd-aa.1", "chd-b.1"})
    Put("chd-a", id, id);
  EXPECT_THAT(ReadAll(10, {kAll, "chd-a", "chd-a."}), ElementsAre("chd-a.1", "chd-a.2"));
  EXPECT_THAT(ReadAll(1, {kAll, "chd-a", "chd-a."}), ElementsAre("chd-a.1", "chd-a.2"));
  EXPECT_THAT(ReadAll(10, {kAll, "chd-a", "chd-c."}), IsEmpty());
  EXPECT_EQ(looked_at_, 0);
}

TEST_F(ListsTest, OnlyThePartitionOfTheRoutingId) {
  Put("chd-a", "1", "of a");
  std::string elsewhere = "chd-b";
  while (PartitionOf(elsewhere, 16) == PartitionOf("chd-a", 16)) elsewhere += "b";
  Put(elsewhere, "2", "elsewhere");
  EXPECT_THAT(ReadAll(10, {kAll, "chd-a"}), ElementsAre("of a"));
  auto page = Read(10, "15:x", {kAll, PartitionOf("chd-a", 16) == 15 ? elsewhere : "chd-a"});
  EXPECT_TRUE(absl::IsInvalidArgument(page.status())) << page.status();
}

TEST_F(ListsTest, ATokenThatWasNotGivenOutIsRefused) {
  for (const char* token : {"x", ":", "16:a", "-1:a", "1"}) {
    auto page = Read(10, token);
    EXPECT_TRUE(absl::IsInvalidArgument(page.status())) << token;
    EXPECT_THAT(std::string(page.status().message()), HasSubstr("page_token"));
  }
}

TEST_F(ListsTest, WhatIsGoneIsPassedOverAndWhatCannotBeReadIsSaid) {
  Put("a", "1", "note");
  Commit nothing_there{.partition = PartitionOf("a", 16)};
  nothing_there.index.push_back({kAll, "gone", true});
  ASSERT_TRUE(store_.Apply(nothing_there).ok());
  EXPECT_THAT(ReadAll(10), ElementsAre("note"));
  Put("a", "2", "unreadable");
  EXPECT_TRUE(absl::IsDataLoss(Read(10, "").status()));
}

TEST_F(ListsTest, WhatIsWantedAlsoIsReadAlong) {
  Put("a", "1", "signed");
  stored_.Put("a", {"signature", "1"}, "by Ada", {});
  Put("a", "2", "not signed");
  Put("a", "3", "signed");
  stored_.Put("a", {"signature", "3"}, "by Bo", {});
  EXPECT_THAT(ReadAll(10), ElementsAre("signed", "not signed", "signed"));
  EXPECT_THAT(signatures_, ElementsAre("by Ada", std::nullopt, "by Bo"));
}

}  // namespace
}  // namespace pepline
