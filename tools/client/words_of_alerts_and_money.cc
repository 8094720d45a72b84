// Sentences of notifications' and funding's events.
#include "absl/strings/str_cat.h"
#include "shared/domain/alert_levels.h"
#include "shared/domain/notice_catalogue.h"
#include "tools/client/phrases.h"

namespace pepline::client {
namespace {

namespace fu = funding::v1;
namespace no = notifications::v1;

std::string LevelInWords(int level) {
  // There are none below that; a record that says so is shown all the same.
  if (level < kEarliestReminder) return absl::StrCat("level ", level);
  if (IsReminder(level)) return "reminder";
  return level == 1 ? "late" : absl::StrCat("escalation ", level - 1);
}

std::string Told(const google::protobuf::RepeatedField<int>& roles) {
  return roles.empty() ? "nobody is to be told" : absl::StrCat("to tell: ", RolesInWords(roles));
}

std::string Due(const auto& raised_or_moved) {
  return absl::StrCat(Spoken(raised_or_moved.due_at()),
                      raised_or_moved.estimated() ? " (an estimate)" : "");
}

std::string FailureInWords(const std::string& cause) {
  if (cause == "nobody-in-role") return "nobody holds that role";
  if (cause == "address-refused") return "the mail server refused the address";
  if (cause == "too-many-attempts") return "given up after too many attempts";
  return cause;
}

std::string ChannelInWords(const std::string& channel) {
  return channel == "smtp" ? "mail" : channel;
}

// A later version may know another kind.
std::string NoticeInWords(const std::string& kind) {
  const CataloguedNotice* notice = FindNotice(kind);
  return notice == nullptr ? kind : std::string(notice->subject);
}

std::string EndInWords(const std::string& cause) {
  if (cause == "met") return "done in time";
  if (cause == "met-late") return "done late";
  if (cause == "withdrawn") return "no longer asked for";
  if (cause == "miss-withdrawn") return "not late any more, as its date moved";
  if (cause == "appointed") return "somebody was appointed";
  return cause;
}

std::string TextOf(const no::NotificationsEvent& event, const Names& names) {
  const std::string work = RuleInWords(event.alert().rule_id());
  switch (event.event_case()) {
    case no::NotificationsEvent::kAlertRaised:
      return absl::StrCat("ALERT (", LevelInWords(event.alert_raised().level()), "): ", work,
                          ", due by ", Due(event.alert_raised()), "; ",
                          Told(event.alert_raised().recipients()));
    case no::NotificationsEvent::kAlertEscalated:
      return absl::StrCat("ALERT (", LevelInWords(event.alert_escalated().level()), "): ", work,
                          " still not done; ", Told(event.alert_escalated().recipients()));
    case no::NotificationsEvent::kAlertDelivered:
      return absl::StrCat("told the ", RoleInWords(event.alert_delivered().role()), " (",
                          Staff(names, event.alert_delivered().staff_id()), ") by ",
                          ChannelInWords(event.alert_delivered().channel()), ", ",
                          LevelInWords(event.alert_delivered().level()), ": ", work);
    case no::NotificationsEvent::kAlertDeliveryFailed:
      return absl::StrCat("could not tell the ", RoleInWords(event.alert_delivery_failed().role()),
                          " (", FailureInWords(event.alert_delivery_failed().cause()), "), ",
                          LevelInWords(event.alert_delivery_failed().level()), ": ", work);
    case no::NotificationsEvent::kAlertAcknowledged:
      return absl::StrCat("seen by the ", RoleInWords(event.alert_acknowledged().role()), ": ",
                          work);
    case no::NotificationsEvent::kAlertRedeliveryRequested:
      return absl::StrCat("the ", RoleInWords(event.alert_redelivery_requested().role()),
                          " is told again, ",
                          LevelInWords(event.alert_redelivery_requested().level()), ": ", work);
    case no::NotificationsEvent::kAlertResolved:
      return absl::StrCat("alert resolved (", EndInWords(event.alert_resolved().cause()),
                          "): ", work);
    case no::NotificationsEvent::kNoticeGiven:
      return absl::StrCat("notice: ", NoticeInWords(event.notice_given().kind()), "; ",
                          Told(event.notice_given().recipients()));
    case no::NotificationsEvent::kNoticeDelivered:
      return absl::StrCat("told the ", RoleInWords(event.notice_delivered().role()), " (",
                          Staff(names, event.notice_delivered().staff_id()), ") by ",
                          ChannelInWords(event.notice_delivered().channel()),
                          ", notice: ", NoticeInWords(event.notice_delivered().kind()));
    case no::NotificationsEvent::kNoticeDropped:
      return absl::StrCat("could not tell the ", RoleInWords(event.notice_dropped().role()), " (",
                          FailureInWords(event.notice_dropped().cause()),
                          "), notice: ", NoticeInWords(event.notice_dropped().kind()));
    case no::NotificationsEvent::kAlertMoved:
      return absl::StrCat("alert waits for ", Due(event.alert_moved()), " now: ", work);
    case no::NotificationsEvent::EVENT_NOT_SET:
      return "";
  }
  return "";
}

std::string Request(const fu::FundingReference& request) {
  return absl::StrCat(" (request ", request.funding_request_id(), ")");
}

const fu::FundingReference* RequestOf(const fu::FundingEvent& event) {
  switch (event.event_case()) {
    case fu::FundingEvent::kFundingDrafted:
      return &event.funding_drafted().request();
    case fu::FundingEvent::kFundingSubmitted:
      return &event.funding_submitted().request();
    case fu::FundingEvent::kFundingApproved:
      return &event.funding_approved().request();
    case fu::FundingEvent::kFundingDeclined:
      return &event.funding_declined().request();
    case fu::FundingEvent::kFundingReleased:
      return &event.funding_released().request();
    case fu::FundingEvent::kFundingWithdrawn:
      return &event.funding_withdrawn().request();
    case fu::FundingEvent::kDeadlineSet:
    case fu::FundingEvent::kDeadlineReminderReached:
    case fu::FundingEvent::kDeadlineMissed:
    case fu::FundingEvent::kDeadlineMet:
    case fu::FundingEvent::kDeadlineRecalculated:
    case fu::FundingEvent::kDeadlineWithdrawn:
      return &event.request();
    case fu::FundingEvent::kFundLineOpened:
    case fu::FundingEvent::kFundLineChanged:
    case fu::FundingEvent::EVENT_NOT_SET:
      return nullptr;
  }
  return nullptr;
}

std::string TextOf(const fu::FundingEvent& event) {
  switch (event.event_case()) {
    case fu::FundingEvent::kFundLineOpened:
      return absl::StrCat("Pupil Premium Plus of ",
                          Authority(event.fund_line_opened().authority_code()), " for ",
                          event.fund_line_opened().financial_year(), " opened with ",
                          PoundsText(event.fund_line_opened().amount_pence()));
    case fu::FundingEvent::kFundLineChanged:
      return absl::StrCat("amount corrected from ",
                          PoundsText(event.fund_line_changed().old_amount_pence()), " to ",
                          PoundsText(event.fund_line_changed().amount_pence()),
                          "; the reason is on record");
    case fu::FundingEvent::kFundingDrafted:
      return absl::StrCat("intervention costed at ",
                          PoundsText(event.funding_drafted().asked_pence()),
                          Request(event.funding_drafted().request()));
    case fu::FundingEvent::kFundingSubmitted:
      return absl::StrCat(PoundsText(event.funding_submitted().asked_pence()),
                          " of Pupil Premium Plus asked for",
                          Request(event.funding_submitted().request()));
    case fu::FundingEvent::kFundingApproved:
      return absl::StrCat(PoundsText(event.funding_approved().approved_pence()),
                          " of Pupil Premium Plus approved",
                          Request(event.funding_approved().request()));
    case fu::FundingEvent::kFundingDeclined:
      return absl::StrCat("Pupil Premium Plus declined; the reason is on record",
                          Request(event.funding_declined().request()));
    case fu::FundingEvent::kFundingReleased:
      return absl::StrCat(PoundsText(event.funding_released().released_pence()),
                          " of Pupil Premium Plus released to the school",
                          Request(event.funding_released().request()));
    case fu::FundingEvent::kFundingWithdrawn:
      return absl::StrCat("request for Pupil Premium Plus taken back",
                          Request(event.funding_withdrawn().request()));
    case fu::FundingEvent::kDeadlineSet:
      return SentenceOf(event.deadline_set()) + Request(event.request());
    case fu::FundingEvent::kDeadlineReminderReached:
      return SentenceOf(event.deadline_reminder_reached()) + Request(event.request());
    case fu::FundingEvent::kDeadlineMissed:
      return SentenceOf(event.deadline_missed()) + Request(event.request());
    case fu::FundingEvent::kDeadlineMet:
      return SentenceOf(event.deadline_met()) + Request(event.request());
    case fu::FundingEvent::kDeadlineRecalculated:
      return SentenceOf(event.deadline_recalculated()) + Request(event.request());
    case fu::FundingEvent::kDeadlineWithdrawn:
      return SentenceOf(event.deadline_withdrawn()) + Request(event.request());
    case fu::FundingEvent::EVENT_NOT_SET:
      return "";
  }
  return "";
}

}  // namespace

void Describe(const no::NotificationsEvent& event, const Names& names, EventWords& words) {
  words.child_id = event.alert().child_id();
  words.school_urn = event.alert().school_urn();
  const std::string school = School(names, words.school_urn);
  words.subject =
      words.child_id.empty() ? school : absl::StrCat(Child(names, words.child_id), ", ", school);
  words.text = TextOf(event, names);
}

void Describe(const fu::FundingEvent& event, const Names& names, EventWords& words) {
  if (const fu::FundingReference* request = RequestOf(event)) {
    words.child_id = request->child_id();
    words.subject = Child(names, words.child_id);
  } else if (event.has_fund_line_opened()) {
    words.subject = absl::StrCat("fund line ", event.fund_line_opened().fund_line_id());
  } else if (event.has_fund_line_changed()) {
    words.subject = absl::StrCat("fund line ", event.fund_line_changed().fund_line_id());
  }
  words.text = TextOf(event);
}

}  // namespace pepline::client
