// Page tokens: they lead on, say nothing, and are good for one caller, RPC and filter alone.
#include "shared/rpc/page_tokens.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <set>
#include <thread>
#include <vector>

#include "absl/strings/escaping.h"
#include "absl/strings/str_cat.h"
#include "pepline/notifications/v1/notifications_service.pb.h"
#include "pepline/runtime/v1/aggregate_record.pb.h"
#include "shared/store/memory_store.h"

namespace pepline {
namespace {

using notifications::v1::ListAlertsRequest;
using notifications::v1::ListAlertsResponse;
using ::testing::HasSubstr;
using ::testing::IsEmpty;
using ::testing::Not;
using ::testing::SizeIs;

constexpr char kRpc[] = "pepline.notifications.v1.NotificationsService/ListAlerts";
constexpr char kPosition[] = "7:chd-abcdefghij0123456789.2.finalise-within-5-school-days";

Call TeacherOf(std::set<SchoolUrn> schools, const std::string& subject = "stf-1") {
  return {.rpc = kRpc,
          .actor = {.subject = subject,
                    .role = Role::kDesignatedTeacher,
                    .authority = {},
                    .schools = std::move(schools)},
          .traceparent = ""};
}

class PageTokensTest : public testing::Test {
 protected:
  std::string TokenFor(const std::string& position, const Call& call,
                       const ListAlertsRequest& request = {}) {
    Violations violations;
    const auto page = AskedPage::Read(store_, call, request, violations);
    EXPECT_TRUE(page.ok()) << page.status();
    ListAlertsResponse response;
    EXPECT_TRUE(page.ok() && page->SetNext(position, response).ok());
    return response.next_page_token();
  }
  // The position that the token stands for; nullopt where it is refused.
  std::optional<std::string> Opened(const std::string& token, const Call& call,
                                    ListAlertsRequest request = {}) {
    request.set_page_token(token);
    Violations violations;
    const auto page = AskedPage::Read(store_, call, request, violations);
    EXPECT_TRUE(page.ok()) << page.status();
    if (violations.empty() && page.ok()) return page->position();
    EXPECT_EQ(violations.front().field, "page_token");
    EXPECT_THAT(violations.front().description, HasSubstr("begin again without a token"));
    EXPECT_TRUE(!page.ok() || page->position().empty());
    return std::nullopt;
  }

