// What a service reads back from its own store and from topics: stored states, events that are
// folded, the place of an event among others, records that were parked. Bytes that were damaged are
// refused as such; what is read is written as it was.
#include <memory>
#include <optional>
#include <utility>

#include "pepline/assessments/storage/v1/outcomes.pb.h"
#include "pepline/assessments/storage/v1/pep.pb.h"
#include "pepline/assessments/storage/v1/pupil_views.pb.h"
#include "pepline/assessments/storage/v1/sdq.pb.h"
#include "pepline/funding/storage/v1/fund_line.pb.h"
#include "pepline/funding/storage/v1/funding_request.pb.h"
#include "pepline/funding/v1/funding_events.pb.h"
#include "pepline/notifications/storage/v1/alert.pb.h"
#include "pepline/notifications/storage/v1/digest.pb.h"
#include "pepline/notifications/storage/v1/vacancy.pb.h"
#include "pepline/registry/storage/v1/calendar.pb.h"
#include "pepline/registry/storage/v1/child.pb.h"
#include "pepline/registry/storage/v1/import.pb.h"
#include "pepline/registry/storage/v1/policy.pb.h"
#include "pepline/registry/storage/v1/school.pb.h"
#include "pepline/registry/storage/v1/staff.pb.h"
#include "pepline/runtime/v1/aggregate_record.pb.h"
#include "pepline/runtime/v1/known_child.pb.h"
#include "pepline/runtime/v1/parked_records.pb.h"
#include "pepline/scheduling/storage/v1/child.pb.h"
#include "pepline/scheduling/storage/v1/epep.pb.h"
#include "pepline/scheduling/storage/v1/plan.pb.h"
#include "pepline/scheduling/v1/scheduling_events.pb.h"
#include "services/assessments/storage/codec.h"
#include "services/funding/storage/codec.h"
#include "services/notifications/storage/codec.h"
#include "services/notifications/storage/digest_codec.h"
#include "services/registry/storage/codec.h"
#include "services/scheduling/storage/codec.h"
#include "services/scheduling/storage/epep_codec.h"
#include "shared/engine/envelopes.h"
#include "shared/kafka/reception/parked_records.h"
#include "shared/kafka/reception/received_versions.h"
#include "shared/projections/known_children.h"
#include "shared/store/memory_store.h"
#include "tests/fuzz/messages.h"
#include "tests/fuzz/steps.h"
#include "tests/fuzz/target.h"

