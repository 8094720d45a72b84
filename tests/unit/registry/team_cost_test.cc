// What a child's team costs does not grow with the number of children that its people have.
#include <gmock/gmock.h>

#include <ctime>

#include "services/registry/api/contacts.h"
#include "tests/unit/registry/importing.h"

namespace pepline::registry {
namespace {

using testing::ElementsAre;
using testing::IsEmpty;

constexpr int kBatch = 300;
constexpr char kChildrenHeader[] =
    "own_id,given_name,family_name,date_of_birth,upn,location_restricted,became_looked_after_on,"
    "ceased_on,ceased_reason,school_urn,enrolled_on,caseworker_own_id,social_worker_own_id,"
    "iro_own_id\n";
constexpr char kStaffHeader[] =
    "own_id,name,email,role,school_urn,authority_code,child_own_id,from_on,until_on\n";

class TeamCostTest : public testing::Test {
 protected:
  void SetUp() override {
    importing_.Run(v1::IMPORT_KIND_STAFF,
                   absl::StrCat(kStaffHeader,
                                "VS-1,Sam Sample,sam@council.example,virtual-school-caseworker,,"
                                "931,,2024-09-01,\n"
                                "VS-2,Tess Sample,tess@council.example,virtual-school-caseworker,,"
                                "931,,2024-09-01,\n"
                                "SW-1,Vic Sample,vic@council.example,social-worker,,931,,2024-09-01"
                                ",\n"));
  }

  // "C-<from>" to "C-<from + count - 1>", all under the same people.
  static std::string Children(int from, const std::string& caseworker = "VS-1",
                              int count = kBatch) {
    std::string file = kChildrenHeader;
    for (int i = from; i < from + count; ++i) {
      absl::StrAppend(&file, "C-", 10000 + i, ",Amber,Test-Alder,2012-05-03,,no,2025-02-06,,,,,",
                      caseworker, ",SW-1,\n");
    }
    return file;
  }
  static std::string Posts(int from) {
    std::string file = kStaffHeader;
    for (int i = from; i < from + kBatch; ++i) {
      absl::StrAppend(&file, "SW-9,Wen Sample,wen@council.example,social-worker,,,C-", 10000 + i,
                      ",2025-03-01,\n");
    }
    return file;
  }

  struct Cost {
    int loads;
    std::size_t read;
    std::size_t written;
  };
  Cost CostOf(v1::ImportKind kind, const std::string& file, int rows = kBatch) {
    const Cost before{importing_.store.loads, importing_.store.bytes_read,
                      importing_.store.bytes_written};
    const v1::ImportResponse response = importing_.Run(kind, file);
    EXPECT_EQ(response.created() + response.changed(), rows);
    return {importing_.store.loads - before.loads, importing_.store.bytes_read - before.read,
            importing_.store.bytes_written - before.written};
  }
  static void ExpectAlike(const Cost& one, const Cost& other) {
    EXPECT_LE(other.loads, one.loads + one.loads / 20);
    EXPECT_LE(other.read, one.read + one.read / 20);
    EXPECT_LE(other.written, one.written + one.written / 20);
  }
  std::vector<std::string> Caseworkers(const std::string& own_id) {
    v1::LookUpContactsRequest request;
    request.set_authority_code("931");
    request.set_child_id(importing_.ids.OfChild(AuthorityCode("931"), own_id).text());
    request.add_roles(common::v1::RECIPIENT_ROLE_VIRTUAL_SCHOOL_CASEWORKER);
    auto answer = Contacts(importing_.facts).LookUp(request);
    std::vector<std::string> emails;
    EXPECT_TRUE(answer.ok()) << answer.status();
    const auto* found = answer.ok() ? std::get_if<v1::LookUpContactsResponse>(&*answer) : nullptr;
    EXPECT_NE(found, nullptr);
    if (found == nullptr) return emails;
    for (const auto& contact : found->contacts()) emails.push_back(contact.email());
    return emails;
  }

