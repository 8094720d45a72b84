// What a field list can say of a struct, and what its guards find where the two differ.
#include "shared/domain/field_list.h"

#include "pepline/common/v1/policy_profile.pb.h"
#include "shared/engine/field_mapping.h"
#include "tests/support/field_gaps.h"

namespace pepline {
namespace {

using common::v1::AlertLevel;
using common::v1::DeadlineRule;

// One number of the contract's DayKind is left out.
enum class Kind { kSchoolDays = 1, kCalendarMonths = 3 };
constexpr Kind LastOf(Kind) { return Kind::kCalendarMonths; }
constexpr bool IsLeftOut(Kind kind) { return kind != Kind::kSchoolDays && kind != LastOf(kind); }

struct Count {
  Kind kind = Kind::kSchoolDays;
  int offset = 0;
  friend bool operator==(const Count&, const Count&) = default;
};
struct Level {
  int level = 0;
  std::optional<Count> count;
  int forgotten = 0;
};
void Fields(auto& map, Of<Level> auto& level) {
  map.Kept(FIELD(level), level.level);
  map.If(FIELD(day_kind), level.count, [](auto& fields, auto& count) {
    fields(FIELD(day_kind), count.kind);
    fields(FIELD(offset), count.offset);
  });
}

struct Name {
  std::string source;
  int length = 0;
  friend bool operator==(const Name&, const Name&) = default;
};
void Fields(auto& map, Of<Name> auto& name) {
  map(FIELD(source), name.source);
  map(FIELD(length), name.length);
}
struct Named {
  Name id;
};
void Fields(auto& map, Of<Named> auto& named) {
  map(FIELD(rule_id), named.id);
  map(FIELD(elsewhere), named.id);
}

}  // namespace

template <>
struct TextForm<Name> {
  static std::string Write(const Name& name) { return name.source; }
  static std::optional<Name> Read(const std::string& text) { return Name{text, 7}; }
};

namespace {

TEST(FieldLists, KnowTheNumbersOfAnEnumThatAreNotLeftOut) {
  EXPECT_EQ(KnownEnum<Kind>(1), Kind::kSchoolDays);
  EXPECT_EQ(KnownEnum<Kind>(3), Kind::kCalendarMonths);
  for (const int number : {-1, 0, 2, 4}) EXPECT_EQ(KnownEnum<Kind>(number), std::nullopt);
}

TEST(FieldLists, PutAnOptionalStructBesideItsOwnersFields) {
  for (const auto& count : {std::optional<Count>(), std::optional(Count{LastOf(Kind()), -3})}) {
    AlertLevel message;
    WriteFields(Level{2, count}, message);
    EXPECT_EQ(message.day_kind(), count ? common::v1::DAY_KIND_CALENDAR_MONTHS : 0);
    EXPECT_EQ(message.offset(), count ? -3 : 0);
    FieldReader reader;
    EXPECT_EQ(ReadFields<Level>(message, reader).count, count);
    EXPECT_TRUE(reader.readable());
  }
}

TEST(FieldLists, LeaveWhatIsKeptOutOfEvents) {
  AlertLevel message;
  WriteFields<Audience::kEvent>(Level{2, Count{Kind::kSchoolDays, 5}}, message);
  EXPECT_EQ(message.level(), 0);
  EXPECT_EQ(message.offset(), 5);
}

TEST(FieldLists, TakeAStructThatHasATextForItsTextAndItsFieldsWhereItIsInline) {
  DeadlineRule message;
  WriteFields(Named{{"the law", 5}}, message);
  EXPECT_EQ(message.rule_id(), "the law");
  FieldReader reader;
  EXPECT_EQ(ReadFields<Named>(message, reader).id, (Name{"the law", 7}));
  WriteFields(Name{"a policy", 5}, message);
  EXPECT_EQ(message.source(), "a policy");
  EXPECT_EQ(message.length(), 5);
}

TEST(FieldGaps, NameWhatTheListAndTheMessageDoNotShare) {
  const FieldGaps level = GapsOf<Level, AlertLevel>();
  EXPECT_EQ(level.not_in_message, FieldNames());
  EXPECT_EQ(level.not_in_list, (FieldNames{"recipients"}));
  EXPECT_EQ(level.unlike_enums,
            std::vector<std::string>{"day_kind: 2 is no value and WORKINGDAYS"});
  EXPECT_EQ(MembersOf<Level>() - level.members_listed, 1) << "one is in no list";
  EXPECT_EQ((GapsOf<Named, DeadlineRule>().not_in_message), (FieldNames{"elsewhere"}));
}

}  // namespace
}  // namespace pepline
