#include "tests/component/registry/registry_fixture.h"

#include <algorithm>
#include <thread>

#include "absl/strings/str_cat.h"
#include "tools/stack/environment.h"
#include "tools/stack/processes.h"

namespace pepline::registry {
namespace {

constexpr std::size_t kChunk = 1024 * 1024;

bool IsNational(v1::ImportKind kind) {
  return kind == v1::IMPORT_KIND_SCHOOLS || kind == v1::IMPORT_KIND_SCHOOL_LINKS ||
         kind == v1::IMPORT_KIND_BANK_HOLIDAYS;
}

}  // namespace

std::string Schools() {
  return absl::StrCat(kSchoolsHeader,
                      "123001,931,Test Meadow Primary School,1,2,\n"
                      "123002,931,Test Hill Academy,3,4,31-08-2026\n"
                      "123003,931,Test Mill School,2,2,31-08-2024\n"
                      "123004,933,Test Border School,1,7,\n"
                      "123005,931,Test Future School,4,2,\n");
}

std::string ManySchools(int count) {
  std::string file = kSchoolsHeader;
  for (int i = 0; i < count; ++i) {
    absl::StrAppend(&file, 200000 + i, ",931,Test School ", i, ",1,2,\n");
  }
  return file;
}

std::string Staff() {
  return absl::StrCat(
      kStaffHeader,
      "DT-1,Petra Sample,petra@meadow.example,designated-teacher,123001,,,2024-09-01,\n"
      "DD-1,Quentin Sample,quentin@meadow.example,deputy-designated-teacher,123001,,,2024-09-01,\n"
      "HT-1,Rosa Sample,rosa@meadow.example,headteacher,123001,,,2020-09-01,\n"
      "VS-1,Sam Sample,sam@council.example,virtual-school-caseworker,,931,,2024-09-01,\n"
      "VS-2,Tess Sample,tess@council.example,virtual-school-caseworker,,931,,2024-09-01,\n"
      "HEAD-1,Uma Sample,uma@council.example,virtual-school-head,,931,,2024-09-01,\n"
      "SW-1,Vic Sample,vic@council.example,social-worker,,931,,2024-09-01,\n"
      "IRO-1,Will Sample,will@council.example,independent-reviewing-officer,,931,,2024-09-01,\n");
}

std::string Children() {
  return absl::StrCat(
      kChildrenHeader,
      "C-1,Amber,Test-Alder,2015-05-03,T931000020001,no,2024-02-06,,,123001,2020-09-03,VS-1,SW-1,"
      "IRO-1\n"
      "C-2,Bryn,Test-Beech,2014-11-20,,no,2023-02-14,,,123001,2019-09-05,VS-2,,\n"
      "C-3,Élodie,Test-Cedar,2010-01-31,B931000016003,yes,2022-06-01,,,123002,2021-09-03,,SW-1,\n"
      "C-4,Dara,Test-Damson,2013-08-31,,no,,,,,,,,\n");
}

std::string DataFile(const std::string& name) {
  auto content = ReadFile(absl::StrCat(SourceFolder(), "/deploy/data/", name));
  EXPECT_TRUE(content.ok()) << content.status();
  return content.value_or("");
}

void RegistryTest::Begin(std::string_view now) { ASSERT_NO_FATAL_FAILURE(StartService(At(now))); }

void RegistryTest::ImportCalendars() {
  Imported(v1::IMPORT_KIND_BANK_HOLIDAYS, DataFile("bank-holidays.json"));
  Imported(v1::IMPORT_KIND_TERM_DATES, DataFile("oxfordshire-term-dates.csv"));
  Imported(v1::IMPORT_KIND_POLICY, DataFile("oxfordshire-policy.yaml"));
}

void RegistryTest::ImportEverything() {
  ImportCalendars();
  Imported(v1::IMPORT_KIND_SCHOOLS, Schools());
  Imported(v1::IMPORT_KIND_STAFF, Staff());
  Imported(v1::IMPORT_KIND_CHILDREN, Children());
  Settle();
}

v1::ImportOptions RegistryTest::Options(v1::ImportKind kind) {
  v1::ImportOptions options;
  options.set_request_id(NextRequestId());
  options.set_kind(kind);
  if (!IsNational(kind)) options.set_authority_code("931");
  return options;
}

grpc::Status RegistryTest::TryImport(const v1::ImportOptions& options, const std::string& bytes,
                                     v1::ImportResponse& response, const Actor& actor,
                                     absl::Duration deadline) {
  auto context = service_->Context(actor, deadline);
  auto writer = stub_->Import(context.get(), &response);
  v1::ImportRequest request;
  *request.mutable_options() = options;
  bool open = writer->Write(request);
  for (std::size_t at = 0; open && at < bytes.size(); at += kChunk) {
    request.set_chunk(bytes.substr(at, kChunk));
    open = writer->Write(request);
  }
  if (open) writer->WritesDone();
  return writer->Finish();
}

grpc::Status RegistryTest::TryImport(const v1::ImportOptions& options, const std::string& bytes,
                                     v1::ImportResponse& response, absl::Duration deadline) {
  return TryImport(options, bytes, response,
                   IsNational(options.kind()) ? Operator() : VirtualSchool(), deadline);
}

void RegistryTest::KillInTheMiddleOf(const v1::ImportOptions& options, const std::string& file) {
  v1::ImportResponse response;
  grpc::Status broken;
  std::thread import([&] { broken = TryImport(options, file, response); });
  v1::ListSchoolsRequest list;
  list.set_page_size(10);
  EXPECT_TRUE(Eventually([&] {
    v1::ListSchoolsResponse page;
    return Call(&Stub::ListSchools, list, page).ok() && page.schools_size() == 10;
  }));
  service_->process().Kill();
  import.join();
  EXPECT_FALSE(broken.ok()) << "the import was done before it could be killed";
  ASSERT_NO_FATAL_FAILURE(KillAndRestart());
}

v1::ImportResponse RegistryTest::Import(v1::ImportKind kind, const std::string& bytes,
                                        bool dry_run) {
  v1::ImportOptions options = Options(kind);
  options.set_dry_run(dry_run);
  v1::ImportResponse response;
  const grpc::Status status = TryImport(options, bytes, response);
  EXPECT_TRUE(status.ok()) << status.error_message();
  return response;
}

v1::ImportResponse RegistryTest::Imported(v1::ImportKind kind, const std::string& bytes) {
  v1::ImportResponse response = Import(kind, bytes);
  EXPECT_EQ(response.total_errors(), 0) << response.DebugString();
  EXPECT_FALSE(response.nothing_written());
  return response;
}

std::string RegistryTest::ChildId(const std::string& own_id) {
  v1::ListChildrenRequest request;
  request.set_authority_code("931");
  request.set_page_size(1000);
  const v1::ListChildrenResponse page = Done(&Stub::ListChildren, request);
  for (const auto& child : page.children()) {
    if (child.own_id() == own_id) return child.child_id();
  }
  ADD_FAILURE() << "no child " << own_id;
  return "";
}

std::string RegistryTest::StaffId(const std::string& own_id) {
  v1::ListStaffRequest request;
  request.set_authority_code("931");
  request.set_page_size(1000);
  const v1::ListStaffResponse page = Done(&Stub::ListStaff, request);
  for (const auto& staff : page.staff()) {
    if (staff.own_id() == own_id) return staff.staff_id();
  }
  ADD_FAILURE() << "nobody is " << own_id;
  return "";
}

v1::School RegistryTest::School(const std::string& urn) {
  v1::GetSchoolRequest request;
  request.set_school_urn(urn);
  return Done(&Stub::GetSchool, request).school();
}

std::vector<Event> RegistryTest::Emitted(const std::function<bool(const Event&)>& fits) {
  std::vector<Event> events;
  auto records = service_->Events(kTopicOfRegistry);
  EXPECT_TRUE(records.ok()) << records.status();
  if (!records.ok()) return events;
  for (const ReadRecord& record : *records) {
    Event event;
    if (event.ParseFromString(record.value) && fits(event)) events.push_back(std::move(event));
  }
  return events;
}

Event RegistryTest::AwaitEmitted(const std::function<bool(const Event&)>& fits) {
  auto event = service_->AwaitEventOf<Event>(kTopicOfRegistry, fits, kPatience);
  EXPECT_TRUE(event.ok()) << event.status();
  return event.value_or(Event());
}

bool RegistryTest::Eventually(const std::function<bool()>& condition) {
  return WaitUntil(condition, kPatience);
}

void RegistryTest::Settle() {
  // The effect of an event can be an event of its own, so all must be still for a while.
  constexpr absl::Duration kStill = absl::Milliseconds(200);
  absl::Time still_since = absl::InfiniteFuture();
  std::size_t published = 0;
  const auto settled = [&] {
    auto records = service_->Events(kTopicOfRegistry);
    if (!records.ok()) return false;
    const std::string metrics = service_->MetricsText().value_or("");
    const auto metric = [&](const std::string& sample) {
      return ServiceUnderTest::MetricIn(metrics, sample);
    };
    const double read =
        metric(absl::StrCat("pepline_consumer_position_records{topic=\"", kTopicOfRegistry, "\"}"));
    const bool quiet = !metrics.empty() && records->size() == published &&
                       read >= static_cast<double>(records->size()) &&
                       metric("pepline_outbox_entries") == 0 && metric("pepline_alarms_due") == 0;
    published = records->size();
    still_since = quiet ? std::min(still_since, absl::Now()) : absl::InfiniteFuture();
    return absl::Now() - still_since >= kStill;
  };
  EXPECT_TRUE(Eventually(settled)) << published << " events are said";
}

void RegistryTest::MoveClockTo(std::string_view at) { SettleAt(At(at)); }

}  // namespace pepline::registry