  MemoryStore store_;
  const Call call_ = TeacherOf({SchoolUrn("123240")});
};

TEST_F(PageTokensTest, LeadOnFromWhereThePageEnded) {
  for (const std::string& position :
       {std::string(kPosition), std::string("0:x"), std::string("15:") + std::string(400, 'y')}) {
    const std::string token = TokenFor(position, call_);
    EXPECT_EQ(Opened(token, call_), position);
    EXPECT_EQ(Opened(token, call_), position) << "as often as is asked";
  }
  EXPECT_EQ(TokenFor("", call_), "") << "no more pages";
  EXPECT_EQ(Opened("", call_), "") << "from the beginning";
}

TEST_F(PageTokensTest, SayNothingOfTheRecordTheyEndAt) {
  std::set<std::string> tokens;
  std::set<std::size_t> sizes;
  for (const char* rule : {"finalise-within-5-school-days", "pep-held-within-4-months",
                           "sdq-scored-3-school-days-before-meeting"}) {
    const std::string token = TokenFor(absl::StrCat("7:chd-a.2.", rule), call_);
    std::string bytes;
    ASSERT_TRUE(absl::WebSafeBase64Unescape(token, &bytes));
    EXPECT_THAT(bytes, Not(HasSubstr("chd-a")));
    EXPECT_THAT(bytes, Not(HasSubstr(rule)));
    EXPECT_NE(token, TokenFor(absl::StrCat("7:chd-a.2.", rule), call_)) << "never the same twice";
    tokens.insert(token);
    sizes.insert(token.size());
  }
  EXPECT_THAT(tokens, SizeIs(3));
  EXPECT_THAT(sizes, SizeIs(1)) << "the length would tell what is late";
  EXPECT_LE(*sizes.begin(), kLongestPageToken);
}

TEST_F(PageTokensTest, AreRefusedToEveryOtherCaller) {
  const std::string token = TokenFor(kPosition, call_);
  std::vector<Call> others = {TeacherOf({SchoolUrn("123240")}, "stf-2"),
                              TeacherOf({}),
                              TeacherOf({SchoolUrn("123241")}),
                              TeacherOf({SchoolUrn("123240"), SchoolUrn("123241")}),
                              call_,
                              call_,
                              call_};
  others[4].actor.role = Role::kVirtualSchool;
  others[5].actor.authority = AuthorityCode("931");
  others[6].rpc = "pepline.scheduling.v1.SchedulingService/ListPeps";
  for (const Call& other : others) {
    EXPECT_EQ(Opened(token, other), std::nullopt) << &other - others.data();
  }
  EXPECT_EQ(Opened(token, call_), kPosition);
  // Nothing of one part runs into the next.
  const Call split = TeacherOf({SchoolUrn("12"), SchoolUrn("3240")});
  EXPECT_EQ(Opened(TokenFor(kPosition, split), call_), std::nullopt);
}

TEST_F(PageTokensTest, AreRefusedForEveryOtherFilter) {
  ListAlertsRequest request;
  request.set_school_urn("123240");
  request.set_state(notifications::v1::ALERT_STATE_OPEN);
  request.set_page_size(10);
  const std::string token = TokenFor(kPosition, call_, request);
  EXPECT_EQ(Opened(token, call_, request), kPosition);
  for (const int size : {0, 1, 1000}) {
    request.set_page_size(size);
    EXPECT_EQ(Opened(token, call_, request), kPosition) << "the size is no filter";
  }
  EXPECT_EQ(Opened(token, call_), std::nullopt);
  std::vector<ListAlertsRequest> others(5, request);
  others[0].set_school_urn("123241");
  others[1].clear_state();
  others[2].set_child_id("chd-a");
  others[3].set_level(0);
  others[4].set_authority_code("931");
  for (const ListAlertsRequest& other : others) {
    EXPECT_EQ(Opened(token, call_, other), std::nullopt) << other.ShortDebugString();
  }
}

TEST_F(PageTokensTest, AreRefusedWhereAnythingInThemIsAltered) {
  const std::string token = TokenFor(kPosition, call_);
  for (std::size_t i = 0; i < token.size(); ++i) {
    std::string altered = token;
    altered[i] = altered[i] == 'A' ? 'B' : 'A';
    EXPECT_EQ(Opened(altered, call_), std::nullopt) << i;
    EXPECT_EQ(Opened(token.substr(0, i + (i == 0)), call_), std::nullopt) << "cut at " << i;
  }
  for (const std::string& guess :
       {std::string("x"), std::string("0:a"), std::string(kPosition), std::string("not a token"),
        token + token, token + "AAAA", std::string("AQ"), std::string("\xff\xfe\0", 3)}) {
    EXPECT_EQ(Opened(guess, call_), std::nullopt) << guess;
  }
}

TEST_F(PageTokensTest, ThatAreTooLongAreRefusedBeforeAnythingIsLookedUp) {
  store_.away = true;
  EXPECT_EQ(Opened(std::string(kLongestPageToken + 1, 'A'), call_), std::nullopt);
  EXPECT_EQ(Opened("no base64 at all!", call_), std::nullopt);
  ListAlertsRequest request;
  request.set_page_token(std::string(380, 'A'));
  Violations violations;
  EXPECT_TRUE(absl::IsUnavailable(AskedPage::Read(store_, call_, request, violations).status()));
}

TEST_F(PageTokensTest, AreNamedTogetherWithABadSize) {
  ListAlertsRequest request;
  request.set_page_size(1001);
  request.set_page_token("x");
  Violations violations;
  ASSERT_TRUE(AskedPage::Read(store_, call_, request, violations).ok());
  ASSERT_THAT(violations, SizeIs(2));
  EXPECT_EQ(violations[0].field, "page_size");
  EXPECT_EQ(violations[1].field, "page_token");
}

TEST_F(PageTokensTest, OfAllReplicasThatBeginAtOnceAreGoodEverywhere) {
  constexpr int kReplicas = 8;
  std::vector<std::string> tokens(kReplicas);
  {
    std::vector<std::thread> replicas;
    for (std::string& token : tokens) {
      replicas.emplace_back([this, &token] { token = TokenFor(kPosition, call_); });
    }
    for (std::thread& replica : replicas) replica.join();
  }
  for (const std::string& token : tokens) EXPECT_EQ(Opened(token, call_), kPosition);
}

TEST_F(PageTokensTest, OfALostKeyAreRefusedAndListsGoOnWithAnother) {
  const std::string before = TokenFor(kPosition, call_);
  MemoryStore empty;
  ListAlertsRequest request;
  request.set_page_token(before);
  Violations violations;
  auto page = AskedPage::Read(empty, call_, request, violations);
  ASSERT_TRUE(page.ok());
  EXPECT_EQ(violations.front().field, "page_token");
  const auto held = empty.Take();
  ASSERT_TRUE(held.ok());
  for (const StoredKeys& keys : *held) {
    EXPECT_THAT(keys.records, IsEmpty()) << "a bad token writes nothing";
  }
  const auto after = page->TokenFor(kPosition);
  ASSERT_TRUE(after.ok()) << after.status();
  request.set_page_token(*after);
  violations.clear();
  page = AskedPage::Read(empty, call_, request, violations);
  ASSERT_TRUE(page.ok());
  EXPECT_EQ(page->position(), kPosition);
}

TEST_F(PageTokensTest, AreNotGivenOutUnderAKeyThatCannotBeRead) {
  runtime::v1::AggregateRecord record;
  record.set_state("short");
  const std::string kind(kPageTokenKeyKind);
  Commit commit{.partition = PartitionOf(kind, store_.partitions())};
  commit.writes.push_back(
      {.key = {kind, kind}, .expected_revision = 0, .bytes = record.SerializeAsString()});
  ASSERT_TRUE(store_.Apply(commit).ok());
  Violations violations;
  const auto page = AskedPage::Read(store_, call_, ListAlertsRequest(), violations);
  ASSERT_TRUE(page.ok());
  EXPECT_TRUE(absl::IsDataLoss(page->TokenFor(kPosition).status()));
}

}  // namespace
}  // namespace pepline
