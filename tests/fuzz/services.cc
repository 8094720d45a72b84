// The five services, each from outside: any request of any caller, any event of the topics that it
// reads, alarms, and stored bytes that were damaged, one after the other.
#include "pepline/assessments/storage/v1/outcomes.pb.h"
#include "pepline/assessments/storage/v1/pep.pb.h"
#include "pepline/assessments/storage/v1/pupil_views.pb.h"
#include "pepline/assessments/storage/v1/sdq.pb.h"
#include "pepline/funding/storage/v1/fund_line.pb.h"
#include "pepline/funding/storage/v1/funding_request.pb.h"
#include "pepline/notifications/storage/v1/alert.pb.h"
#include "pepline/notifications/storage/v1/vacancy.pb.h"
#include "pepline/registry/storage/v1/calendar.pb.h"
#include "pepline/registry/storage/v1/child.pb.h"
#include "pepline/registry/storage/v1/import.pb.h"
#include "pepline/registry/storage/v1/policy.pb.h"
#include "pepline/registry/storage/v1/school.pb.h"
#include "pepline/registry/storage/v1/staff.pb.h"
#include "pepline/runtime/v1/known_child.pb.h"
#include "pepline/scheduling/storage/v1/child.pb.h"
#include "pepline/scheduling/storage/v1/epep.pb.h"
#include "pepline/scheduling/storage/v1/plan.pb.h"
#include "services/assessments/api/grpc_api.h"
#include "services/assessments/inbound.h"
#include "services/assessments/metrics.h"
#include "services/funding/api/grpc_api.h"
#include "services/funding/inbound.h"
#include "services/funding/metrics.h"
#include "services/notifications/api/grpc_api.h"
#include "services/notifications/inbound.h"
#include "services/notifications/metrics.h"
#include "services/registry/api/grpc_api.h"
#include "services/registry/inbound.h"
#include "services/registry/metrics.h"
#include "services/scheduling/api/grpc_api.h"
#include "services/scheduling/inbound.h"
#include "services/scheduling/metrics.h"
#include "services/scheduling/storage/epep_codec.h"
#include "tests/fuzz/keys.h"
#include "tests/fuzz/service_stage.h"

