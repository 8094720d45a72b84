// Every rule that sets a deadline: its id, which way it counts, and the words for people. What
// starts a deadline and what ends it is the business of the service that runs it
// (services/scheduling/domain/rules.cc, services/funding/domain/funding_deadlines.cc; registry for
// the Designated Teacher's vacancy). How long it
// runs and who is told is the authority's policy profile.
// Promises: one row for each rule, in the order of the enumeration; ids are in stored records,
// events and profiles, never change, and no two rules have one. The profile's import knows these
// ids alone; mails, lists of events and the demo take their words from here. Source of the rules:
// docs/domain.md 6.9.
#ifndef PEPLINE_SHARED_DOMAIN_RULE_CATALOGUE_H_
#define PEPLINE_SHARED_DOMAIN_RULE_CATALOGUE_H_

#include <algorithm>
#include <array>
#include <string_view>

namespace pepline {

enum class Rule {
  kInitialStarted,            // D1
  kInitialAvailable,          // D2
  kHeldByTermCutOff,          // D3
  kHeldWithinFourMonths,      // D4
  kUpdatedAfterMove,          // D5
  kDraftReady,                // D6
  kFinalised,                 // D7
  kSdqScored,                 // D10
  kDesignatedTeacherVacancy,  // 6.8
  kMeetingRecorded,           // what became of the meeting is on record
  kPepOpen,                   // of a child, not of a PEP: one is required and none is open
  kViewsCaptured,             // D19
  kInterventionsCosted,       // D20, where the profile asks for it
  kFundingDecided,            // D13, of a request for Pupil Premium Plus
  kFundingReleased,           // D21
};

// What an authority's profile has to say of a rule.
enum class InProfile {
  kMayBeLeftOut,  // then it does not run
  // Left out, it runs with its usual values; nobody can switch it off.
  kAlwaysRuns,
  // With its row, or switched off with a reason. Whoever forgets it would make nobody late any more
  // and everything in time, and would not hear of it.
  kHasToBeNamed,
};

struct CataloguedRule {
  Rule rule;
  std::string_view id;
  InProfile in_profile = InProfile::kMayBeLeftOut;
  std::string_view because = {};  // why nobody may forget it: its source; of those rules alone
  bool counts_back = false;       // from the meeting; otherwise on from what starts it
  bool of_request = false;  // for Pupil Premium Plus; every other is of a PEP, a child or a school
  std::string_view soon_subject;  // of the mail that reminds
  std::string_view late_subject;  // of the mails from the alert on
  std::string_view duty;          // what is waited for, a sentence without its end: "... by <day>."
  std::string_view advice;        // what to do now
  std::string_view work;          // the work as an activity: "finalising the ePEP"
  std::string_view not_yet;       // in a line of the demo, before it is late
  std::string_view not_done;      // and from then on
};

inline constexpr std::array kRuleCatalogue = {
    CataloguedRule{.rule = Rule::kInitialStarted,
                   .id = "initial-pep-started-within-10-working-days",
                   .soon_subject = "first PEP to be started soon",
                   .late_subject = "first PEP not started in time",
                   .duty = "The first PEP after entry into care has to be started",
                   .advice =
                       "Arrange the PEP meeting and begin its preparation. Where no school day "
                       "lies within the limit, open an interim PEP.",
                   .work = "starting the initial PEP within 10 working days",
                   .not_yet = "initial PEP not yet begun",
                   .not_done = "initial PEP not begun in 10 working days"},
    CataloguedRule{.rule = Rule::kInitialAvailable,
                   .id = "initial-pep-available-within-20-working-days",
                   .in_profile = InProfile::kHasToBeNamed,
                   .because = "SI 2010/959 reg 33(1): it is to be there for the first review",
                   .soon_subject = "first PEP to be finalised soon",
                   .late_subject = "first PEP not available in time",
                   .duty = "The first PEP after entry into care has to be finalised",
                   .advice =
                       "Hold the PEP meeting and finalise the ePEP, so that it is there for the "
                       "first review of the care plan.",
                   .work = "having the initial PEP available within 20 working days",
                   .not_yet = "initial PEP not yet finalised",
                   .not_done = "no initial PEP in 20 working days"},
    CataloguedRule{
        .rule = Rule::kHeldByTermCutOff,
        .id = "termly-pep-held-by-term-cut-off",
        .in_profile = InProfile::kHasToBeNamed,
        .because = "a PEP meeting is held every term (DfE guidance, February 2018)",
        .soon_subject = "PEP meeting to be held soon",
        .late_subject = "PEP meeting not held in time",
        .duty = "This term's PEP meeting has to be held",
        .advice = "Arrange the meeting with the child's social worker and carer and hold it.",
        .work = "holding this term's PEP meeting by the cut-off date",
        .not_yet = "PEP meeting not yet held",
        .not_done = "PEP meeting not held by the cut-off"},
    CataloguedRule{
        .rule = Rule::kHeldWithinFourMonths,
        .id = "pep-held-within-4-months",
        .in_profile = InProfile::kHasToBeNamed,
        .because = "two meetings lie at most four months apart (Knowsley)",
        .soon_subject = "PEP meeting to be held soon",
        .late_subject = "PEP meeting overdue since the last one",
        .duty = "The next PEP meeting has to be held",
        .advice = "Arrange the meeting with the child's social worker and carer and hold it.",
        .work = "holding a PEP meeting within 4 months of the last",
        .not_yet = "next PEP meeting to be held soon",
        .not_done = "no PEP meeting for four months"},
    CataloguedRule{
        .rule = Rule::kUpdatedAfterMove,
        .id = "pep-updated-within-10-working-days-of-move",
        .in_profile = InProfile::kHasToBeNamed,
        .because = "the PEP is updated after a change of school (Gateshead)",
        .soon_subject = "PEP to be updated soon after a move",
        .late_subject = "PEP not updated in time after a move",
        .duty = "The PEP has to be updated after the change of school",
        .advice = "Arrange a PEP meeting at the new school and finalise the updated ePEP.",
        .work = "updating the PEP within 10 working days of the move",
        .not_yet = "PEP not yet updated after the move",
        .not_done = "PEP not updated in 10 working days"},
    CataloguedRule{.rule = Rule::kDraftReady,
                   .id = "epep-draft-ready-3-school-days-before-meeting",
                   .counts_back = true,
                   .soon_subject = "ePEP draft to be ready soon",
                   .late_subject = "ePEP draft not ready in time",
                   .duty = "The draft of the ePEP has to be ready before the meeting",
                   .advice = "Complete the draft and tick it in the readiness checklist.",
                   .work = "having the ePEP draft ready 3 school days before the meeting",
                   .not_yet = "ePEP draft not yet ready",
                   .not_done = "ePEP draft not ready for the meeting"},
    CataloguedRule{.rule = Rule::kFinalised,
                   .id = "finalise-within-5-school-days",
                   .in_profile = InProfile::kHasToBeNamed,
                   .because = "it is the main promise of the Designated Teacher (Oxfordshire)",
                   .soon_subject = "ePEP to be finalised soon",
                   .late_subject = "ePEP not finalised in time",
                   .duty = "The ePEP of the meeting that was held has to be finalised",
                   .advice = "Complete what is open and finalise the ePEP.",
                   .work = "finalising the ePEP within 5 school days",
                   .not_yet = "ePEP not yet finalised",
                   .not_done = "ePEP not finalised in 5 school days"},
    CataloguedRule{
        .rule = Rule::kSdqScored,
        .id = "sdq-scored-3-school-days-before-meeting",
        .in_profile = InProfile::kHasToBeNamed,
        .because = "SDQs are done before the meeting (Oxfordshire)",
        .counts_back = true,
        .soon_subject = "SDQ to be returned before a PEP meeting",
        .late_subject = "SDQ missing before a PEP meeting",
        .duty = "The SDQ has to be scored before the PEP meeting",
        .advice =
            "Obtain the SDQ and record it. Where it cannot be had, propose that with the reason; "
            "this goes on until the Virtual School or the social worker confirms it.",
        .work = "having the SDQ scored 3 school days before the meeting",
        .not_yet = "SDQ not yet back",
        .not_done = "SDQ missing 3 days before the meeting"},
    CataloguedRule{
        .rule = Rule::kDesignatedTeacherVacancy,
        .id = "designated-teacher-vacancy",
        .in_profile = InProfile::kHasToBeNamed,
        .because =
            "every school has a Designated Teacher (Children and Young Persons Act 2008 s20)",
        .soon_subject = "Designated Teacher to be appointed",
        .late_subject = "no Designated Teacher in post",
        .duty = "A Designated Teacher for looked-after children has to be appointed",
        .advice = "Appoint a Designated Teacher and tell the Virtual School who it is.",
        .work = "appointing a Designated Teacher",
        .not_yet = "no Designated Teacher",
        .not_done = "no Designated Teacher"},
    CataloguedRule{
        .rule = Rule::kMeetingRecorded,
        .id = "meeting-recorded",
        .in_profile = InProfile::kAlwaysRuns,
        .soon_subject = "PEP meeting to be put on record soon",
        .late_subject = "PEP meeting not put on record",
        .duty = "What became of the PEP meeting has to be put on record",
        .advice = "Put on record that the meeting was held, with its day and who was there. Where "
                  "it did not take place, move it or call it off.",
        .work = "putting the PEP meeting on record within 1 school day",
        .not_yet = "PEP meeting not yet put on record",
        .not_done = "PEP meeting not put on record"},
    CataloguedRule{
        .rule = Rule::kPepOpen,
        .id = "pep-open",
        .in_profile = InProfile::kAlwaysRuns,
        .soon_subject = "PEP to be opened soon",
        .late_subject = "no PEP open for a child who needs one",
        .duty = "A PEP has to be open for a child who needs one",
        .advice = "Look the child's PEP up: the answer says why none is open. Mostly the policy "
                  "profile, the bank holidays or this year's term dates are not on record.",
        .work = "opening a PEP for a child who needs one",
        .not_yet = "no PEP open yet",
        .not_done = "no PEP open though one is required"},
    CataloguedRule{
        .rule = Rule::kViewsCaptured,
        .id = "pupil-views-captured-before-meeting",
        .in_profile = InProfile::kAlwaysRuns,
        .counts_back = true,
        .soon_subject = "child's views to be recorded before a PEP meeting",
        .late_subject = "child's views missing before a PEP meeting",
        .duty = "The child's views have to be on record before the PEP meeting",
        .advice = "Ask the child in a way that suits the child and record the views. Where the "
                  "child gives none, put that on record with the reason.",
        .work = "having the child's views on record before the meeting",
        .not_yet = "child's views not yet recorded",
        .not_done = "child's views missing before the meeting"},
    CataloguedRule{
        .rule = Rule::kInterventionsCosted,
        .id = "interventions-costed-before-meeting",
        .counts_back = true,
        .soon_subject = "interventions to be costed before a PEP meeting",
        .late_subject = "interventions not costed before a PEP meeting",
        .duty = "The interventions of the PEP have to be costed before the meeting",
        .advice = "Draft the request for Pupil Premium Plus, or tick the item in the readiness "
                  "checklist where nothing is asked for.",
        .work = "having the interventions costed before the meeting",
        .not_yet = "interventions not yet costed",
        .not_done = "interventions not costed before the meeting"},
    CataloguedRule{
        .rule = Rule::kFundingDecided,
        .id = "funding-decided",
        .in_profile = InProfile::kAlwaysRuns,
        .of_request = true,
        .soon_subject = "request for Pupil Premium Plus to be decided soon",
        .late_subject = "request for Pupil Premium Plus not decided in time",
        .duty = "A request for Pupil Premium Plus has to be decided",
        .advice = "Approve the request, in whole or in part, or decline it with a reason. Whoever "
                  "submitted it cannot approve it.",
        .work = "deciding the request for Pupil Premium Plus within 10 working days",
        .not_yet = "request for Pupil Premium Plus not yet decided",
        .not_done = "request for Pupil Premium Plus not decided in 10 working days"},
    CataloguedRule{
        .rule = Rule::kFundingReleased,
        .id = "funding-released",
        .in_profile = InProfile::kAlwaysRuns,
        .of_request = true,
        .soon_subject = "Pupil Premium Plus to be released soon",
        .late_subject = "Pupil Premium Plus not released in time",
        .duty = "The Pupil Premium Plus that was approved has to be released to the school",
        .advice = "See to it that finance releases the money to the school.",
        .work = "releasing the approved Pupil Premium Plus within 10 working days",
        .not_yet = "approved Pupil Premium Plus not yet released",
        .not_done = "approved Pupil Premium Plus not released in 10 working days"},
};

constexpr const CataloguedRule& InCatalogue(Rule rule) {
  return kRuleCatalogue[static_cast<std::size_t>(rule)];
}
static_assert(std::ranges::all_of(kRuleCatalogue, [](const CataloguedRule& row) {
  const bool in_words = !row.soon_subject.empty() && !row.late_subject.empty() &&
                        !row.duty.empty() && !row.advice.empty() && !row.work.empty() &&
                        !row.not_yet.empty() && !row.not_done.empty();
  const bool has_source = (row.in_profile == InProfile::kHasToBeNamed) == !row.because.empty();
  const bool only_one = std::ranges::count(kRuleCatalogue, row.id, &CataloguedRule::id) == 1;
  return InCatalogue(row.rule).id == row.id && in_words && has_source && only_one;
}));

constexpr std::string_view RuleId(Rule rule) { return InCatalogue(rule).id; }
// Registry runs it, and its alert is named after it: Children and Young Persons Act 2008 s20.
inline constexpr std::string_view kVacancyRule = RuleId(Rule::kDesignatedTeacherVacancy);

// Null for an id that no rule has.
constexpr const CataloguedRule* FindRule(std::string_view id) {
  const auto* found = std::ranges::find(kRuleCatalogue, id, &CataloguedRule::id);
  return found == kRuleCatalogue.end() ? nullptr : found;
}

}  // namespace pepline

#endif  // PEPLINE_SHARED_DOMAIN_RULE_CATALOGUE_H_
