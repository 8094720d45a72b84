#include "services/notifications/domain/notice.h"

#include <string>

#include "absl/strings/str_cat.h"

namespace pepline::notifications {
namespace {

bool IsNews(const News& news, const NewsFacts& facts) {
  if (!news.day || news.authority.empty()) return false;
  switch (news.kind) {
    case NoticeKind::kChildComing:
    case NoticeKind::kChildGone:
      return facts.looked_after && !news.school.empty();
    case NoticeKind::kMeetingToConfirm:
    case NoticeKind::kMeetingPassedOn:
      return !news.school.empty();
    case NoticeKind::kPepOpened:
    case NoticeKind::kCareCeased:
    case NoticeKind::kMeetingPutOffAgain:
    case NoticeKind::kMeetingNotInOrder:
    case NoticeKind::kCareEndToRecord:
      return true;
  }
  return false;
}

}  // namespace

bool IsOldNews(absl::Time emitted_at, absl::Time now) {
  return now - emitted_at > kOldestNewsDays * absl::Hours(24);
}

bool IsOldNews(const News& news, const NewsFacts& facts) {
  if (IsOldNews(facts.emitted_at, facts.now)) return true;
  const absl::CivilDay today = absl::ToCivilDay(facts.now, facts.london);
  const absl::CivilDay day = news.day.value_or(today);
  switch (news.kind) {
    case NoticeKind::kChildComing:
      return !news.is_move && today - day > kOldestNewsDays;
    case NoticeKind::kCareCeased:
      return AccessHasEnded(day, facts.months_of_access, today);
    case NoticeKind::kPepOpened:
    case NoticeKind::kChildGone:
    case NoticeKind::kMeetingToConfirm:
    case NoticeKind::kMeetingPassedOn:
    case NoticeKind::kMeetingPutOffAgain:
    case NoticeKind::kMeetingNotInOrder:
    case NoticeKind::kCareEndToRecord:
      return false;
  }
  return false;
}

std::variant<GiveNotice, NoNotice> NoticeFrom(const News& news, const NewsFacts& facts) {
  if (!IsNews(news, facts)) return NoNotice::kNoNews;
  if (IsOldNews(news, facts)) return NoNotice::kTooOld;
  if (facts.recipients.empty()) return NoNotice::kDisabled;
  const std::string kind(InCatalogue(news.kind).id);
  const AlertId id(absl::StrCat(news.child.text(), ".", kind, ".", facts.version));
  return GiveNotice{{id, kind, news.child, news.pep, news.school, news.authority},
                    absl::FromCivil(*news.day, facts.london),
                    facts.recipients};
}

const CataloguedNotice* NoticeOf(const AlertId& id) {
  const std::string_view text = id.text();
  const auto first = text.find('.');
  const auto last = text.rfind('.');
  if (first == std::string_view::npos || first == last) return nullptr;
  return FindNotice(text.substr(first + 1, last - first - 1));
}

Resource OwnersOf(const AlertState& state, Resource child) {
  // A request stays with its fund line's authority, whoever looks after the child since.
  if (IsOfRequest(state.reference)) child.authority = state.reference.authority;
  if (state.IsNotice() && child.school != state.reference.school) child.school = SchoolUrn();
  if (state.IsOpen() && state.reference.stays_with_school) child.school = state.reference.school;
  return child;
}

}  // namespace pepline::notifications
