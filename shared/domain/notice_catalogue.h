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

enum class NoticeKind {
  kPepOpened,
  kChildComing,
  kChildGone,
  kCareCeased,
  kMeetingToConfirm,
  kMeetingPassedOn,
  kMeetingPutOffAgain,
  kMeetingNotInOrder,
  kCareEndToRecord,
};

struct CataloguedNotice {
  NoticeKind kind;
  std::string_view id;
  std::string_view subject;  // of its mail; holds nothing personal
  std::string_view news;     // a sentence without its end: "... <day>."
  std::string_view advice;   // what to do next
  // Told to the school that the news is about, wherever the child is by then; otherwise to the one
  // that the child is at when the mail leaves.
  bool at_named_school = false;
  bool of_scheduling = false;                 // otherwise of registry
  std::span<const RecipientRole> recipients;  // where the profile does not say
};

namespace notice_recipients {
inline constexpr std::array kOfPepOpened = {RecipientRole::kDesignatedTeacher,
                                            RecipientRole::kSocialWorker};
inline constexpr std::array kOfSchool = {RecipientRole::kDesignatedTeacher};
inline constexpr std::array kOfCareCeased = {RecipientRole::kDesignatedTeacher,
                                             RecipientRole::kVirtualSchoolCaseworker};
inline constexpr std::array kOfVirtualSchool = {RecipientRole::kVirtualSchoolCaseworker};
inline constexpr std::array kOfCareEnd = {RecipientRole::kVirtualSchoolCaseworker,
                                          RecipientRole::kSocialWorker};
}  // namespace notice_recipients

inline constexpr std::array kNoticeCatalogue = {
    CataloguedNotice{.kind = NoticeKind::kPepOpened,
                     .id = "pep-opened",
                     .subject = "a PEP was opened",
                     .news = "A PEP was opened for the child on",
                     .advice =
                         "Agree a day for the PEP meeting with the child's social worker, school "
                         "and carer, and put it on record.",
                     .of_scheduling = true,
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
    CataloguedNotice{
        .kind = NoticeKind::kMeetingToConfirm,
        .id = "meeting-to-confirm",
        .subject = "a PEP meeting to be confirmed",
        .news = "A PEP meeting was set before the child came to the school, for",
        .advice = "Confirm it by scheduling it for the same time, or move it or call it off.",
        .at_named_school = true,
        .of_scheduling = true,
        .recipients = notice_recipients::kOfSchool},
    CataloguedNotice{.kind = NoticeKind::kMeetingPassedOn,
                     .id = "meeting-passed-on",
                     .subject = "a PEP meeting of a child who left",
                     .news = "The child left the school, and with the child the PEP whose meeting "
                             "was set for",
                     .advice = "Do not hold the meeting. Whether it takes place is for those who "
                               "are responsible for the PEP now.",
                     .at_named_school = true,
                     .of_scheduling = true,
                     .recipients = notice_recipients::kOfSchool},
    CataloguedNotice{.kind = NoticeKind::kMeetingPutOffAgain,
                     .id = "meeting-put-off-again",
                     .subject = "a PEP meeting was put off again",
                     .news = "The child's PEP meeting was moved or called off once more within ten "
                             "school days. It was to be on",
                     .advice = "Look the reasons up in the PEP's record, and see to it that the "
                               "meeting takes place.",
                     .of_scheduling = true,
                     .recipients = notice_recipients::kOfVirtualSchool},
    CataloguedNotice{.kind = NoticeKind::kMeetingNotInOrder,
                     .id = "meeting-not-in-order",
                     .subject = "a PEP meeting out of the ordinary",
                     .news = "A PEP meeting was put on record that was on another day than it was "
                             "set for, recorded late, chaired by somebody else, or held without "
                             "somebody who must attend. It was held on",
                     .advice = "Look the reason up in the PEP's record, and take it up with the "
                               "school where it does not hold.",
                     .of_scheduling = true,
                     .recipients = notice_recipients::kOfVirtualSchool},
    CataloguedNotice{.kind = NoticeKind::kCareEndToRecord,
                     .id = "care-end-to-record",
                     .subject = "an end of care to be put on record",
                     .news = "Care has not ended on record for a young person who is 18 since",
                     .advice = "Put on record when care ended. No other PEP opens; those that are "
                               "open go on until then.",
                     .of_scheduling = true,
                     .recipients = notice_recipients::kOfCareEnd},
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