  Importing importing_;
};

TEST_F(TeamCostTest, TheNextChildrenUnderOneCaseworkerCostWhatTheFirstDid) {
  const Cost first = CostOf(v1::IMPORT_KIND_CHILDREN, Children(0));
  Cost last = first;
  for (int batch = 1; batch < 4; ++batch) {
    last = CostOf(v1::IMPORT_KIND_CHILDREN, Children(batch * kBatch));
  }
  ExpectAlike(first, last);
  EXPECT_LT(last.written / kBatch, 3000u) << "bytes of a child with two people";
}

// One file each, since what is gathered over the rows of one file is none of the store's business:
// twice the children cost twice as much of the store, and of the processor less than thrice (the
// square of twice is four times).
TEST_F(TeamCostTest, EightThousandChildrenUnderOneCaseworkerCostTwiceWhatFourThousandDo) {
  constexpr int kHalf = 4000;
  constexpr int kWhole = 2 * kHalf;
  const auto used = [] { return static_cast<double>(std::clock()); };  // of all threads
  const double begun = used();
  const Cost half = CostOf(v1::IMPORT_KIND_CHILDREN, Children(0, "VS-1", kHalf), kHalf);
  const double half_used = used() - begun;
  const Cost whole = CostOf(v1::IMPORT_KIND_CHILDREN, Children(kHalf, "VS-2", kWhole), kWhole);
  const double whole_used = used() - begun - half_used;
  EXPECT_LE(whole.loads, half.loads * 2.05);
  EXPECT_LE(whole.read, half.read * 2.05);
  EXPECT_LE(whole.written, half.written * 2.05);
  EXPECT_LT(whole_used, half_used * 3);
}

TEST_F(TeamCostTest, AChangeOfCaseworkerCostsTheSameHoweverManyChildrenThereAre) {
  for (int batch = 0; batch < 4; ++batch) {
    importing_.Run(v1::IMPORT_KIND_CHILDREN, Children(batch * kBatch));
  }
  importing_.clock.Set(At("2025-09-08 09:00"));
  const Cost first = CostOf(v1::IMPORT_KIND_CHILDREN, Children(0, "VS-2"));
  for (int batch = 1; batch < 3; ++batch) {
    importing_.Run(v1::IMPORT_KIND_CHILDREN, Children(batch * kBatch, "VS-2"));
  }
  ExpectAlike(first, CostOf(v1::IMPORT_KIND_CHILDREN, Children(3 * kBatch, "VS-2")));
  EXPECT_THAT(Caseworkers("C-10000"), ElementsAre("tess@council.example"));
}

TEST_F(TeamCostTest, PostsForChildrenFromAFileOfStaffCostTheSameEach) {
  for (int batch = 0; batch < 3; ++batch) {
    importing_.Run(v1::IMPORT_KIND_CHILDREN, Children(batch * kBatch));
  }
  const Cost first = CostOf(v1::IMPORT_KIND_STAFF, Posts(0));
  importing_.Run(v1::IMPORT_KIND_STAFF, Posts(kBatch));
  ExpectAlike(first, CostOf(v1::IMPORT_KIND_STAFF, Posts(2 * kBatch)));
  EXPECT_EQ(importing_.Run(v1::IMPORT_KIND_STAFF, Posts(0)).unchanged(), kBatch);
}

TEST_F(TeamCostTest, ANewAddressOfAPersonWithPostsForChildrenAloneIsAChange) {
  importing_.Run(v1::IMPORT_KIND_CHILDREN, Children(0));
  importing_.Run(v1::IMPORT_KIND_STAFF, Posts(0));
  std::string moved = Posts(0);
  for (std::size_t at = 0; (at = moved.find("wen@", at)) != std::string::npos;) {
    moved.replace(at, 4, "wei@");
  }
  const v1::ImportResponse response = importing_.Run(v1::IMPORT_KIND_STAFF, moved);
  EXPECT_EQ(response.changed(), 1);
  EXPECT_EQ(response.unchanged(), kBatch - 1);
}

// A person's own record held every appointment before; what is there is read, and ends there.
TEST_F(TeamCostTest, AppointmentsThatAnOlderVersionPutIntoThePersonsRecordAreStillTheChilds) {
  importing_.Run(v1::IMPORT_KIND_CHILDREN, Children(0, ""));
  const ChildId child = importing_.ids.OfChild(AuthorityCode("931"), "C-10000");
  const StaffId staff = importing_.ids.OfStaff(AuthorityCode("931"), "VS-1");
  const Post post{StaffRole::kVirtualSchoolCaseworker, {}, {}, child};
  ASSERT_TRUE(HandleItem<StaffCodec>(
                  importing_.engine, importing_.facts,
                  {staff.text(), {{0, {AppointStaff{post, Day("2025-03-01"), std::nullopt}}}}}, "")
                  .ok());
  EXPECT_THAT(Caseworkers("C-10000"), ElementsAre("sam@council.example"));
  EXPECT_EQ(importing_.Run(v1::IMPORT_KIND_CHILDREN, Children(0, "VS-1")).changed(), kBatch - 1)
      << "the first is the child's already";
  const std::string row = absl::StrCat(
      kStaffHeader,
      "VS-1,Sam Sample,sam@council.example,virtual-school-caseworker,,,C-10000,2025-03-01,\n");
  EXPECT_EQ(importing_.Run(v1::IMPORT_KIND_STAFF, row).unchanged(), 1);
  importing_.clock.Set(At("2025-09-08 09:00"));
  importing_.Run(v1::IMPORT_KIND_CHILDREN, Children(0, "VS-2"));
  EXPECT_THAT(Caseworkers("C-10000"), ElementsAre("tess@council.example"));
  auto person = importing_.facts.Find<StaffCodec>(staff.text());
  ASSERT_TRUE(person.ok());
  ASSERT_EQ(person->appointments.size(), 2u) << "of the authority, and the old one";
  EXPECT_EQ(person->appointments[1].until_on, Day("2025-09-07"));
  std::vector<StaffState> people{*std::move(person)};
  ASSERT_TRUE(importing_.facts.AddChildrenOf(people).ok());
  EXPECT_EQ(people[0].appointments.size(), 1u + kBatch) << "every one is listed once";
}

TEST_F(TeamCostTest, AnotherAuthoritysFileReachesNoChildOfThisOne) {
  importing_.Run(v1::IMPORT_KIND_CHILDREN, Children(0));
  v1::ImportOptions options = importing_.Options(v1::IMPORT_KIND_STAFF);
  options.set_authority_code("933");
  const auto response = importing_.importer.Run(importing_.JobOf(options, Posts(0)));
  ASSERT_TRUE(response.ok());
  EXPECT_EQ(response->total_errors(), kBatch);
  EXPECT_EQ(response->errors(0).column(), "child_own_id");
  EXPECT_THAT(Caseworkers("C-10000"), ElementsAre("sam@council.example"));
}

}  // namespace
}  // namespace pepline::registry
