#include "tests/fuzz/service_stage.h"

#include <array>
#include <utility>

#include "absl/strings/str_cat.h"
#include "absl/time/clock.h"
#include "pepline/common/v1/refusal.pb.h"
#include "pepline/runtime/v1/aggregate_record.pb.h"
#include "shared/rpc/admit_first.h"
#include "tests/fuzz/keys.h"
#include "tests/fuzz/messages.h"

namespace pepline::fuzz {
namespace {

using google::protobuf::Message;
using google::protobuf::MethodDescriptor;

constexpr std::size_t kStoresKept = 64;
constexpr int kMostRounds = 3;                                 // of alarms that set others
const absl::Time kNow = absl::FromUnixSeconds(1'757'600'000);  // in September 2025

const Authenticator& TheAuthenticator() {
  static auto* const metrics = new Metrics;
  static const auto* const made = Authenticator::Create(TokenOptions(), *metrics)->release();
  return *made;
}

// Who calls: the tokens of everybody who may have one, and none.
const std::vector<std::string>& Callers() {
  static const auto* const callers = [] {
    const std::array<Actor, 9> actors = {
        Actor{"stf-1", Role::kVirtualSchool, AuthorityCode("931"), {}},
        Actor{"stf-2", Role::kDesignatedTeacher, AuthorityCode(), {SchoolUrn("123456")}},
        Actor{"stf-3", Role::kFinance, AuthorityCode("931"), {}},
        Actor{"stf-4", Role::kSocialWorker, AuthorityCode("931"), {}},
        Actor{"stf-5", Role::kOperator, AuthorityCode(), {}},
        Actor{"notifications", Role::kService, AuthorityCode(), {}},
        Actor{"stf-6", Role::kAuditor, AuthorityCode("931"), {}},
        Actor{"stf-7", Role::kVirtualSchool, AuthorityCode("925"), {}},
        Actor{"stf-8", Role::kDesignatedTeacher, AuthorityCode(), {SchoolUrn("654321")}}};
    auto* tokens = new std::vector<std::string>;
    for (const Actor& actor : actors) {
      const bool service = actor.role == Role::kService;
      const auto signer =
          TokenSigner::Create(service ? Services().private_file : People().private_file,
                              service ? "services" : "people", "pepline");
      Expect(signer.ok(), "a signer is made");
      tokens->push_back(absl::StrCat("Bearer ", *(*signer)->Sign(actor, absl::Hours(24))));
    }
    tokens->push_back("");
    return tokens;
  }();
  return *callers;
}

const Message& PrototypeOf(const google::protobuf::Descriptor& type) {
  return *google::protobuf::MessageFactory::generated_factory()->GetPrototype(&type);
}

std::string EnvelopeOf(const std::string& state) {
  runtime::v1::AggregateRecord record;
  record.set_state(state);
  record.set_events_said(1);
  return record.SerializeAsString();
}

std::string BytesOf(const grpc::ByteBuffer& buffer) {
  std::string bytes;
  std::vector<grpc::Slice> slices;
  if (!buffer.Valid() || !buffer.Dump(&slices).ok()) return bytes;
  for (const grpc::Slice& slice : slices) {
    bytes.append(reinterpret_cast<const char*>(slice.begin()), slice.size());
  }
  return bytes;
}

}  // namespace

ServiceStage::ServiceStage(const std::string& service, std::vector<MetricDefinition> own)
    : name(service),
      clock(kNow),
      metrics(std::move(own)),
      rpc_server(pool, TheAuthenticator(), metrics, absl::StrCat(service, ".pepline")),
      engine{.store = store,
             .clock = clock,
             .metrics = metrics,
             .topic = absl::StrCat("pepline.", service, ".events.v1"),
             .source = absl::StrCat("/pepline/", service),
             .on_alarm = {},
             .on_outbox = {}} {}

void ServiceStage::Begin(const std::string& routing_id, const RecordKey& key,
                         const Message& stored) {
  const int partition = PartitionOf(routing_id, store.partitions());
  Commit commit{.partition = partition};
  commit.writes.push_back({key, 0, EnvelopeOf(FilledMessages(stored).front())});
  beginning_.push_back(std::move(commit));
  stored_.push_back({partition, key, &stored});
}

ServiceStage::RecordOf ServiceStage::BeginParts(const pepline::Target& target,
                                                const std::vector<const Message*>& stored) {
  RecordOf parts;
  for (std::size_t i = 0; i < target.keys.size(); ++i) {
    parts.emplace_back(FilledMessages(*stored[i]).front());
    const bool there =
        std::ranges::any_of(stored_, [&](const Stored& one) { return one.key == target.keys[i]; });
    if (!there) Begin(target.routing_id, target.keys[i], *stored[i]);
  }
  return parts;
}

void ServiceStage::BeginLists(const pepline::Target& target, std::vector<IndexEntry> index,
                              Alarm alarm) {
  Commit commit{.partition = PartitionOf(target.routing_id, store.partitions())};
  for (IndexEntry& entry : index) {
    commit.index.push_back({std::move(entry), target.keys.front().id, true});
  }
  if (alarm == Alarm::kDue) commit.alarms.push_back({target.keys.front(), kNow});
  beginning_.push_back(std::move(commit));
}

void ServiceStage::Hear(std::string_view topic, const Message& envelope) {
  topics_.push_back({std::string(topic), &envelope});
}

void ServiceStage::Open(grpc::Service& api, const google::protobuf::ServiceDescriptor& rpcs,
                        OnRecord on_record, OnAlarm on_alarm) {
  rpcs_ = &rpcs;
  on_record_ = std::move(on_record);
  on_alarm_ = std::move(on_alarm);
  BeginAnew();
  admitted_ = std::make_unique<AdmitFirst>(api, rpcs.full_name(), rpc_server);
  auto server = GrpcServer::Start({}, {admitted_.get()}, metrics);
  Expect(server.ok(), "a server begins");
  server_ = *std::move(server);
  stub_ = std::make_unique<grpc::GenericStub>(grpc::CreateChannel(
      absl::StrCat("127.0.0.1:", server_->port()), grpc::InsecureChannelCredentials()));
}

ServiceStage::Meaning ServiceStage::MeaningOf(unsigned char kind) const {
  const std::size_t rpcs = static_cast<std::size_t>(rpcs_->method_count());
  std::size_t index = kind % (rpcs + topics_.size() + stored_.size() + 1);
  if (index < rpcs) return {What::kRpc, index};
  index -= rpcs;
  if (index < topics_.size()) return {What::kTopic, index};
  index -= topics_.size();
  if (index < stored_.size()) return {What::kStored, index};
  return {What::kAlarms, 0};
}

unsigned char ServiceStage::KindOf(What what, std::size_t index) const {
  for (unsigned kind = 0;; ++kind) {
    const Meaning meaning = MeaningOf(static_cast<unsigned char>(kind));
    if (meaning.what == what && meaning.index == index) return static_cast<unsigned char>(kind);
  }
}

const Message* ServiceStage::MessageOf(unsigned char kind) const {
  const auto [what, index] = MeaningOf(kind);
  switch (what) {
    case What::kRpc:
      return &PrototypeOf(*rpcs_->method(static_cast<int>(index))->input_type());
    case What::kTopic:
      return topics_[index].envelope;
    case What::kStored:
      return stored_[index].message;
    case What::kAlarms:
      return nullptr;
  }
  return nullptr;
}

std::vector<std::string> ServiceStage::Seeds() const {
  std::vector<std::string> seeds;
  const auto add = [&](What what, std::size_t index, unsigned char who, const Message& message) {
    for (std::string& bytes : FilledMessages(message)) {
      seeds.push_back(WriteSteps({{KindOf(what, index), who, std::move(bytes)}}));
    }
  };
  for (int i = 0; i < rpcs_->method_count(); ++i) {
    for (unsigned char who = 0; who < Callers().size(); ++who) {
      add(What::kRpc, static_cast<std::size_t>(i), who,
          PrototypeOf(*rpcs_->method(i)->input_type()));
    }
  }
  for (std::size_t i = 0; i < topics_.size(); ++i) add(What::kTopic, i, 0, *topics_[i].envelope);
  for (std::size_t i = 0; i < stored_.size(); ++i) add(What::kStored, i, 0, *stored_[i].message);
  seeds.push_back(WriteSteps({{KindOf(What::kAlarms, 0), 7, ""}}));
  return seeds;
}

void ServiceStage::BeginAnew() {
  stores_.push_back(std::make_unique<MemoryStore>());
  for (const Commit& commit : beginning_) {
    Expect(stores_.back()->Apply(commit).ok(), "a store takes what it begins with");
  }
  store.ForwardTo(*stores_.back());
  if (stores_.size() > kStoresKept) stores_.pop_front();
  clock.Set(kNow);
  damaged_ = false;
}

void ServiceStage::Run(std::string_view input) {
  BeginAnew();
  const std::vector<Step> steps = ReadSteps(input);
  for (std::size_t i = 0; i < steps.size(); ++i) {
    const auto [what, index] = MeaningOf(steps[i].kind);
    switch (what) {
      case What::kRpc: {
        const MethodDescriptor& rpc = *rpcs_->method(static_cast<int>(index));
        std::vector<std::string> messages = {steps[i].bytes};
        // A stream takes what follows of its own kind.
        while (rpc.client_streaming() && i + 1 < steps.size() &&
               steps[i + 1].kind == steps[i].kind) {
          messages.push_back(steps[++i].bytes);
        }
        Call(rpc, steps[i].who, messages);
        break;
      }
      case What::kTopic:
        Receive(topics_[index], steps[i].who, steps[i].bytes);
        break;
      case What::kStored:
        Damage(stored_[index], steps[i].bytes);
        break;
      case What::kAlarms:
        FireAlarms(steps[i].who);
    }
  }
}

void ServiceStage::Call(const MethodDescriptor& rpc, unsigned char who,
                        const std::vector<std::string>& messages) {
  grpc::ClientContext context;
  const std::string& token = Callers()[who % Callers().size()];
  if (!token.empty()) context.AddMetadata("authorization", token);
  if (who >= 128) context.AddMetadata("traceparent", "00-0af7651916cd43dd8448eb211c80319c-0-01");
  context.set_deadline(absl::ToChronoTime(absl::Now() + absl::Seconds(20)));
  grpc::CompletionQueue queue;
  const auto wait = [&queue] {
    void* tag = nullptr;
    bool ok = false;
    return queue.Next(&tag, &ok) && ok;
  };
  const auto call = stub_->PrepareCall(
      &context, absl::StrCat("/", rpc.service()->full_name(), "/", rpc.name()), &queue);
  call->StartCall(nullptr);
  bool goes_on = wait();
  for (std::size_t i = 0; goes_on && i < messages.size(); ++i) {
    const grpc::Slice slice(messages[i]);
    const bool last = i + 1 == messages.size();
    call->Write(grpc::ByteBuffer(&slice, 1),
                last ? grpc::WriteOptions().set_last_message() : grpc::WriteOptions(), nullptr);
    goes_on = wait();
  }
  grpc::ByteBuffer answer;
  call->Read(&answer, nullptr);
  wait();
  grpc::Status status;
  call->Finish(&status, nullptr);
  wait();
  CheckAnswer(rpc, status, BytesOf(answer));
}

void ServiceStage::CheckAnswer(const MethodDescriptor& rpc, const grpc::Status& status,
                               const std::string& answer) const {
  if (status.ok()) {
    const std::unique_ptr<Message> message(PrototypeOf(*rpc.output_type()).New());
    Expect(message->ParseFromString(answer), "an answer is not the RPC's");
    return;
  }
  switch (status.error_code()) {
    case grpc::INVALID_ARGUMENT:
    case grpc::NOT_FOUND:
    case grpc::ALREADY_EXISTS:
    case grpc::PERMISSION_DENIED:
    case grpc::FAILED_PRECONDITION:
    case grpc::OUT_OF_RANGE:
    case grpc::UNAUTHENTICATED:
    case grpc::RESOURCE_EXHAUSTED:
      break;
    case grpc::DATA_LOSS:
      if (damaged_) break;
      [[fallthrough]];
    default:
      Fail(absl::StrCat(rpc.full_name(), " answers with code ", status.error_code(), ": ",
                        status.error_message()));
  }
  common::v1::RpcStatus details;
  common::v1::ErrorInfo info;
  Expect(details.ParseFromString(status.error_details()), "the details of a refusal are none");
  for (const auto& detail : details.details()) {
    if (detail.type_url().ends_with("ErrorInfo")) info.ParseFromString(detail.value());
  }
  Expect(!info.reason().empty(), "a refusal has no reason");
  Expect(!status.error_message().empty(), "a refusal says nothing");
}

void ServiceStage::Receive(const Topic& topic, unsigned char who, const std::string& bytes) {
  const absl::Status status =
      on_record_({.topic = topic.name,
                  .partition = 0,
                  .offset = 1,
                  .key = "chd-1",
                  .value = bytes,
                  .headers = {{"ce_type", std::string(1, static_cast<char>(who))}}});
  if (status.ok() || absl::IsInvalidArgument(status)) return;
  if (absl::IsDataLoss(status) && damaged_) return;
  Fail(absl::StrCat("a record is answered with ", status.ToString()));
}

void ServiceStage::Damage(const Stored& stored, const std::string& bytes) {
  damaged_ = true;
  MemoryStore& in = *stores_.back();
  const auto loaded = in.Load(stored.partition, {stored.key}, "");
  Commit commit{.partition = stored.partition};
  commit.writes.push_back({stored.key,
                           loaded->records.front() ? loaded->records.front()->revision : 0,
                           EnvelopeOf(bytes)});
  Expect(in.Apply(commit).ok(), "a store takes damaged bytes");
}

void ServiceStage::FireAlarms(unsigned days) {
  clock.Advance(absl::Hours(24) * days);
  for (int round = 0; round < kMostRounds; ++round) {
    for (int partition = 0; partition < store.partitions(); ++partition) {
      const auto due = store.DueAlarms(partition, clock.Now(), 64);
      for (const DueAlarm& alarm : *due) {
        const absl::Status status = on_alarm_(alarm);
        if (status.ok() || (absl::IsDataLoss(status) && damaged_)) continue;
        Fail(absl::StrCat("an alarm is answered with ", status.ToString()));
      }
    }
  }
}

Target ServiceTarget(const std::string& name, ServiceStage& (*make)()) {
  return {
      .name = name,
      .run = [make](std::string_view input) { make().Run(input); },
      .seeds = [make] { return make().Seeds(); },
      .mutate =
          [make](std::string_view input, std::size_t longest, unsigned random) {
            return MutatedSteps(input, longest, random,
                                [make](unsigned char kind) { return make().MessageOf(kind); });
          },
      // protobuf reserves 50 MB for a text that says to be as long, though it touches none of it.
      .memory = 72 << 20};
}

}  // namespace pepline::fuzz
