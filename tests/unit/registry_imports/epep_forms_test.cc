// The section of a policy profile that says which sections an ePEP has.
#include "absl/strings/str_cat.h"
#include "tests/unit/registry_imports/files.h"

namespace pepline::registry::imports {
namespace {

using ::testing::IsEmpty;
using ::testing::SizeIs;

constexpr char kForm[] = R"(epep_forms:
  - phase: primary
    sections:
      - {code: progress, owner: designated-teacher, mandatory: true}
      - {code: hobbies, owner: pupil}
)";

std::string With(std::string_view from, std::string_view to) { return Replaced(kForm, from, to); }

// The place of the only fault.
std::string FaultIn(const std::string& forms) {
  const auto parsed = ParsePolicy(ProfileWith(forms));
  EXPECT_THAT(parsed.errors, SizeIs(1)) << forms;
  return parsed.errors.empty() ? std::string() : parsed.errors[0].column;
}

TEST(EpepForms, SayWhichSectionsThereAreAndWhoWritesThem) {
  const auto parsed =
      ParsePolicy(ProfileWith(absl::StrCat(kForm, "finalise_needs_sections: true\n")));
  EXPECT_THAT(parsed.errors, IsEmpty());
  ASSERT_THAT(parsed.rows, SizeIs(1));
  EXPECT_TRUE(parsed.rows[0].finalise_needs_sections());
  ASSERT_EQ(parsed.rows[0].epep_forms_size(), 1);
  const auto& form = parsed.rows[0].epep_forms(0);
  EXPECT_EQ(form.phase(), "primary");
  ASSERT_EQ(form.sections_size(), 2);
  EXPECT_EQ(form.sections(0).code(), "progress");
  EXPECT_EQ(form.sections(0).owner(), "designated-teacher");
  EXPECT_TRUE(form.sections(0).mandatory());
  EXPECT_FALSE(form.sections(1).mandatory());
}

TEST(EpepForms, MayBeLeftOut) {
  const auto parsed = ParsePolicy(ProfileWith(""));
  ASSERT_THAT(parsed.rows, SizeIs(1));
  EXPECT_EQ(parsed.rows[0].epep_forms_size(), 0);
  EXPECT_FALSE(parsed.rows[0].finalise_needs_sections());
}

TEST(EpepForms, AFaultIsNamedByRowAndField) {
  EXPECT_EQ(FaultIn(With("primary", "nursery")), "/epep_forms/0/phase");
  EXPECT_EQ(FaultIn(With("owner: pupil", "owner: parent")), "/epep_forms/0/sections/1/owner");
  EXPECT_EQ(FaultIn(With("hobbies, owner: pupil", "hobbies")), "/epep_forms/0/sections/1/owner");
  EXPECT_EQ(FaultIn(With("hobbies", "progress")), "/epep_forms/0/sections/1/code");
  EXPECT_EQ(FaultIn(With("hobbies", "My Hobbies")), "/epep_forms/0/sections/1/code");
  EXPECT_EQ(FaultIn(With("hobbies", "-hobbies")), "/epep_forms/0/sections/1/code");
  EXPECT_EQ(FaultIn(With("hobbies", std::string(41, 'x'))), "/epep_forms/0/sections/1/code");
  EXPECT_EQ(FaultIn(With("mandatory: true", "mandatory: mostly")),
            "/epep_forms/0/sections/0/mandatory");
  EXPECT_EQ(FaultIn("epep_forms:\n  - {phase: primary, sections: []}\n"), "/epep_forms/0/sections");
  EXPECT_EQ(FaultIn("epep_forms:\n  - {phase: primary}\n"), "/epep_forms/0/sections");
  EXPECT_EQ(FaultIn("epep_forms: []\n"), "/epep_forms");
  const std::string form = kForm;
  EXPECT_EQ(FaultIn(absl::StrCat(form, form.substr(form.find("  - phase")))),
            "/epep_forms/1/phase");
}

TEST(EpepForms, HaveAtMostThirtySections) {
  std::string form = "epep_forms:\n  - phase: primary\n    sections:\n";
  for (int i = 0; i < 31; ++i) absl::StrAppend(&form, "      - {code: s", i, ", owner: pupil}\n");
  EXPECT_EQ(FaultIn(form), "/epep_forms/0/sections");
}

}  // namespace
}  // namespace pepline::registry::imports
