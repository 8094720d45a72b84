// A notice (shared/domain/notice_catalogue.h): news of a child that people are told at once, and
// that nobody has to answer. What is here decides whether news becomes a notice, and who may look
// one up. Once given it is kept as an alert that is told on one level and is never open, so that
// claims, retries, substitutes and the list of what is undelivered are those of alerts (alert.h).
// Promises: pure. Threads: values and pure functions.
#ifndef PEPLINE_SERVICES_NOTIFICATIONS_DOMAIN_NOTICE_H_
#define PEPLINE_SERVICES_NOTIFICATIONS_DOMAIN_NOTICE_H_

#include <cstdint>
#include <optional>
#include <string_view>
#include <variant>
#include <vector>

#include "absl/time/civil_time.h"
#include "absl/time/time.h"
#include "services/notifications/domain/alert.h"
#include "shared/domain/access/access_after_care.h"
#include "shared/domain/authorisation.h"
#include "shared/domain/ids.h"
#include "shared/domain/notice_catalogue.h"

namespace pepline::notifications {

// On the stack's clock. A week is longer than any outage that somebody sits through.
inline constexpr int kOldestNewsDays = 7;

// What happened to one child.
struct News {
  NoticeKind kind = NoticeKind::kPepOpened;
  ChildId child;
  PepId pep;                          // of a PEP's news
  SchoolUrn school;                   // that it is about; empty: none is on record
  AuthorityCode authority;            // that looks after the child, or did last; empty: none did
  std::optional<absl::CivilDay> day;  // in London, when it happened or will
  bool is_move = false;               // of a child who comes: from another school
};

// What the rules know besides.
struct NewsFacts {
  absl::Time now;
  absl::TimeZone london;
  absl::Time emitted_at;                       // when the other service said it
  std::uint64_t version = 0;                   // of the aggregate that said it
  bool looked_after = true;                    // now
  std::vector<RecipientRole> recipients = {};  // as the profile has them; empty: its kind is off
  int months_of_access = kMonthsOfAccessAfterCare;  // after care has ceased
};

// Why nobody is told.
enum class NoNotice {
  kNoNews,    // nobody looks after the child, or no school is concerned
  kTooOld,    // see IsOldNews
  kDisabled,  // the profile switches its kind off
};

// The notice that follows from the news, with the id
// "<child id>.<kind>.<version of the aggregate that said it>".
std::variant<GiveNotice, NoNotice> NoticeFrom(const News& news, const NewsFacts& facts);

// True for news that nobody is to be told any more. Whatever was said more than kOldestNewsDays
// ago is old: a service that first reads old topics would tell people of last year. So is an
// enrolment whose day is as long ago, as that child has been at the school; and an end of care
// after which those at the school reach the child no more
// (shared/domain/access/access_after_care.h). Otherwise news that was put on record late is no
// older for it.
bool IsOldNews(const News& news, const NewsFacts& facts);
// The same of everything that was said then.
bool IsOldNews(absl::Time emitted_at, absl::Time now);

// What kind of notice has this id; null for an alert's.
const CataloguedNotice* NoticeOf(const AlertId& id);

// Whose an alert about a child is: whose the child is, or of the school that its PEP stays with
// while it is open. A notice is for the school that it is about, and not for another one at which
// the child is now: they would see where the child came from.
Resource OwnersOf(const AlertState& state, Resource child);

}  // namespace pepline::notifications

#endif  // PEPLINE_SERVICES_NOTIFICATIONS_DOMAIN_NOTICE_H_
