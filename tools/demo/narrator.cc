#include "tools/demo/narrator.h"

#include <algorithm>
#include <set>
#include <tuple>
#include <variant>

#include "absl/strings/str_cat.h"
#include "absl/strings/str_join.h"
#include "absl/strings/str_replace.h"
#include "shared/domain/alert_levels.h"
#include "tools/client/text_forms.h"
#include "tools/demo/words.h"

namespace pepline::demo {
namespace {

using client::PoundsText;

constexpr int kColumns = 110;
constexpr int kDateWidth = 10;
constexpr int kInitialsWidth = 4;
constexpr int kFront = kDateWidth + 2 + kInitialsWidth + 2 + kSchoolWidth + 2;
constexpr std::size_t kToldOneByOne = 3;

// Of an alert that concerns a school and no child.
std::string SchoolOf(const notifications::v1::AlertReference& alert) {
  return alert.child_id().empty() ? alert.school_urn() : "";
}

std::string HowItEnds(const std::string& cause) {
  if (cause == "withdrawn") return "alert ends: not asked for any more";
  if (cause == "waived") return "alert ends: waived, not done";
  return "alert resolved";
}

Colour ColourOf(int level) {
  if (IsReminder(level)) return Colour::kDim;
  return level == 1 ? Colour::kYellow : Colour::kRed;
}

}  // namespace

void Narrator::Add(const std::string& child_id, std::string what, Colour colour) {
  news_.push_back({.child_id = child_id,
                   .school_urn = {},
                   .what = std::move(what),
                   .told = {},
                   .colour = colour});
}

void Narrator::Hear(const registry::v1::RegistryEvent& event) {
  if (event.has_school_registered()) {
    alike_["schools imported from the school register"].push_back({});
  } else if (event.has_term_dates_published()) {
    const auto& terms = event.term_dates_published().terms();
    news_.push_back(
        {.what = absl::StrCat("term dates imported: ", terms.size(), " parts of terms")});
  } else if (event.has_bank_holidays_published()) {
    news_.push_back({.what = absl::StrCat("bank holidays imported: ",
                                          event.bank_holidays_published().days_size(), " days")});
  } else if (event.has_policy_profile_adopted()) {
    const auto& profile = event.policy_profile_adopted().profile();
    news_.push_back({.what = absl::StrCat("policy of the authority adopted: ",
                                          profile.deadline_rules_size(), " deadlines")});
  } else if (event.has_designated_teacher_appointed()) {
    alike_["Designated Teachers appointed"].push_back(
        {.school_urn = event.designated_teacher_appointed().school_urn(),
         .what = "Designated Teacher appointed",
         .colour = Colour::kGreen});
  } else if (event.has_child_became_looked_after()) {
    alike_["looked-after children put on record"].push_back(
        {.child_id = event.child_became_looked_after().child_id(),
         .what = absl::StrCat(
             "comes into care on ",
             client::SpokenDate(event.child_became_looked_after().became_looked_after_on())),
         .colour = Colour::kCyan});
  } else if (event.has_child_moved_school()) {
    Add(event.child_moved_school().child_id(),
        absl::StrCat("moves here from ",
                     people_.SchoolName(event.child_moved_school().from_school_urn())),
        Colour::kCyan);
  }
}

void Narrator::Hear(const scheduling::v1::SchedulingEvent& event) {
  const std::string& child = event.pep().child_id();
  if (event.has_pep_cycle_opened()) {
    const auto& opened = event.pep_cycle_opened();
    const bool initial = opened.kind() == scheduling::v1::PEP_CYCLE_KIND_INITIAL;
    alike_[absl::StrCat("PEPs become due for the ", opened.term(), " term")].push_back(
        {.child_id = child, .what = initial ? "initial PEP becomes due" : "PEP becomes due"});
  } else if (event.has_pep_meeting_scheduled()) {
    Add(child, absl::StrCat("PEP meeting set for ",
                            ShortInstant(event.pep_meeting_scheduled().meeting_at())));
  } else if (event.has_pep_meeting_rescheduled()) {
    const auto& moved = event.pep_meeting_rescheduled();
    rescheduled_.insert(child);
    Add(child, absl::StrCat("PEP meeting moved to ", ShortInstant(moved.meeting_at()),
                            moved.at_short_notice() ? " at short notice" : ""));
  } else if (event.has_pep_meeting_cancelled()) {
    Add(child, absl::StrCat("PEP meeting of ",
                            ShortInstant(event.pep_meeting_cancelled().cancelled_meeting_at()),
                            " called off"));
  } else if (event.has_pep_meeting_held()) {
    const std::string missing = MissingText(event.pep_meeting_held().missing_items());
    Add(child, absl::StrCat("PEP meeting held", missing),
        missing.empty() ? Colour::kPlain : Colour::kYellow);
  } else if (event.has_epep_finalised()) {
    const auto& finalised = event.epep_finalised();
    Add(child,
        absl::StrCat("ePEP finalised ", finalised.school_days_taken(),
                     finalised.school_days_taken() == 1 ? " school day" : " school days",
                     " after the meeting", finalised.within_limit() ? "" : ": late"),
        finalised.within_limit() ? Colour::kGreen : Colour::kYellow);
  } else if (event.has_pep_cycle_closed() && event.pep_cycle_closed().outcome() ==
                                                 scheduling::v1::PEP_CYCLE_OUTCOME_NOT_COMPLETED) {
    Add(child, "PEP closes unfinished; a later meeting was held in its place", Colour::kRed);
  } else if (event.has_deadline_recalculated() && !rescheduled_.contains(child) &&
             client::TimeOf(event.deadline_recalculated().old_due_at()) !=
                 client::TimeOf(event.deadline_recalculated().deadline().due_at())) {
    Add(child,
        absl::StrCat("a deadline moves to ",
                     ShortDate(client::TimeOf(event.deadline_recalculated().deadline().due_at()))),
        Colour::kDim);
  }
}

void Narrator::Hear(const assessments::v1::AssessmentsEvent& event) {
  const std::string& child = event.child_id();
  if (event.has_sdq_not_obtained_proposed()) {
    Add(child, "the school proposes to do without the SDQ", Colour::kYellow);
  }
  if (event.has_sdq_not_obtained() &&
      event.sdq_not_obtained().confirmed_by() != assessments::v1::SDQ_CONFIRMER_NOT_OF_AGE) {
    Add(child, "no SDQ can be had: confirmed, with the reason");
  }
  if (event.has_pupil_views_declined()) Add(child, "gives no views; the reason is on record");
  if (event.has_outcome_set() && !event.outcome_set().missing().empty()) {
    Add(child, "an outcome of the PEP is not SMART yet", Colour::kYellow);
  }
  if (event.has_outcome_refined() && event.outcome_refined().missing().empty()) {
    Add(child, "the outcome of the PEP is SMART now");
  }
}

void Narrator::Hear(const funding::v1::FundingEvent& event) {
  if (event.has_fund_line_opened()) {
    news_.push_back({.what = absl::StrCat(
                         "Pupil Premium Plus of ", event.fund_line_opened().financial_year(),
                         " opened with ", PoundsText(event.fund_line_opened().amount_pence()))});
  } else if (event.has_funding_submitted()) {
    Add(event.funding_submitted().request().child_id(),
        absl::StrCat("asks for ", PoundsText(event.funding_submitted().asked_pence()),
                     " of Pupil Premium Plus"));
  } else if (event.has_funding_approved()) {
    Add(event.funding_approved().request().child_id(),
        absl::StrCat(PoundsText(event.funding_approved().approved_pence()), " approved"),
        Colour::kGreen);
  } else if (event.has_funding_declined()) {
    Add(event.funding_declined().request().child_id(), "funding declined, with a reason",
        Colour::kYellow);
  } else if (event.has_funding_released()) {
    Add(event.funding_released().request().child_id(),
        absl::StrCat(PoundsText(event.funding_released().released_pence()),
                     " released to the school"),
        Colour::kGreen);
  }
}

void Narrator::Hear(const notifications::v1::NotificationsEvent& event) {
  const std::string& id = event.alert().alert_id();
  if (event.has_alert_raised() || event.has_alert_escalated()) {
    highest_level_[id] =
        event.has_alert_raised() ? event.alert_raised().level() : event.alert_escalated().level();
  } else if (event.has_alert_delivered()) {
    Reached& reached = reached_[{id, event.alert_delivered().level()}];
    reached.alert = event.alert();
    reached.roles.insert(RoleText(event.alert_delivered().role()));
  } else if (event.has_alert_delivery_failed()) {
    Reached& reached = reached_[{id, event.alert_delivery_failed().level()}];
    reached.alert = event.alert();
    reached.roles.insert(
        absl::StrCat("no ", RoleText(event.alert_delivery_failed().role()), " to tell"));
  } else if (event.has_notice_delivered()) {
    Reached& reached = notices_[id];
    reached.alert = event.alert();
    reached.roles.insert(RoleText(event.notice_delivered().role()));
  } else if (event.has_notice_dropped()) {
    Reached& reached = notices_[id];
    reached.alert = event.alert();
    reached.roles.insert(absl::StrCat("no ", RoleText(event.notice_dropped().role()), " to tell"));
  } else if (event.has_alert_acknowledged()) {
    news_.push_back(
        {.child_id = event.alert().child_id(),
         .school_urn = SchoolOf(event.alert()),
         .what = absl::StrCat("alert seen by the ", RoleText(event.alert_acknowledged().role()))});
  } else if (event.has_alert_resolved() && highest_level_[id] > 0) {
    // A reminder that was heeded needs no word.
    news_.push_back({.child_id = event.alert().child_id(),
                     .school_urn = SchoolOf(event.alert()),
                     .what = HowItEnds(event.alert_resolved().cause()),
                     .colour = Colour::kGreen});
  }
}

void Narrator::AddCounted() {
  for (auto& [kind, alike] : alike_) {
    if (alike.size() > kToldOneByOne) {
      news_.insert(news_.begin(),
                   {.what = absl::StrCat(alike.size(), " ", kind), .colour = Colour::kBold});
    } else {
      for (News& one : alike) {
        if (!one.what.empty()) news_.push_back(std::move(one));
      }
    }
  }
  alike_.clear();
}

void Narrator::AddReached(absl::Time now) {
  const bool midnight = absl::ToCivilSecond(now, London()).hour() == 0;
  // By rule: how many reminders, and who was told.
  std::map<std::string, std::pair<std::size_t, std::set<std::string>>> reminders;
  for (const auto& [alert, reached] : reached_) {
    if (alert.second != 0) continue;
    auto& [count, roles] = reminders[reached.alert.rule_id()];
    ++count;
    roles.insert(reached.roles.begin(), reached.roles.end());
  }
  for (const auto& [rule_id, counted] : reminders) {
    if (counted.first <= kToldOneByOne) continue;
    news_.push_back(
        {.what = absl::StrReplaceAll(AlertText(rule_id, 0),
                                     {{"reminder:", absl::StrCat(counted.first, " reminders:")}}),
         .told = absl::StrJoin(counted.second, ", "),
         .colour = Colour::kDim});
  }
  for (const auto& [alert, reached] : reached_) {
    if (alert.second == 0 && reminders[reached.alert.rule_id()].first > kToldOneByOne) continue;
    news_.push_back({.child_id = reached.alert.child_id(),
                     .school_urn = SchoolOf(reached.alert),
                     .what = AlertText(reached.alert.rule_id(), alert.second),
                     .told = absl::StrJoin(reached.roles, ", "),
                     .colour = ColourOf(alert.second),
                     .of_the_day_before = midnight && alert.second > 0});
  }
  reached_.clear();
}

void Narrator::AddNotices() {
  // By kind: how many, and who was told.
  std::map<std::string, std::pair<std::size_t, std::set<std::string>>> kinds;
  for (const auto& [id, reached] : notices_) {
    auto& [count, roles] = kinds[reached.alert.rule_id()];
    ++count;
    roles.insert(reached.roles.begin(), reached.roles.end());
  }
  for (const auto& [kind, counted] : kinds) {
    if (counted.first <= kToldOneByOne) continue;
    news_.push_back({.what = absl::StrCat(counted.first, " notices: ", NoticeText(kind)),
                     .told = absl::StrJoin(counted.second, ", "),
                     .colour = Colour::kDim});
  }
  for (const auto& [id, reached] : notices_) {
    if (kinds[reached.alert.rule_id()].first > kToldOneByOne) continue;
    news_.push_back({.child_id = reached.alert.child_id(),
                     .what = absl::StrCat("notice: ", NoticeText(reached.alert.rule_id())),
                     .told = absl::StrJoin(reached.roles, ", "),
                     .colour = Colour::kDim});
  }
  notices_.clear();
}

void Narrator::Print(absl::Time now, const News& news) {
  std::string date = ShortDate(news.of_the_day_before ? now - absl::Seconds(1) : now);
  if (date == last_date_) {
    date.clear();
  } else {
    last_date_ = date;
  }
  const std::string school =
      news.child_id.empty() ? people_.SchoolName(news.school_urn) : people_.SchoolOf(news.child_id);
  const bool withheld = !news.child_id.empty() && school.empty();
  const std::string front = absl::StrCat(
      screen_.Paint(Colour::kBold, Fit(date, kDateWidth)), "  ",
      Fit(people_.Initials(news.child_id), kInitialsWidth), "  ",
      screen_.Paint(Colour::kDim,
                    Fit(withheld ? "(school withheld)" : ShortSchool(school), kSchoolWidth)),
      "  ");
  const std::string told = news.told.empty() ? "" : absl::StrCat(" -> ", news.told);
  const int room = kColumns - kFront;
  const bool fits = Width(news.what) + Width(told) <= room;
  screen_.Line(absl::StrCat(
      front, screen_.Paint(news.colour, Fit(news.what, std::min(Width(news.what), room))),
      fits ? told : ""));
  std::vector<std::string> below = Wrapped(news.said, room - 2);
  if (!fits && !told.empty()) below = Wrapped(told.substr(1), room - 2);
  for (const std::string& line : below) {
    screen_.Line(absl::StrCat(std::string(kFront + 2, ' '), line));
  }
}

void Narrator::Sort() {
  const auto place = [this](const News& news) {
    const registry::v1::Child* child = people_.ChildById(news.child_id);
    const bool of_nobody = news.child_id.empty() && news.school_urn.empty();
    return std::make_tuple(!news.of_the_day_before, child == nullptr ? "" : child->own_id(),
                           news.school_urn, of_nobody ? news.what : "");
  };
  std::stable_sort(news_.begin(), news_.end(),
                   [&](const News& a, const News& b) { return place(a) < place(b); });
}

void Narrator::Narrate(const story::Moment& moment) {
  // What the services said of one child is in order on each topic alone; across topics it is told
  // in the order in which one follows from the other.
  std::vector<const story::AnyEvent*> events;
  for (const story::AnyEvent& event : moment.events) events.push_back(&event);
  std::stable_sort(events.begin(), events.end(),
                   [](const auto* a, const auto* b) { return a->index() < b->index(); });
  for (const story::AnyEvent* event : events) {
    std::visit([this](const auto& one) { Hear(one); }, *event);
  }
  AddCounted();
  for (const story::Refused& refused : moment.refused) {
    const registry::v1::Child* child = people_.ChildByOwnId(refused.step.child);
    const auto* approval = std::get_if<story::ApproveFunding>(&refused.step.action);
    news_.push_back(
        {.child_id = child == nullptr ? "" : child->child_id(),
         .what = absl::StrCat(approval == nullptr
                                  ? story::ActionName(refused.step.action)
                                  : absl::StrCat("approval of ", PoundsText(approval->pence)),
                              " refused"),
         .said = refused.message,
         .colour = Colour::kRed});
  }
  AddReached(moment.now);
  AddNotices();
  Sort();
  for (const News& news : news_) Print(moment.now, news);
  news_.clear();
  rescheduled_.clear();
}

}  // namespace pepline::demo
