#include "tests/component/reach/town.h"

#include <gtest/gtest.h>

#include <utility>

#include "absl/strings/str_cat.h"
#include "absl/strings/str_format.h"
#include "absl/strings/str_replace.h"
#include "absl/time/clock.h"
#include "tests/support/london.h"
#include "tools/stack/environment.h"

namespace pepline::reach {
namespace {

constexpr int kChildrenOfEach = 12;

std::string DataFile(const char* name) {
  auto content = ReadFile(absl::StrCat(SourceFolder(), "/deploy/data/", name));
  EXPECT_TRUE(content.ok()) << content.status();
  return content.value_or("");
}

bool IsNobodys(registry::v1::ImportKind kind) {
  return kind == registry::v1::IMPORT_KIND_SCHOOLS ||
         kind == registry::v1::IMPORT_KIND_SCHOOL_LINKS ||
         kind == registry::v1::IMPORT_KIND_BANK_HOLIDAYS;
}

}  // namespace

Town::Town(Tokens& tokens, Dice& dice)
    : tokens_(tokens),
      dice_(dice),
      london_(London()),
      clock_(At("2025-09-02 07:00")),
      authority_of_school_({"931", "931", "825", "825", "933", "933", "931"}),
      services(clock_, tokens.authenticator(), tokens.service_signer(),
               [this](const std::string& topic, const std::string& bytes) {
                 history.Hear(topic, bytes);
               }),
      client(services.channel()),
      registry_(registry::v1::RegistryService::NewStub(services.channel())) {
  Fill();
}

absl::CivilDay Town::Today() const { return absl::ToCivilDay(clock_.Now(), london_); }

std::string Town::NextId() { return absl::StrCat("ask-", ++requests_); }

void Town::PassTime() {
  const absl::CivilDay then = Today() + static_cast<int>(dice_() % 20);
  clock_.Set(std::max(clock_.Now(), absl::FromCivil(absl::CivilSecond(then) + 9 * 3600, london_)) +
             absl::Hours(dice_() % 9));
  Settle();
}

void Town::ChangeMonthsOfAccess() {
  constexpr int kMonths[] = {-1, 0, 1, 3, 6, 24};
  MustImport(registry::v1::IMPORT_KIND_POLICY, OneOf(dice_, kAuthorities),
             PolicyFile(kMonths[dice_() % std::size(kMonths)]));
}

void Town::MoveASchool() {
  authority_of_school_[dice_() % authority_of_school_.size()] = OneOf(dice_, kAuthorities);
  ImportSchools();
}

grpc::Status Town::Import(const Caller& caller, TokenKind kind, registry::v1::ImportKind what,
                          const std::string& authority, const std::string& file, bool dry_run) {
  grpc::ClientContext context;
  context.set_deadline(absl::ToChronoTime(absl::Now() + absl::Seconds(60)));
  const std::string& authorization = tokens_.Of(caller, kind);
  if (!authorization.empty()) context.AddMetadata("authorization", authorization);
  registry::v1::ImportResponse response;
  registry::v1::ImportRequest request;
  auto& options = *request.mutable_options();
  options.set_request_id(NextId());
  options.set_kind(what);
  options.set_authority_code(authority);
  options.set_dry_run(dry_run);
  options.set_confirm_removals(true);
  const std::string id = options.request_id();
  const auto writer = registry_->Import(&context, &response);
  bool open = writer->Write(request);
  request.set_chunk(file);
  open = open && writer->Write(request);
  if (open) writer->WritesDone();
  grpc::Status status = writer->Finish();
  if (!status.ok() || dry_run) return status;
  EXPECT_EQ(response.total_errors(), 0) << response.DebugString();
  if (!response.nothing_written()) history.imports.emplace(authority, id);
  return status;
}

void Town::MustImport(registry::v1::ImportKind what, const std::string& authority,
                      const std::string& file) {
  const Caller caller{.subject = "stf-importer",
                      .role = IsNobodys(what) ? 'O' : 'V',
                      .authority = authority,
                      .schools = {}};
  const grpc::Status status = Import(caller, TokenKind::kGood, what, authority, file, false);
  EXPECT_TRUE(status.ok()) << registry::v1::ImportKind_Name(what) << status.error_message();
  Settle();
}

void Town::Fill() {
  MustImport(registry::v1::IMPORT_KIND_BANK_HOLIDAYS, "", DataFile("bank-holidays.json"));
  ImportSchools();
  constexpr int kMonths[] = {-1, 0, 6};
  for (std::size_t i = 0; i < kAuthorities.size(); ++i) {
    const std::string& authority = kAuthorities[i];
    MustImport(registry::v1::IMPORT_KIND_TERM_DATES, authority,
               DataFile("oxfordshire-term-dates.csv"));
    MustImport(registry::v1::IMPORT_KIND_POLICY, authority, PolicyFile(kMonths[i]));
    MustImport(registry::v1::IMPORT_KIND_STAFF, authority, StaffFile(authority));
    MustImport(registry::v1::IMPORT_KIND_CHILDREN, authority, ChildrenFile(authority));
    const auto& open = MethodOf("funding", "OpenFundLine");
    const Caller finance{
        .subject = "stf-finance", .role = 'F', .authority = authority, .schools = {}};
    const auto request =
        RequestOf(open, absl::StrCat("request_id:'", NextId(), "' authority_code:'", authority,
                                     "' financial_year:'2025-26' amount_pence:100000000"));
    EXPECT_TRUE(client.Call(open, *request, tokens_.Of(finance)).status.ok());
  }
  Settle();
}

void Town::ImportSchools() {
  std::string file =
      "URN,LA (code),EstablishmentName,EstablishmentStatus (code),PhaseOfEducation "
      "(code),CloseDate\n";
  for (std::size_t i = 0; i < kSchools.size(); ++i) {
    const bool closed = i + 1 == kSchools.size();
    absl::StrAppend(&file, kSchools[i], ",", authority_of_school_[i], ",Test School ", i, ",",
                    closed ? "2,2,31-08-2024" : "1,2,", "\n");
    history.schools[kSchools[i]] = authority_of_school_[i];
  }
  MustImport(registry::v1::IMPORT_KIND_SCHOOLS, "", file);
}

std::string Town::StaffFile(const std::string& authority) {
  std::string file =
      "own_id,name,email,role,school_urn,authority_code,child_own_id,from_on,until_on\n";
  const auto add = [&](const std::string& own_id, const char* role, const std::string& school) {
    absl::StrAppend(&file, own_id, ",Petra Sample,petra@council.example,", role, ",", school, ",",
                    school.empty() ? authority : "", ",,2024-09-01,\n");
    history.staff[services.ids().OfStaff(AuthorityCode(authority), own_id).text()] = authority;
  };
  add("VS-1", "virtual-school-caseworker", "");
  add("SW-1", "social-worker", "");
  add("IRO-1", "independent-reviewing-officer", "");
  for (std::size_t i = 0; i < 5; ++i) {  // the sixth school has no Designated Teacher
    if (authority_of_school_[i] != authority) continue;
    add("DT-" + kSchools[i], "designated-teacher", kSchools[i]);
  }
  return file;
}

std::string Town::ChildrenFile(const std::string& authority) {
  std::string file =
      "own_id,given_name,family_name,date_of_birth,upn,location_restricted,"
      "became_looked_after_on,ceased_on,ceased_reason,school_urn,enrolled_on,caseworker_own_id,"
      "social_worker_own_id,iro_own_id\n";
  for (int i = 0; i < kChildrenOfEach; ++i) {
    const std::string own_id = absl::StrCat("C-", i);
    const bool ever_in_care = i % 6 != 5;
    const char* ceased = i == 1 ? "2025-08-20" : i == 2 ? "2025-06-05" : i == 3 ? "2023-05-02" : "";
    const bool at_school = i % 5 != 4;
    absl::StrAppend(&file, own_id, ",Amber,Test-Alder,",
                    absl::StrFormat("%d-05-03", 2010 + static_cast<int>(dice_() % 9)), ",,",
                    i % 7 == 6 ? "yes" : "no", ",", ever_in_care ? "2023-02-14" : "", ",", ceased,
                    ",", *ceased != '\0' ? "returned-home" : "", ",",
                    at_school ? kSchools[dice_() % (kSchools.size() - 1)] : "", ",",
                    at_school ? "2024-09-04" : "", ",VS-1,SW-1,IRO-1\n");
    const std::string id = services.ids().OfChild(AuthorityCode(authority), own_id).text();
    history.children[id].recorded_by = authority;
  }
  return file;
}

std::string Town::PolicyFile(int months) const {
  std::string file =
      absl::StrReplaceAll(DataFile("oxfordshire-policy.yaml"),
                          {{"effective_on: 2025-09-01",
                            absl::StrCat("effective_on: ", absl::FormatCivilTime(Today()))}});
  if (months >= 0) absl::StrAppend(&file, "access_after_care_months: ", months, "\n");
  return file;
}

}  // namespace pepline::reach
