#include "services/notifications/notices.h"

#include <memory>
#include <string>
#include <utility>

#include "services/notifications/metrics.h"
#include "services/notifications/storage/conversions.h"
#include "shared/base/london.h"
#include "shared/domain/calendar.h"
#include "shared/engine/inbound_event.h"

namespace pepline::notifications {
namespace {

using registry::v1::RegistryEvent;
using scheduling::v1::SchedulingEvent;

// What the event says itself, which is not who looks after the child.
std::vector<News> NewsIn(const RegistryEvent& event) {
  const auto of = [](NoticeKind kind, const std::string& child, const std::string& school,
                     const std::string& day, bool is_move = false) {
    return News{kind, ChildId(child), {}, SchoolUrn(school), {}, ParseDate(day), is_move};
  };
  if (event.has_child_enrolled()) {
    const auto& said = event.child_enrolled();
    return {of(NoticeKind::kChildComing, said.child_id(), said.school_urn(), said.enrolled_on())};
  }
  if (event.has_child_moved_school()) {
    const auto& said = event.child_moved_school();
    return {of(NoticeKind::kChildGone, said.child_id(), said.from_school_urn(), said.moved_on()),
            of(NoticeKind::kChildComing, said.child_id(), said.to_school_urn(), said.moved_on(),
               /*is_move=*/true)};
  }
  if (event.has_child_ceased_to_be_looked_after()) {
    const auto& said = event.child_ceased_to_be_looked_after();
    return {of(NoticeKind::kCareCeased, said.child_id(), "", said.ceased_on())};
  }
  return {};
}

std::optional<absl::CivilDay> DayOf(const google::protobuf::Timestamp& at) {
  const auto instant = FromTimestamp(at);
  return instant ? std::optional(absl::ToCivilDay(*instant, London())) : std::nullopt;
}

std::vector<News> NewsIn(const SchedulingEvent& event) {
  const scheduling::v1::PepReference& pep = event.pep();
  const auto of = [&pep](NoticeKind kind, std::optional<absl::CivilDay> day,
                         const std::string& school) {
    return News{kind,
                ChildId(pep.child_id()),
                PepId(pep.pep_id()),
                SchoolUrn(school),
                AuthorityCode(pep.authority_code()),
                day};
  };
  const std::string& school = pep.school_urn();
  if (event.has_pep_cycle_opened()) {
    return {of(NoticeKind::kPepOpened, ParseDate(event.pep_cycle_opened().opened_on()), school)};
  }
  if (event.has_pep_transferred_to_school()) {
    const auto& said = event.pep_transferred_to_school();
    if (!said.has_meeting_to_confirm()) return {};
    const auto day = DayOf(said.meeting_to_confirm());
    return {of(NoticeKind::kMeetingPassedOn, day, said.from_school_urn()),
            of(NoticeKind::kMeetingToConfirm, day, said.to_school_urn())};
  }
  if (event.pep_meeting_rescheduled().put_off_again()) {
    const auto& old_meeting_at = event.pep_meeting_rescheduled().old_meeting_at();
    return {of(NoticeKind::kMeetingPutOffAgain, DayOf(old_meeting_at), school)};
  }
  if (event.pep_meeting_cancelled().put_off_again()) {
    const auto& meeting_at = event.pep_meeting_cancelled().cancelled_meeting_at();
    return {of(NoticeKind::kMeetingPutOffAgain, DayOf(meeting_at), school)};
  }
  if (event.pep_meeting_held().irregularities_size() > 0) {
    const auto& held = event.pep_meeting_held();
    return {of(NoticeKind::kMeetingNotInOrder, ParseDate(held.held_on()), school)};
  }
  if (event.pep_meeting_corrected().irregularities_size() > 0) {
    const auto& corrected = event.pep_meeting_corrected();
    return {of(NoticeKind::kMeetingNotInOrder, ParseDate(corrected.held_on()), school)};
  }
  if (event.has_pep_age_ended()) {
    const auto day = ParseDate(event.pep_age_ended().adult_on());
    return {of(NoticeKind::kCareEndToRecord, day, school)};
  }
  return {};
}

}  // namespace

Notices::Notices(Store& store, const Clock& clock, const KnownChildren& children, Metrics& metrics)
    : clock_(clock), children_(children), metrics_(metrics), reference_(store) {}

absl::StatusOr<std::vector<GiveNotice>> Notices::Of(const RegistryEvent& event) {
  std::vector<News> news = NewsIn(event);
  if (news.empty()) return std::vector<GiveNotice>();
  const auto known = children_.Find(news.front().child);
  if (!known.ok()) return known.status();
  const KnownChild child = known->value_or(KnownChild());
  for (News& one : news) {
    one.authority = child.authority;
    if (one.kind == NoticeKind::kCareCeased) one.school = child.school;
  }
  return Give(news, child.looked_after, event.header());
}

absl::StatusOr<std::vector<GiveNotice>> Notices::Of(const SchedulingEvent& event) {
  const std::vector<News> news = NewsIn(event);
  if (news.empty()) return std::vector<GiveNotice>();
  return Give(news, /*looked_after=*/true, event.header());
}

absl::StatusOr<std::vector<GiveNotice>> Notices::Give(const std::vector<News>& news,
                                                      bool looked_after,
                                                      const common::v1::EventHeader& header) {
  std::vector<GiveNotice> notices;
  for (const News& one : news) {
    const auto emitted_at = FromTimestamp(header.occurred_at());
    // A notice's id begins with the child's, up to the first dot.
    const std::string& child = one.child.text();
    if (!emitted_at || !one.day || !IsPlainId(child) || child.find('.') != std::string::npos) {
      return EventNotReadable();
    }
    NewsFacts facts{clock_.Now(), London(), *emitted_at, header.aggregate_version(), looked_after};
    // Old topics are read without a question to the store for each event.
    if (!IsOldNews(facts.emitted_at, facts.now)) {
      const auto profile = reference_.LoadPolicy(one.authority);
      if (!profile.ok()) return profile.status();
      facts.recipients = RecipientsOfNotice(profile->get(), one.kind);
      if (*profile) facts.months_of_access = MonthsOfAccessAfterCare(**profile);
    }
    auto notice = NoticeFrom(one, facts);
    if (const auto* why = std::get_if<NoNotice>(&notice)) {
      CountNoNotice(metrics_, one.kind, *why);
    } else {
      notices.push_back(std::get<GiveNotice>(std::move(notice)));
    }
  }
  return notices;
}

}  // namespace pepline::notifications
