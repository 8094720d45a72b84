// What one person is told of in one mail: what joins, when it is taken, and how it is stored.
#include "services/notifications/domain/digest.h"

#include "absl/strings/str_cat.h"
#include "services/notifications/domain/fields.h"
#include "services/notifications/storage/digest_codec.h"
#include "shared/base/hex.h"
#include "tests/support/field_gaps.h"
#include "tests/unit/notifications/alert_story.h"

namespace pepline::notifications {
namespace {

using testing::ElementsAre;
using testing::IsEmpty;
using testing::SizeIs;
using enum RecipientRole;

DigestItem Item(int child) {
  return {AlertId(absl::StrCat("chd-", child, ".1.finalise-within-5-school-days")), 1, 0,
          kDesignatedTeacher};
}

class DigestStory : public DeciderRunner<Digest> {
 public:
  DigestStory() { facts.now = At("2025-10-16 08:00"); }
  DigestStory& Joined(int child) {
    Done(JoinDigest{Item(child)});
    return *this;
  }
};

TEST(Digests, LeaveAMinuteAfterTheFirstWithWhoeverJoinedUntilThen) {
  DigestStory story;
  story.Joined(1);
  story.facts.now += absl::Seconds(50);
  story.Joined(2).PlayUntil(At("2025-10-16 08:30"), TakeDigest{});
  const auto taken = story.All<DigestTaken>();
  ASSERT_THAT(taken, SizeIs(1));
  EXPECT_EQ(taken[0].at, At("2025-10-16 08:01"));
  EXPECT_THAT(taken[0].items, ElementsAre(Item(1), Item(2)));
  EXPECT_THAT(story.state.items, IsEmpty());
  EXPECT_EQ(Digest::NextWake(story.state, story.facts), std::nullopt);
  EXPECT_EQ(story.Folded(), story.state);
}

TEST(Digests, AreJoinedOnce) {
  DigestStory story;
  story.Joined(1).Idle(JoinDigest{Item(1)});
  DigestItem in_another_role = Item(1);
  in_another_role.role = kDeputyDesignatedTeacher;
  story.Done(JoinDigest{in_another_role});
  EXPECT_THAT(story.state.items, ElementsAre(Item(1), in_another_role));
}

TEST(Digests, AreNotWokenTooEarlyOrTwice) {
  DigestStory story;
  story.Joined(1);
  story.facts.now += absl::Seconds(59);
  story.Idle(TakeDigest{});
  story.facts.now += absl::Seconds(1);
  story.Done(TakeDigest{});
  story.Idle(TakeDigest{});
  EXPECT_THAT(story.All<DigestTaken>(), SizeIs(1));
}

TEST(Digests, ThatAreUnderWayAreNotJoinedAgainUntilTheyHaveFailed) {
  DigestStory story;
  story.Joined(1);
  story.facts.now += kGathers;
  story.Done(JoinDigest{Item(1)});  // ahead of the alarm
  EXPECT_THAT(story.All<DigestTaken>(), SizeIs(1));
  EXPECT_THAT(story.state.items, IsEmpty());
  story.Joined(2);
  EXPECT_THAT(story.state.items, ElementsAre(Item(2)));
  story.facts.now += kGathers / 2;
  story.Idle(JoinDigest{Item(1)});
  story.facts.now += kGathers / 4;
  story.Joined(3);
  story.facts.now += kGathers / 4;
  story.Joined(1);  // taken with those before, and the next digest is taken now
  EXPECT_THAT(story.All<DigestTaken>(), SizeIs(2));
  EXPECT_THAT(story.state.items, ElementsAre(Item(1)));
}

TEST(Digests, HoldAHundredThingsAndTheNextBegins) {
  DigestStory story;
  for (int child = 0; child < 101; ++child) story.Joined(child);
  ASSERT_THAT(story.All<DigestTaken>(), SizeIs(1));
  EXPECT_THAT(story.All<DigestTaken>()[0].items, SizeIs(kMostOfDigest));
  EXPECT_THAT(story.state.items, ElementsAre(Item(100)));
}

TEST(Digests, AreForRemindersAndNoticesThatHaveNotWaitedForLong) {
  const absl::Time now = At("2025-10-16 08:00");
  PendingDelivery pending{.level = 0, .since = now, .not_before = now};
  EXPECT_TRUE(MayJoinDigest(pending, now));
  EXPECT_FALSE(MayJoinDigest(pending, now + kDigestGivenUp));
  pending.level = -1;
  EXPECT_TRUE(MayJoinDigest(pending, now));
  pending.level = 1;
  EXPECT_FALSE(MayJoinDigest(pending, now)) << "late is late at once";
}

TEST(DigestFields, AreAllStored) {
  ExpectStored<DigestState, storage::v1::Digest>();
  ExpectStored<DigestItem, storage::v1::DigestItem>();
}

TEST(DigestCodec, ReadsBackEveryStateOfAWholeLife) {
  DigestStory story;
  story.Joined(1).Joined(2).PlayUntil(At("2025-10-16 08:01"), TakeDigest{});
  story.Joined(3);
  DigestState state;
  for (const auto& [at, event] : story.log) {
    state = Digest::Evolve(std::move(state), event);
    const auto read = DigestCodec::Decode({DigestCodec::Encode(state).front()});
    ASSERT_TRUE(read.ok()) << read.status();
    EXPECT_EQ(*read, state);
    EXPECT_FALSE(DigestCodec::IsPublished(event));
  }
}

TEST(DigestCodec, ReadsTheBytesOfTheFirstVersion) {
  const auto read = DigestCodec::Decode({BytesOfHex(
      "0a2b0a256368642d312e312e66696e616c6973652d77697468696e2d352d7363686f6f6c2d6461797310"
      "0120011080c6d5ef92a89003")});
  ASSERT_TRUE(read.ok()) << read.status();
  EXPECT_THAT(read->items, ElementsAre(Item(1)));
  EXPECT_EQ(read->due_at, At("2025-10-16 08:01"));
}

TEST(DigestCodec, AnswersDataLossForBytesItCannotRead) {
  EXPECT_TRUE(absl::IsDataLoss(DigestCodec::Decode({"\xff\xff"}).status()));
  EXPECT_EQ(*DigestCodec::Decode({std::nullopt}), DigestState());
}

TEST(DigestIds, FollowFromWhatIsToldInWhateverOrder) {
  const StaffId staff(kTeacher);
  const std::string id = DigestId(staff, {"a", "b"});
  EXPECT_EQ(DigestId(staff, {"b", "a"}), id);
  EXPECT_NE(DigestId(staff, {"a"}), id);
  EXPECT_THAT(id, testing::MatchesRegex("stf-teacher0000000000001/digest/[a-z0-9]{20}"));
}

}  // namespace
}  // namespace pepline::notifications