namespace pepline::fuzz {
namespace {

// Of any message: what stands in a field is set by its name (messages.cc), so these go together.
constexpr char kChild[] = "chd-1";
constexpr char kSchool[] = "123456";
constexpr char kAuthority[] = "931";

template <class Message>
const Message& A() {
  return Message::default_instance();
}

const google::protobuf::ServiceDescriptor& RpcsOf(const char* name) {
  const auto* found = google::protobuf::DescriptorPool::generated_pool()->FindServiceByName(name);
  Expect(found != nullptr, "a contract has no service");
  return *found;
}

// What registry said, as the services that are not registry keep it.
void BeginWithRegistrysFacts(ServiceStage& stage, bool calendars) {
  using namespace registry::v1;
  const auto keep = [&stage](std::string_view kind, const char* id, const auto& message) {
    stage.Begin(id, {std::string(kind), id}, message);
  };
  keep(kPolicy, kAuthority, A<common::v1::PolicyProfile>());
  if (!calendars) return keep(kKnownChildKind, kChild, A<runtime::v1::KnownChild>());
  keep(kBankHolidays, kEnglandAndWales.data(), A<BankHolidaysPublished>());
  keep(kTermDates, kAuthority, A<TermDatesPublished>());
  keep(kSchoolCalendar, kSchool, A<SchoolCalendarPublished>());
}

ServiceStage& Scheduling() {
  using namespace scheduling;
  struct Parts {
    ServiceStage stage{"scheduling", SchedulingMetrics()};
    ReferenceData reference{stage.store};
    FactsLoader facts{stage.store, stage.clock, reference};
    Inbound inbound{stage.engine, facts, reference};
    GrpcApi api{stage.rpc_server, stage.engine, facts};
  };
  static auto* const parts = [] {
    auto* made = new Parts;
    ServiceStage& stage = made->stage;
    BeginWithRegistrysFacts(stage, true);
    stage.Begin(kChild, {std::string(kChildKind), kChild}, A<scheduling::storage::v1::Child>());
    stage.Begin(kChild, {std::string(kPepKind), "chd-1.100"}, A<scheduling::storage::v1::Pep>());
    stage.Begin<PlanCodec>(PlanOf(ChildId(kChild)), {&A<scheduling::storage::v1::Plan>()});
    stage.Begin<EpepCodec>({kChild, {EpepOf(PepId("chd-1.1"))}},
                           {&A<scheduling::storage::v1::Epep>()}, ServiceStage::Alarm::kNone);
    stage.Hear(kRegistryTopic, A<registry::v1::RegistryEvent>());
    stage.Hear(kAssessmentsTopic, A<assessments::v1::AssessmentsEvent>());
    stage.Hear(kFundingTopic, A<funding::v1::FundingEvent>());
    stage.Open(
        made->api, RpcsOf("pepline.scheduling.v1.SchedulingService"),
        [made](const InboundRecord& record) { return made->inbound.OnRecord(record); },
        [made](const DueAlarm& alarm) { return made->inbound.OnAlarm(alarm); });
    return made;
  }();
  return parts->stage;
}

ServiceStage& Assessments() {
  using namespace assessments;
  struct Parts {
    ServiceStage stage{"assessments", AssessmentsMetrics()};
    KnownChildren children{stage.store, stage.clock};
    Peps peps{stage.store};
    Inbound inbound{stage.engine, children, peps};
    GrpcApi api{stage.rpc_server, stage.engine, children, peps};
  };
  static auto* const parts = [] {
    auto* made = new Parts;
    ServiceStage& stage = made->stage;
    const PepId pep("chd-1.1");
    BeginWithRegistrysFacts(stage, false);
    stage.Begin<SdqCodec>(
        TargetOf(SdqKey{ChildId(kChild), pep, Purpose::kPep, Informant::kTeacher}),
        {&A<assessments::storage::v1::Sdq>(), &A<assessments::storage::v1::Pep>()});
    stage.Begin<PupilViewsCodec>(
        ViewsOf(ChildId(kChild), pep),
        {&A<assessments::storage::v1::PupilViews>(), &A<assessments::storage::v1::Pep>()},
        ServiceStage::Alarm::kNone);
    stage.Begin<OutcomesCodec>(
        OutcomesOf(ChildId(kChild), pep),
        {&A<assessments::storage::v1::Outcomes>(), &A<assessments::storage::v1::Pep>()},
        ServiceStage::Alarm::kNone);
    stage.Hear(kRegistryTopic, A<registry::v1::RegistryEvent>());
    stage.Hear(kSchedulingTopic, A<scheduling::v1::SchedulingEvent>());
    stage.Open(
        made->api, RpcsOf("pepline.assessments.v1.AssessmentsService"),
        [made](const InboundRecord& record) { return made->inbound.OnRecord(record); },
        [made](const DueAlarm& alarm) { return made->inbound.OnAlarm(alarm); });
    return made;
  }();
  return parts->stage;
}

ServiceStage& Funding() {
  using namespace funding;
  struct Parts {
    ServiceStage stage{"funding", FundingMetrics()};
    KnownChildren children{stage.store, stage.clock};
    ReferenceData reference{stage.store};
    FactsLoader facts{stage.clock, reference};
    ChildPeps peps{stage.store};
    Inbound inbound{stage.engine, facts, reference, children, peps};
    GrpcApi api{stage.rpc_server, stage.engine, children, facts};
  };
  static auto* const parts = [] {
    auto* made = new Parts;
    ServiceStage& stage = made->stage;
    const FundLineName line{AuthorityCode(kAuthority), {2025}};
    BeginWithRegistrysFacts(stage, false);
    stage.Begin<FundLineCodec>(TargetOf(line), {&A<funding::storage::v1::FundLine>()},
                               ServiceStage::Alarm::kNone);
    stage.Begin<FundingCodec>(
        TargetOf(RequestIdOf(line, std::string(kRequestLetters, 'a')), line),
        {&A<funding::storage::v1::FundingRequest>(), &A<funding::storage::v1::FundLine>()});
    stage.Begin(kEnglandAndWales.data(),
                {std::string(kBankHolidays), std::string(kEnglandAndWales)},
                A<registry::v1::BankHolidaysPublished>());
    stage.Hear(kRegistryTopic, A<registry::v1::RegistryEvent>());
    stage.Hear(kSchedulingTopic, A<scheduling::v1::SchedulingEvent>());
    stage.Hear(kAssessmentsTopic, A<assessments::v1::AssessmentsEvent>());
    stage.Open(
        made->api, RpcsOf("pepline.funding.v1.FundingService"),
        [made](const InboundRecord& record) { return made->inbound.OnRecord(record); },
        [made](const DueAlarm& alarm) { return made->inbound.OnAlarm(alarm); });
    return made;
  }();
  return parts->stage;
}

ServiceStage& Notifications() {
  using namespace notifications;
  struct Parts {
    Parts() : signer(*TokenSigner::Create(Services().private_file, "services", "pepline")) {
      open_gate.Watch([](const std::string&, const std::string&) { return absl::Now(); },
                      [this](const AlertId& alert) { return ChildOf(stage.store, alert); });
    }
    ServiceStage stage{"notifications", NotificationsMetrics()};
    const std::unique_ptr<TokenSigner> signer;
    ContactBook contacts{"127.0.0.1:1", grpc::InsecureChannelCredentials(), *signer};
    PartitionOwnership ownership;
    KnownChildren children{stage.store, stage.clock};
    FactsLoader facts{stage.store, stage.clock};
    CatchUpGate open_gate{stage.metrics};
    CatchUpGate closed_gate{
        stage.metrics};  // so that nobody is told, which is done by other threads
    Deliverer deliverer{stage.engine, facts, contacts, closed_gate, {}, ownership};
    Inbound inbound{stage.engine, facts, children, deliverer, open_gate};
    GrpcApi api{stage.rpc_server, stage.engine, facts, children, deliverer, open_gate};
  };
  static auto* const parts = [] {
    auto* made = new Parts;
    ServiceStage& stage = made->stage;
    BeginWithRegistrysFacts(stage, false);
    const AlertId of_child("chd-1.1.finalise-within-5-school-days");
    stage.Begin<AlertCodec>(AlertOf(of_child), {&A<notifications::storage::v1::Alert>()});
    stage.Begin(kSchool, {std::string(kVacancyKind), kSchool},
                A<notifications::storage::v1::Vacancy>());
    stage.Hear(kRegistryTopic, A<registry::v1::RegistryEvent>());
    stage.Hear(kSchedulingTopic, A<scheduling::v1::SchedulingEvent>());
    stage.Hear(kFundingTopic, A<funding::v1::FundingEvent>());
    stage.Open(
        made->api, RpcsOf("pepline.notifications.v1.NotificationsService"),
        [made](const InboundRecord& record) { return made->inbound.OnRecord(record); },
        [made](const DueAlarm& alarm) { return made->inbound.OnAlarm(alarm); });
    return made;
  }();
  return parts->stage;
}

ServiceStage& Registry() {
  using namespace registry;
  namespace kept = registry::storage::v1;
  struct Parts {
    ServiceStage stage{"registry", RegistryMetrics()};
    FactsLoader facts{stage.store, stage.clock};
    OpaqueIds ids{std::string(32, 'k')};
    WorkerPool import_workers{2, 32};
    Importer importer{stage.engine, facts, ids, import_workers};
    Inbound inbound{stage.engine, facts};
    GrpcApi api{stage.rpc_server, stage.engine, facts, importer};
  };
  static auto* const parts = [] {
    auto* made = new Parts;
    ServiceStage& stage = made->stage;
    stage.Begin<BankHolidaysCodec>(TargetOf<BankHolidaysCodec>(std::string(kDivision)),
                                   {&A<kept::BankHolidays>()}, ServiceStage::Alarm::kNone);
    stage.Begin<TermDatesCodec>(TargetOf<TermDatesCodec>(kAuthority), {&A<kept::TermDates>()},
                                ServiceStage::Alarm::kNone);
    stage.Begin<SchoolCalendarCodec>(TargetOf<SchoolCalendarCodec>(kSchool),
                                     {&A<kept::SchoolCalendar>()}, ServiceStage::Alarm::kNone);
    stage.Begin<PolicyCodec>(TargetOf<PolicyCodec>(kAuthority), {&A<kept::Policy>()});
    stage.Begin<SchoolCodec>(TargetOf<SchoolCodec>(kSchool), {&A<kept::School>()});
    stage.Begin<StaffCodec>(TargetOf<StaffCodec>("stf-1"), {&A<kept::Staff>()});
    stage.Begin<StaffOfChildCodec>(TargetOf<StaffOfChildCodec>("stf-1.chd-1"), {&A<kept::Staff>()});
    stage.Begin<ChildCodec>(TargetOf<ChildCodec>(kChild), {&A<kept::Child>()});
    stage.Begin<ImportLogCodec>(TargetOf<ImportLogCodec>("r1"), {&A<kept::Import>()},
                                ServiceStage::Alarm::kNone);
    stage.Hear("pepline.registry.events.v1", A<v1::RegistryEvent>());
    stage.Open(
        made->api, RpcsOf("pepline.registry.v1.RegistryService"),
        [made](const InboundRecord& record) { return made->inbound.OnRecord(record); },
        [made](const DueAlarm& alarm) { return made->inbound.OnAlarm(alarm); });
    return made;
  }();
  return parts->stage;
}

}  // namespace

std::vector<Target> Targets() {
  return {ServiceTarget("registry", &Registry), ServiceTarget("scheduling", &Scheduling),
          ServiceTarget("assessments", &Assessments), ServiceTarget("funding", &Funding),
          ServiceTarget("notifications", &Notifications)};
}

}  // namespace pepline::fuzz
