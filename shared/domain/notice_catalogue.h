// Every notice: what people are told at once because it concerns them, without a deadline, an
// escalation or an answer. A notice's id, its words for people, and who is told where the
// authority's policy profile does not say. What makes a notice is the business of the service that
// sends it (services/notifications/notices.h).
// Promises: one row for each kind, in the order of the enumeration; ids are in stored records,
// events, references of mails and profiles, and never change. The profile's import knows these ids
// alone. No word of a notice says where a child comes from or goes to: the location of some
// children is restricted. Source of the defaults: The designated teacher for looked-after and
// previously looked-after children (DfE, February 2018) on the Designated Teacher's part in PEPs,
// in handing over at a change of school and after care has ceased; Promoting the education of
// looked-after children (DfE, February 2018) on the Virtual School's. That a mail says it at once
// is design. Threads: constants and pure functions.
#ifndef PEPLINE_SHARED_DOMAIN_NOTICE_CATALOGUE_H_
#define PEPLINE_SHARED_DOMAIN_NOTICE_CATALOGUE_H_

#include <algorithm>
#include <array>
#include <cstddef>
#include <span>
#include <string_view>

#include "shared/domain/recipient_role.h"

namespace pepline {

enum class NoticeKind { kPepOpened, kChildComing, kChildGone, kCareCeased };

struct CataloguedNotice {
  NoticeKind kind;
  std::string_view id;
  std::string_view subject;  // of its mail; holds nothing personal
  std::string_view news;     // a sentence without its end: "... <day>."
  std::string_view advice;   // what to do next
  // Told to the school that the news is about, wherever the child is by then; otherwise to the one
  // that the child is at when the mail leaves.
  bool at_named_school = false;
  std::span<const RecipientRole> recipients;  // where the profile does not say
};

namespace notice_recipients {
inline constexpr std::array kOfPepOpened = {RecipientRole::kDesignatedTeacher,
                                            RecipientRole::kSocialWorker};
inline constexpr std::array kOfSchool = {RecipientRole::kDesignatedTeacher};
inline constexpr std::array kOfCareCeased = {RecipientRole::kDesignatedTeacher,
                                             RecipientRole::kVirtualSchoolCaseworker};
}  // namespace notice_recipients

inline constexpr std::array kNoticeCatalogue = {
    CataloguedNotice{.kind = NoticeKind::kPepOpened,
                     .id = "pep-opened",
                     .subject = "a PEP was opened",
                     .news = "A PEP was opened for the child on",
                     .advice =
                         "Agree a day for the PEP meeting with the child's social worker, school "
                         "and carer, and put it on record.",
                     .recipients = notice_recipients::kOfPepOpened},
    CataloguedNotice{.kind = NoticeKind::kChildComing,
                     .id = "child-coming",
                     .subject = "a looked-after child joins the school",
                     .news = "A looked-after child is on the roll of the school from",
                     .advice =
                         "Look the child's PEP up, ask the Virtual School for what the school "
                         "needs to know, and arrange the next PEP meeting.",
                     .at_named_school = true,
                     .recipients = notice_recipients::kOfSchool},
    CataloguedNotice{.kind = NoticeKind::kChildGone,
                     .id = "child-gone",
                     .subject = "a looked-after child left the school",
                     .news = "A looked-after child left the school on",
                     .advice = "Complete what the school still has to put on record, and hand the "
                               "child's papers over as the Virtual School says.",
                     .at_named_school = true,
                     .recipients = notice_recipients::kOfSchool},
    CataloguedNotice{.kind = NoticeKind::kCareCeased,
                     .id = "care-ceased",
                     .subject = "a child's care ceased",
                     .news = "The child's care ceased on",
                     .advice =
                         "End what was begun for the PEP, and agree with the Virtual School which "
                         "support goes on for a child who was looked after before.",
                     .recipients = notice_recipients::kOfCareCeased},
};

constexpr const CataloguedNotice& InCatalogue(NoticeKind kind) {
  return kNoticeCatalogue[static_cast<std::size_t>(kind)];
}
static_assert(std::ranges::all_of(kNoticeCatalogue, [](const CataloguedNotice& row) {
  return InCatalogue(row.kind).id == row.id && !row.subject.empty() && !row.news.empty() &&
         !row.advice.empty() && !row.recipients.empty();
}));

// Null for an id that no notice has.
constexpr const CataloguedNotice* FindNotice(std::string_view id) {
  const auto* found = std::ranges::find(kNoticeCatalogue, id, &CataloguedNotice::id);
  return found == kNoticeCatalogue.end() ? nullptr : found;
}

}  // namespace pepline

#endif  // PEPLINE_SHARED_DOMAIN_NOTICE_CATALOGUE_H_