namespace pepline::fuzz {
namespace {

using google::protobuf::Message;
using Parts = std::vector<std::optional<std::string>>;

// As Execute hands them on: what is empty was never stored.
Parts PartsOf(const std::vector<std::string>& written) {
  Parts parts;
  for (const std::string& one : written) {
    parts.push_back(one.empty() ? std::nullopt : std::optional(one));
  }
  return parts;
}

// The states of a codec whose record lies in as many parts as there are messages.
template <class Codec, class... Stored>
Target State() {
  static const std::vector<const Message*> messages = {&Stored::default_instance()...};
  const auto message_of = [](unsigned char kind) { return messages[kind % messages.size()]; };
  return {.name = std::string(Codec::kKind),
          .run =
              [](std::string_view bytes) {
                Parts parts(messages.size());
                for (Step& step : ReadSteps(bytes)) {
                  if (step.bytes.empty()) continue;
                  parts[step.kind % messages.size()] = std::move(step.bytes);
                }
                const auto state = Codec::Decode(parts);
                if (!state.ok()) {
                  Expect(absl::IsDataLoss(state.status()), "a record is refused for no reason");
                  return;
                }
                Codec::Rules::Index(*state);
                if (!parts.front()) return;  // there is nothing yet, which is never written
                const std::vector<std::string> written = Codec::Encode(*state);
                Expect(written.size() == messages.size(), "a record has other parts than before");
                if (written.front().empty()) return;  // nothing but defaults: no rule makes that
                const auto again = Codec::Decode(PartsOf(written));
                Expect(again.ok(), "a record that was written cannot be read");
                Expect(*again == *state, "a record comes back as another");
              },
          .seeds =
              [] {
                std::vector<Step> steps;
                for (const Message* message : messages) {
                  steps.push_back({static_cast<unsigned char>(steps.size()), 0,
                                   FilledMessages(*message).front()});
                }
                return std::vector<std::string>{WriteSteps(steps)};
              },
          .mutate =
              [message_of](std::string_view bytes, std::size_t longest, unsigned random) {
                return MutatedSteps(bytes, longest, random, message_of);
              }};
}

// What is stored as one message of this type, whatever is made of it.
template <class Stored>
Target OneMessage(std::function<void(std::string_view bytes)> run) {
  return {.name = Stored::descriptor()->name(),
          .run = std::move(run),
          .seeds = [] { return FilledMessages(Stored::default_instance()); },
          .mutate =
              [](std::string_view bytes, std::size_t longest, unsigned random) {
                return MutatedMessage(Stored::default_instance(), bytes, longest, random);
              }};
}

void ExpectReadOrDataLoss(const absl::Status& status) {
  Expect(status.ok() || absl::IsDataLoss(status), "a record is refused for no reason");
}

// What is around the state of every record.
void ReadEnvelope(std::string_view bytes) {
  Loaded loaded;
  loaded.records.push_back(StoredRecord{1, std::string(bytes)});
  const auto envelopes = OpenEnvelopes(loaded);
  ExpectReadOrDataLoss(envelopes.status());
  if (envelopes.ok()) Expect(StatesOf(*envelopes).size() == 1, "a record is lost");
}

// What every service keeps of children that registry spoke of.
void ReadKnownChild(std::string_view bytes) {
  ExpectReadOrDataLoss(KnownChildren::ChildIn(std::string(bytes)).status());
}

// Bytes in the place of parked records: each is handed on, or they are said to be unreadable.
void ReadParked(std::string_view bytes) {
  static auto* const metrics = new Metrics;
  const std::string id = "pepline.registry.events.v1/registry/child/chd-1";
  runtime::v1::AggregateRecord record;
  record.set_state(std::string(bytes));
  MemoryStore store;
  Commit commit{.partition = PartitionOf(id, store.partitions())};
  commit.writes.push_back({{ParkedRecords::kKind, id}, 0, record.SerializeAsString()});
  commit.index.push_back({ParkedRecords::List(), id, true});
  Expect(store.Apply(commit).ok(), "a store takes any bytes");
  const auto listed = ParkedRecords::ListAll(store);
  ExpectReadOrDataLoss(listed.status());
  const int there = listed.ok() ? listed->front().records.records_size() : 0;
  ParkedRecords parked(store, *metrics);
  parked.Learn();
  int done = 0;
  parked.TryDue(
      absl::InfiniteFuture(), [](const KafkaPlace&) { return true; },
      {.handle =
           [&done](const InboundRecord&, bool) {
             ++done;
             return absl::OkStatus();
           },
       .give_up = [&done](const InboundRecord&, bool missing) { done += missing ? 0 : 1; }});
  Expect(done == there, "not every parked record is handed on once");
}

// A record that has no rules of its own.
template <class Stored, class Value>
Target Kept(absl::StatusOr<Value> (*decode)(const std::string&),
            std::string (*encode)(const Value&)) {
  return OneMessage<Stored>([decode, encode](std::string_view bytes) {
    const auto value = decode(std::string(bytes));
    ExpectReadOrDataLoss(value.status());
    if (!value.ok()) return;
    const std::string written = encode(*value);
    const auto again = decode(written);
    Expect(again.ok(), "a record that was written cannot be read");
    Expect(encode(*again) == written, "a record comes back as another");
  });
}

// Events of one topic, folded one after the other as a rebuild does.
template <class Event>
Target Folded(std::string name, void (*fold)(const std::vector<Event>&)) {
  const auto message_of = [](unsigned char) -> const Message* {
    return &Event::default_instance();
  };
  return {.name = std::move(name),
          .run =
              [fold](std::string_view bytes) {
                std::vector<Event> events;
                for (const Step& step : ReadSteps(bytes)) {
                  if (!events.emplace_back().ParseFromString(step.bytes)) return;
                }
                fold(events);
              },
          .seeds =
              [] {
                std::vector<std::string> seeds;
                std::vector<Step> story;
                for (std::string& bytes : FilledMessages(Event::default_instance())) {
                  story.push_back({0, 0, std::move(bytes)});
                  seeds.push_back(WriteSteps({story.back()}));
                }
                seeds.push_back(WriteSteps(story));
                return seeds;
              },
          .mutate =
              [message_of](std::string_view bytes, std::size_t longest, unsigned random) {
                return MutatedSteps(bytes, longest, random, message_of);
              }};
}

// What a fold left is written and read as any other record, without what no event says.
template <class Codec, class State>
void ExpectWritable(const State& state) {
  const std::vector<std::string> written = Codec::Encode(state);
  const auto again = Codec::Decode(PartsOf(written));
  Expect(again.ok(), "what was folded cannot be read back");
  Expect(*again == state, "what was folded comes back as another");
}

// The PEPs that left a plan lie in records of their own.
void ExpectWritableBeside(const scheduling::PlanState& plan) {
  for (const auto& [key, written] : scheduling::PlanCodec::EncodeBeside(plan)) {
    const auto alone = scheduling::DecodePep(written);
    Expect(alone.ok(), "a PEP that was put aside cannot be read back");
    Expect(scheduling::EncodePep(*alone) == written, "a PEP comes back as another");
  }
}

void FoldPlans(const std::vector<scheduling::v1::SchedulingEvent>& events) {
  using Codec = scheduling::PlanCodec;
  scheduling::PlanState state;
  for (const auto& emitted : events) {
    const auto event = Codec::DecodeEvent(state, {}, emitted);
    if (!event.ok()) continue;
    state = Codec::Rules::Evolve(std::move(state), *event);
    Codec::Rules::Index(state);
  }
  ExpectWritableBeside(state);
  state.put_aside.clear();
  ExpectWritable<Codec>(state);
  Codec::PublishedFieldsOnly(state);
}

void FoldFunding(const std::vector<funding::v1::FundingEvent>& events) {
  funding::FundLineState line;
  funding::FundingState request;
  for (const auto& emitted : events) {
    if (const auto event = funding::FundLineCodec::DecodeEvent(emitted); event.ok()) {
      line = funding::FundLineCodec::Rules::Evolve(std::move(line), *event);
    }
    if (const auto event = funding::FundingCodec::DecodeEvent(emitted); event.ok()) {
      request = funding::FundingCodec::Rules::Evolve(std::move(request), *event);
    }
  }
  ExpectWritable<funding::FundLineCodec>(line);
  funding::FundingCodec::PublishedFieldsOnly(request);
}

// A record as it comes from Kafka, in the form of one that is parked.
InboundRecord ToRecord(const runtime::v1::ParkedRecord& in) {
  InboundRecord record{.topic = "pepline.registry.events.v1",
                       .partition = in.partition(),
                       .offset = in.offset(),
                       .key = in.key(),
                       .value = in.value(),
                       .headers = {}};
  for (const auto& header : in.named_headers()) record.headers[header.name()] = header.value();
  return record;
}

// What is parked comes back to the handler byte for byte, and in order.
void ParkRecords(const std::vector<runtime::v1::ParkedRecord>& given) {
  static auto* const metrics = new Metrics;
  MemoryStore store;
  ParkedRecords parked(store, *metrics);
  ReceivedVersions versions(store);
  parked.Learn();
  std::vector<InboundRecord> records;
  for (const auto& one : given) {
    InboundRecord record = ToRecord(one);
    record.offset = static_cast<std::int64_t>(records.size());
    record.partition = 0;
    if (const auto event = EventOf(record)) {
      Expect(versions.Look(record.place(), *event).ok(), "the place of an event is not known");
      versions.Receive(*event);
      Expect(versions.LastOf(*event) >= event->at.version, "what was received is forgotten");
    }
    Expect(parked.Park(record, absl::InternalError("as if it could not be handled")).ok(),
           "a record cannot be parked");
    records.push_back(std::move(record));
  }
  Expect(versions.Keep().ok(), "what was received cannot be kept");
  ParkedRecords of_another_replica(store, *metrics);
  of_another_replica.Learn();
  std::size_t handled = 0;
  for (const InboundRecord& record : records) {
    const auto held = of_another_replica.Holds(record);
    Expect(held.ok() && held->has_value(), "what was parked is not known to be");
  }
  of_another_replica.TryDue(
      absl::InfiniteFuture(), [](const KafkaPlace&) { return true; },
      {.handle =
           [&](const InboundRecord& record, bool) {
             const InboundRecord& before = records[static_cast<std::size_t>(record.offset)];
             Expect(record.key == before.key && record.value == before.value &&
                        record.headers == before.headers,
                    "a parked record comes back as another");
             ++handled;
             return absl::OkStatus();
           },
       .give_up = [](const InboundRecord&, bool) {}});
  Expect(handled == records.size(), "a parked record does not come back");
}

}  // namespace

std::vector<Target> Targets() {
  using namespace pepline::registry;
  namespace kept = pepline::registry::storage::v1;
  return {
      Sharing(
          "states",
          {State<BankHolidaysCodec, kept::BankHolidays>(),
           State<TermDatesCodec, kept::TermDates>(),
           State<SchoolCalendarCodec, kept::SchoolCalendar>(),
           State<PolicyCodec, kept::Policy>(),
           State<SchoolCodec, kept::School>(),
           State<StaffCodec, kept::Staff>(),
           State<StaffOfChildCodec, kept::Staff>(),
           State<ChildCodec, kept::Child>(),
           State<ImportLogCodec, kept::Import>(),
           State<scheduling::PlanCodec, scheduling::storage::v1::Plan>(),
           Kept<scheduling::storage::v1::Child>(&scheduling::DecodeChild, &scheduling::EncodeChild),
           Kept<scheduling::storage::v1::Pep>(&scheduling::DecodePep, &scheduling::EncodePep),
           State<scheduling::EpepCodec, scheduling::storage::v1::Epep>(),
           Kept<scheduling::storage::v1::StoredEpepVersion>(&scheduling::DecodeVersion,
                                                            &scheduling::EncodeVersion),
           State<assessments::SdqCodec, assessments::storage::v1::Sdq,
                 assessments::storage::v1::Pep>(),
           State<assessments::PupilViewsCodec, assessments::storage::v1::PupilViews,
                 assessments::storage::v1::Pep>(),
           State<assessments::OutcomesCodec, assessments::storage::v1::Outcomes,
                 assessments::storage::v1::Pep>(),
           Kept<assessments::storage::v1::Pep>(&assessments::DecodePep, &assessments::EncodePep),
           State<funding::FundLineCodec, funding::storage::v1::FundLine>(),
           State<funding::FundingCodec, funding::storage::v1::FundingRequest,
                 funding::storage::v1::FundLine>(),
           State<notifications::AlertCodec, notifications::storage::v1::Alert>(),
           State<notifications::DigestCodec, notifications::storage::v1::Digest>(),
           Kept<notifications::storage::v1::Vacancy>(&notifications::DecodeVacancy,
                                                     &notifications::EncodeVacancy),
           OneMessage<runtime::v1::AggregateRecord>(&ReadEnvelope),
           OneMessage<runtime::v1::KnownChild>(&ReadKnownChild),
           OneMessage<runtime::v1::ParkedRecords>(&ReadParked)}),
      Sharing("events", {Folded<scheduling::v1::SchedulingEvent>("plans", &FoldPlans),
                         Folded<funding::v1::FundingEvent>("money", &FoldFunding),
                         Folded<runtime::v1::ParkedRecord>("parked", &ParkRecords)}),
  };
}

}  // namespace pepline::fuzz
