// Sentences of assessments' events.
#include <string>
#include <vector>

#include "absl/strings/str_cat.h"
#include "absl/strings/str_join.h"
#include "tools/client/phrases.h"

namespace pepline::client {
namespace {

namespace as = assessments::v1;

std::string Sdq(as::SdqPurpose purpose) {
  return purpose == as::SDQ_PURPOSE_ANNUAL_CARER ? "the yearly carer's SDQ" : "SDQ for the PEP";
}

std::string From(as::SdqInformant informant) {
  if (informant == as::SDQ_INFORMANT_TEACHER) return " of the teacher";
  if (informant == as::SDQ_INFORMANT_CARER) return " of the carer";
  if (informant == as::SDQ_INFORMANT_SELF) return " of the child";
  return "";
}

std::string By(as::SdqConfirmer confirmer) {
  if (confirmer == as::SDQ_CONFIRMER_VIRTUAL_SCHOOL) return "as the Virtual School confirmed";
  if (confirmer == as::SDQ_CONFIRMER_SOCIAL_WORKER) return "as the social worker confirmed";
  return "and nobody has confirmed that";
}

std::string NotObtained(const as::SdqNotObtained& said) {
  const std::string whose = absl::StrCat(Sdq(said.purpose()), From(said.informant()));
  if (said.confirmed_by() == as::SDQ_CONFIRMER_NOT_OF_AGE) {
    return whose + " is not asked for: the child is not of the age for it";
  }
  return absl::StrCat(whose, " will not be had, ", By(said.confirmed_by()),
                      "; the reason is on record");
}

std::string Views(as::PupilViewsOnRecord state) {
  if (state == as::PUPIL_VIEWS_ON_RECORD_CAPTURED) return "the child's views";
  if (state == as::PUPIL_VIEWS_ON_RECORD_DECLINED) return "that the child gave no views";
  return "nothing";
}

std::string Corrected(const as::PupilViewsCorrected& said) {
  if (said.state() == as::PUPIL_VIEWS_ON_RECORD_TAKEN_BACK) {
    return "put right: what is on record of the child's views is taken back, and they are asked "
           "for again; the reason is on record";
  }
  if (said.old_state() == said.state()) {
    return absl::StrCat("put right: ", Views(said.state()),
                        " in other words; the reason is on record");
  }
  return absl::StrCat("put right: ", Views(said.state()), " and not ", Views(said.old_state()),
                      "; the reason is on record");
}

// "outcome 2" of "chd-x.1.o2".
std::string Number(const std::string& outcome_id) {
  const std::size_t mark = outcome_id.rfind(".o");
  return absl::StrCat("outcome ",
                      mark == std::string::npos ? outcome_id : outcome_id.substr(mark + 2));
}

// What an outcome is about, by when it is due, and what it lacks.
template <class Event>
std::string Stands(const Event& said) {
  std::vector<std::string> lacks;
  for (const int part : said.missing()) {
    lacks.push_back(EnumText(*as::SmartPart_descriptor(), part));
  }
  return absl::StrCat(
      " (", EnumText(*as::OutcomeCategory_descriptor(), said.category()),
      said.due_on().empty() ? "" : absl::StrCat(", by ", SpokenDate(said.due_on())),
      "): ", lacks.empty() ? "SMART" : absl::StrCat("not yet ", absl::StrJoin(lacks, ", ")));
}

std::string Became(as::OutcomeResult result) {
  if (result == as::OUTCOME_RESULT_CARRIED_ON) return "it goes on in the next PEP";
  if (result == as::OUTCOME_RESULT_PARTLY_MET) return "partly met";
  if (result == as::OUTCOME_RESULT_NOT_MET) return "not met";
  return EnumText(*as::OutcomeResult_descriptor(), result);
}

std::string TextOf(const as::AssessmentsEvent& event) {
  switch (event.event_case()) {
    case as::AssessmentsEvent::kSdqRequested:
      return absl::StrCat(Sdq(event.sdq_requested().purpose()), " asked for",
                          From(event.sdq_requested().informant()));
    case as::AssessmentsEvent::kSdqSent:
      return "SDQ sent out";
    case as::AssessmentsEvent::kSdqReceived:
      return "SDQ came back";
    case as::AssessmentsEvent::kSdqScored:
      return absl::StrCat(Sdq(event.sdq_scored().purpose()), From(event.sdq_scored().informant()),
                          " scored ", Spoken(event.sdq_scored().scored_at()));
    case as::AssessmentsEvent::kSdqCorrected:
      return absl::StrCat(Sdq(event.sdq_corrected().purpose()),
                          From(event.sdq_corrected().informant()),
                          " corrected; the reason and what stood there are on record");
    case as::AssessmentsEvent::kSdqReviewed:
      return "SDQ score looked at";
    case as::AssessmentsEvent::kSdqNotObtainedProposed:
      return absl::StrCat(
          Sdq(event.sdq_not_obtained_proposed().purpose()),
          From(event.sdq_not_obtained_proposed().informant()),
          " cannot be had, it is proposed; it is asked for until that is confirmed");
    case as::AssessmentsEvent::kSdqNotObtained:
      return NotObtained(event.sdq_not_obtained());
    case as::AssessmentsEvent::kSdqBecameMissing:
      return absl::StrCat("MISSING: SDQ", From(event.sdq_became_missing().informant()),
                          ", to be scored by ", Spoken(event.sdq_became_missing().required_by()));
    case as::AssessmentsEvent::kSdqRequiredByMoved:
      if (!event.sdq_required_by_moved().has_required_by()) {
        return "SDQ no longer to be scored by a certain day";
      }
      return absl::StrCat("SDQ now to be scored by ",
                          Spoken(event.sdq_required_by_moved().required_by()));
    case as::AssessmentsEvent::kPupilViewsCaptured:
      return "the child's views are on record";
    case as::AssessmentsEvent::kPupilViewsDeclined:
      return "the child gave no views; the reason is on record";
    case as::AssessmentsEvent::kPupilViewsCorrected:
      return Corrected(event.pupil_views_corrected());
    case as::AssessmentsEvent::kOutcomeSet:
      return absl::StrCat(
          Number(event.outcome_set().outcome_id()), " set", Stands(event.outcome_set()),
          event.outcome_set().carried_from().empty() ? "" : "; it goes on from an earlier PEP");
    case as::AssessmentsEvent::kOutcomeRefined:
      return absl::StrCat(Number(event.outcome_refined().outcome_id()), " written anew",
                          Stands(event.outcome_refined()));
    case as::AssessmentsEvent::kOutcomeReviewed:
      return absl::StrCat(Number(event.outcome_reviewed().outcome_id()),
                          " reviewed: ", Became(event.outcome_reviewed().result()));
    case as::AssessmentsEvent::kOutcomeDropped:
      return Number(event.outcome_dropped().outcome_id()) +
             " is not pursued; the reason is on record";
    case as::AssessmentsEvent::kOutcomeReopened:
      return Number(event.outcome_reopened().outcome_id()) +
             " waits for its result again; the reason is on record";
    case as::AssessmentsEvent::EVENT_NOT_SET:
      return "";
  }
  return "";
}

}  // namespace

void Describe(const as::AssessmentsEvent& event, const Names& names, EventWords& words) {
  words.child_id = event.child_id();
  words.subject = Child(names, words.child_id);
  words.text = TextOf(event);
}

}  // namespace pepline::client
