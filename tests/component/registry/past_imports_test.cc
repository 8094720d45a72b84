// The import log, as an auditor reads it.
#include <set>

#include "shared/rpc/request_fields.h"
#include "tests/component/registry/registry_fixture.h"

namespace pepline::registry {
namespace {

using testing::ElementsAre;

class PastImportsTest : public RegistryTest {
 protected:
  void SetUp() override { ASSERT_NO_FATAL_FAILURE(Begin()); }
  v1::ListImportsRequest OfOurAuthority() {
    v1::ListImportsRequest request;
    request.set_authority_code("931");
    return request;
  }
  v1::ListImportsResponse List(const v1::ListImportsRequest& request) {
    return Done(&Stub::ListImports, request, OfAuthority(Role::kAuditor, "931"));
  }
  std::vector<std::string> ReasonsIn(const v1::ListImportsResponse& page) {
    std::vector<std::string> reasons;
    for (const auto& one : page.imports()) reasons.push_back(one.reason());
    return reasons;
  }
  void ImportAt(std::string_view at, v1::ImportKind kind, const std::string& bytes,
                const std::string& reason) {
    MoveClockTo(at);
    v1::ImportOptions options = Options(kind);
    options.set_reason(reason);
    v1::ImportResponse response;
    const grpc::Status status = TryImport(options, bytes, response);
    EXPECT_TRUE(status.ok()) << status.error_message();
  }
};

TEST_F(PastImportsTest, SaysWhoImportedWhatWhyAndWhatCameOfIt) {
  ImportAt("2025-09-02 10:00", v1::IMPORT_KIND_POLICY, DataFile("oxfordshire-policy.yaml"),
           "start of term");
  const v1::ListImportsResponse page = List(OfOurAuthority());
  ASSERT_EQ(page.imports_size(), 1);
  const v1::PastImport& import = page.imports(0);
  EXPECT_FALSE(import.request_id().empty());
  EXPECT_EQ(import.authority_code(), "931");
  EXPECT_EQ(import.kind(), v1::IMPORT_KIND_POLICY);
  EXPECT_EQ(import.imported_by(), VirtualSchool().subject);
  EXPECT_EQ(import.reason(), "start of term");
  EXPECT_EQ(FromTimestamp(import.begun_at()), At("2025-09-02 10:00"));
  EXPECT_EQ(FromTimestamp(import.finished_at()), At("2025-09-02 10:00"));
  EXPECT_EQ(import.created(), 1);
  EXPECT_EQ(import.changed(), 0);
  EXPECT_TRUE(page.next_page_token().empty());
}

TEST_F(PastImportsTest, TheNewestComesFirstAndPagesHoldEachOnce) {
  Imported(v1::IMPORT_KIND_SCHOOLS, Schools());  // in a list of its own
  ImportAt("2025-09-02 10:00", v1::IMPORT_KIND_POLICY, DataFile("oxfordshire-policy.yaml"),
           "first");
  ImportAt("2025-09-02 11:00", v1::IMPORT_KIND_STAFF, Staff(), "second");
  ImportAt("2025-09-03 09:00", v1::IMPORT_KIND_CHILDREN, Children(), "third");
  v1::ListImportsRequest request = OfOurAuthority();
  EXPECT_THAT(ReasonsIn(List(request)), ElementsAre("third", "second", "first"));
  request.set_page_size(2);
  const v1::ListImportsResponse page = List(request);
  EXPECT_THAT(ReasonsIn(page), ElementsAre("third", "second"));
  // What begins in between is on no later page.
  ImportAt("2025-09-03 12:00", v1::IMPORT_KIND_STAFF, Staff(), "fourth");
  request.set_page_token(page.next_page_token());
  const v1::ListImportsResponse last = List(request);
  EXPECT_THAT(ReasonsIn(last), ElementsAre("first"));
  EXPECT_TRUE(last.next_page_token().empty());
  request = OfOurAuthority();
  request.set_kind(v1::IMPORT_KIND_STAFF);
  EXPECT_THAT(ReasonsIn(List(request)), ElementsAre("fourth", "second"));
}

TEST_F(PastImportsTest, PreviewsAndRefusedFilesLeaveNothing) {
  EXPECT_TRUE(Import(v1::IMPORT_KIND_SCHOOLS, Schools(), true).nothing_written());
  EXPECT_GT(Import(v1::IMPORT_KIND_STAFF, std::string(kStaffHeader) + "X,,,,,,,,\n").total_errors(),
            0);
  EXPECT_EQ(List(OfOurAuthority()).imports_size(), 0);
}

TEST_F(PastImportsTest, OnlyTheAuthoritysOwnVirtualSchoolAndAuditorRead) {
  ImportAt("2025-09-02 10:00", v1::IMPORT_KIND_POLICY, DataFile("oxfordshire-policy.yaml"), "ours");
  EXPECT_EQ(Done(&Stub::ListImports, OfOurAuthority(), VirtualSchool()).imports_size(), 1);
  for (Role role : {Role::kVirtualSchool, Role::kAuditor}) {
    EXPECT_EQ(Refused(&Stub::ListImports, OfOurAuthority(), OfAuthority(role, "933")), "NOT_FOUND");
  }
  for (const Actor& actor :
       {SocialWorker(), Finance(), PeplineService(), DesignatedTeacher(kPrimary)}) {
    EXPECT_EQ(Refused(&Stub::ListImports, OfOurAuthority(), actor), "ROLE_NOT_ALLOWED");
  }
}

TEST_F(PastImportsTest, WhatBelongsToNoAuthorityIsListedApartAndToEveryAuthoritysReaders) {
  ImportAt("2025-09-02 10:00", v1::IMPORT_KIND_SCHOOLS, Schools(), "the register");
  EXPECT_THAT(ReasonsIn(List(OfOurAuthority())), testing::IsEmpty());
  const v1::ListImportsRequest nobodys;
  for (const Actor& actor : {Operator(), VirtualSchool(), OfAuthority(Role::kAuditor, "933")}) {
    const v1::ListImportsResponse page = Done(&Stub::ListImports, nobodys, actor);
    ASSERT_THAT(ReasonsIn(page), ElementsAre("the register"));
    EXPECT_EQ(page.imports(0).authority_code(), "");
    EXPECT_EQ(page.imports(0).imported_by(), Operator().subject);
  }
  EXPECT_EQ(Refused(&Stub::ListImports, OfOurAuthority(), Operator()), "NOT_FOUND");
  EXPECT_EQ(Refused(&Stub::ListImports, nobodys, Finance()), "ROLE_NOT_ALLOWED");
}

TEST_F(PastImportsTest, BadRequestsNameTheirField) {
  v1::ListImportsRequest request;
  request.set_authority_code("Oxfordshire");
  EXPECT_EQ(Refused(&Stub::ListImports, request), "INVALID_FIELD");
  EXPECT_EQ(FieldOf(refused_), "authority_code");
  request = OfOurAuthority();
  request.set_page_size(1001);
  Refused(&Stub::ListImports, request);
  EXPECT_EQ(FieldOf(refused_), "page_size");
  request = OfOurAuthority();
  request.set_kind(static_cast<v1::ImportKind>(99));
  Refused(&Stub::ListImports, request);
  EXPECT_EQ(FieldOf(refused_), "kind");
  for (const char* token : {"nonsense", "x.y", "."}) {
    request = OfOurAuthority();
    request.set_page_token(token);
    EXPECT_EQ(Refused(&Stub::ListImports, request), "INVALID_FIELD") << token;
    EXPECT_EQ(FieldOf(refused_), "page_token");
  }
}

}  // namespace
}  // namespace pepline::registry
