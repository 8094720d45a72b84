// Sentences of scheduling's events.
#include "absl/strings/str_cat.h"
#include "tools/client/phrases.h"

namespace pepline::client {
namespace {

namespace sc = scheduling::v1;

std::string KindInWords(sc::PepCycleKind kind) {
  if (kind == sc::PEP_CYCLE_KIND_INITIAL) return "initial PEP";
  if (kind == sc::PEP_CYCLE_KIND_TERMLY) return "termly PEP";
  if (kind == sc::PEP_CYCLE_KIND_MOVE) return "PEP after the change of school";
  return "PEP";
}

std::string Opened(const sc::PepCycleOpened& opened) {
  const std::string term =
      opened.term().empty() ? ""
                            : absl::StrCat(" of ", opened.term(), " term ", opened.academic_year());
  return absl::StrCat(KindInWords(opened.kind()), term, " due since ",
                      SpokenDate(opened.opened_on()));
}

std::string Rescheduled(const sc::PepMeetingRescheduled& moved) {
  return absl::StrCat("PEP meeting moved from ", Spoken(moved.old_meeting_at()), " to ",
                      Spoken(moved.meeting_at()), moved.at_short_notice() ? " at short notice" : "",
                      moved.times_rescheduled() > 1
                          ? absl::StrCat(" (moved ", moved.times_rescheduled(), " times)")
                          : "",
                      moved.put_off_again() ? ", put off again within ten school days" : "",
                      "; SDQ to be scored by ", Spoken(moved.sdq_required_by()));
}

std::string InWords(sc::MeetingIrregularity irregularity) {
  if (irregularity == sc::MEETING_IRREGULARITY_OTHER_DAY) return "not on the day it was set for";
  if (irregularity == sc::MEETING_IRREGULARITY_RECORDED_LATE) return "put on record late";
  if (irregularity == sc::MEETING_IRREGULARITY_OTHER_CHAIR) return "chaired by somebody else";
  if (irregularity == sc::MEETING_IRREGULARITY_NOT_ALL_ATTENDED) return "not everybody there";
  return "something else";
}

std::string People(bool chaired_by_designated_teacher, bool with_child) {
  return absl::StrCat(chaired_by_designated_teacher
                          ? ", chaired by the Designated Teacher or deputy"
                          : ", not chaired by the Designated Teacher",
                      with_child ? ", with the child" : ", without the child");
}

std::string OutOfTheOrdinary(const google::protobuf::RepeatedField<int>& irregularities) {
  if (irregularities.empty()) return "";
  return absl::StrCat("; out of the ordinary: ",
                      absl::StrJoin(irregularities, ", ", [](std::string* out, int one) {
                        out->append(InWords(static_cast<sc::MeetingIrregularity>(one)));
                      }));
}

std::string Held(const sc::PepMeetingHeld& held) {
  std::string text =
      absl::StrCat("PEP meeting held on ", SpokenDate(held.held_on()),
                   People(held.chaired_by_designated_teacher(), held.child_attended()));
  if (held.missing_items_size() > 0) {
    absl::StrAppend(&text, "; missing: ",
                    absl::StrJoin(held.missing_items(), ", ", [](std::string* out, int item) {
                      out->append(ItemInWords(static_cast<sc::ReadinessItem>(item)));
                    }));
  }
  return text + OutOfTheOrdinary(held.irregularities());
}

std::string Corrected(const sc::PepMeetingCorrected& corrected) {
  return absl::StrCat("put right: PEP meeting held on ", SpokenDate(corrected.held_on()),
                      People(corrected.chaired_by_designated_teacher(), corrected.child_attended()),
                      corrected.held_on() == corrected.old_held_on()
                          ? ""
                          : absl::StrCat(", and not on ", SpokenDate(corrected.old_held_on())),
                      OutOfTheOrdinary(corrected.irregularities()));
}

std::string Finalised(const sc::EpepFinalised& finalised) {
  return absl::StrCat(
      "ePEP finalised ", Spoken(finalised.finalised_at()), ", ", finalised.school_days_taken(),
      finalised.school_days_taken() == 1 ? " school day" : " school days", " after the meeting (",
      finalised.within_limit() ? "in time" : "late", ")",
      finalised.version() == 0
          ? ""
          : absl::StrCat("; version ", finalised.version(), " of its content is kept"));
}

template <class Event>
std::string OfSection(const Event& event, std::string_view now) {
  return absl::StrCat("section ", event.section(), " of the ePEP ",
                      absl::string_view(now.data(), now.size()), "; ", event.mandatory_complete(),
                      " of ", event.mandatory(), " mandatory sections are complete");
}

std::string Closed(const sc::PepCycleClosed& closed) {
  if (closed.outcome() == sc::PEP_CYCLE_OUTCOME_COMPLETED) return "PEP closed, complete";
  if (closed.outcome() == sc::PEP_CYCLE_OUTCOME_NOT_COMPLETED) {
    return "PEP closed unfinished: the meeting of a later one was held in its place";
  }
  if (closed.outcome() == sc::PEP_CYCLE_OUTCOME_CARE_CEASED) {
    return "PEP closed: the child is no longer looked after";
  }
  if (closed.outcome() == sc::PEP_CYCLE_OUTCOME_WRITTEN_OFF) {
    return "PEP written off by the Virtual School; the reason is on record";
  }
  return "PEP closed";
}

std::string Transferred(const sc::PepTransferredToSchool& transferred, const Names& names) {
  const std::string from = School(names, transferred.from_school_urn());
  const std::string to = School(names, transferred.to_school_urn());
  if (!transferred.corrected()) {
    return absl::StrCat(
        "PEP goes on at ", to, " after ", from,
        transferred.planned_transfer() ? ", a planned transfer" : "",
        transferred.has_meeting_to_confirm()
            ? absl::StrCat("; the new school has to confirm the meeting of ",
                           Spoken(transferred.meeting_to_confirm()), ", move it or call it off")
            : "");
  }
  const std::string moved =
      transferred.moved_on().empty()
          ? std::string()
          : absl::StrCat(", last change of school on ", SpokenDate(transferred.moved_on()));
  if (from == to) return absl::StrCat("put right: the PEP stays at ", to, moved);
  return absl::StrCat("put right: the PEP is at ", to, " and not at ", from, moved);
}

std::string TextOf(const sc::SchedulingEvent& event, const Names& names) {
  switch (event.event_case()) {
    case sc::SchedulingEvent::kPepCycleOpened:
      return Opened(event.pep_cycle_opened());
    case sc::SchedulingEvent::kPepInterimOpened:
      return absl::StrCat("interim PEP since ", SpokenDate(event.pep_interim_opened().opened_on()),
                          ", as no school day is near enough");
    case sc::SchedulingEvent::kPepMeetingScheduled:
      return absl::StrCat(
          "PEP meeting set for ", Spoken(event.pep_meeting_scheduled().meeting_at()),
          "; SDQ to be scored by ", Spoken(event.pep_meeting_scheduled().sdq_required_by()));
    case sc::SchedulingEvent::kPepMeetingRescheduled:
      return Rescheduled(event.pep_meeting_rescheduled());
    case sc::SchedulingEvent::kPepMeetingCancelled:
      return absl::StrCat(
          "PEP meeting of ", Spoken(event.pep_meeting_cancelled().cancelled_meeting_at()),
          " called off; the PEP is due again",
          event.pep_meeting_cancelled().put_off_again() ? "; put off again within ten school days"
                                                        : "");
    case sc::SchedulingEvent::kPepMeetingConfirmed:
      return absl::StrCat("PEP meeting of ", Spoken(event.pep_meeting_confirmed().meeting_at()),
                          " confirmed by the new school");
    case sc::SchedulingEvent::kPepPreparationStarted:
      return "work on the PEP began";
    case sc::SchedulingEvent::kPepReadinessItemCompleted:
      return absl::StrCat("ready for the meeting: ",
                          ItemInWords(event.pep_readiness_item_completed().item()));
    case sc::SchedulingEvent::kPepReadinessItemWaived:
      return absl::StrCat("need not be ready for the meeting any more: ",
                          ItemInWords(event.pep_readiness_item_waived().item()));
    case sc::SchedulingEvent::kPepCostsWithdrawn:
      return absl::StrCat("a request that costed the interventions was withdrawn",
                          event.pep_costs_withdrawn().item_open_again()
                              ? "; the costs are not ready for the meeting any more"
                              : "");
    case sc::SchedulingEvent::kPepReadinessItemReopened:
      return absl::StrCat("not ready for the meeting any more, since it was taken back: ",
                          ItemInWords(event.pep_readiness_item_reopened().item()));
    case sc::SchedulingEvent::kPepMeetingHeld:
      return Held(event.pep_meeting_held());
    case sc::SchedulingEvent::kPepMeetingCorrected:
      return Corrected(event.pep_meeting_corrected());
    case sc::SchedulingEvent::kEpepFinalisationTakenBack:
      return absl::StrCat("put right: the ePEP is not finalised, as was on record since ",
                          Spoken(event.epep_finalisation_taken_back().finalised_at()));
    case sc::SchedulingEvent::kEpepSectionCompleted:
      return OfSection(event.epep_section_completed(), "complete");
    case sc::SchedulingEvent::kEpepSectionReopened:
      return OfSection(event.epep_section_reopened(), "open again");
    case sc::SchedulingEvent::kEpepFinalised:
      return Finalised(event.epep_finalised());
    case sc::SchedulingEvent::kPepCycleClosed:
      return Closed(event.pep_cycle_closed());
    case sc::SchedulingEvent::kPepTransferredToSchool:
      return Transferred(event.pep_transferred_to_school(), names);
    case sc::SchedulingEvent::kPepHandedOver:
      return absl::StrCat("PEP handed over by the Virtual School, from ",
                          School(names, event.pep_handed_over().from_school_urn()), " to ",
                          School(names, event.pep_handed_over().to_school_urn()));
    case sc::SchedulingEvent::kPepAgeEnded:
      return absl::StrCat("18 since ", SpokenDate(event.pep_age_ended().adult_on()),
                          ", and the end of care is not on record; no other PEP opens");
    case sc::SchedulingEvent::kPepCareStartCorrected:
      return absl::StrCat("put right: the PEP counts from care since ",
                          SpokenDate(event.pep_care_start_corrected().care_started_on()),
                          " and not since ",
                          SpokenDate(event.pep_care_start_corrected().old_care_started_on()));
    case sc::SchedulingEvent::kDeadlineSet:
      return SentenceOf(event.deadline_set());
    case sc::SchedulingEvent::kDeadlineReminderReached:
      return SentenceOf(event.deadline_reminder_reached());
    case sc::SchedulingEvent::kDeadlineMissed:
      return SentenceOf(event.deadline_missed());
    case sc::SchedulingEvent::kDeadlineMet:
      return SentenceOf(event.deadline_met());
    case sc::SchedulingEvent::kDeadlineRecalculated:
      return SentenceOf(event.deadline_recalculated());
    case sc::SchedulingEvent::kDeadlineWithdrawn:
      return SentenceOf(event.deadline_withdrawn());
    case sc::SchedulingEvent::EVENT_NOT_SET:
      return "";
  }
  return "";
}

}  // namespace

std::string ItemInWords(sc::ReadinessItem item) {
  if (item == sc::READINESS_ITEM_PUPIL_VIEWS) return "pupil views";
  if (item == sc::READINESS_ITEM_SDQ) return "SDQ";
  if (item == sc::READINESS_ITEM_EPEP_DRAFT) return "ePEP draft";
  if (item == sc::READINESS_ITEM_INTERVENTIONS_COSTED) return "interventions costed";
  return EnumText(*sc::ReadinessItem_descriptor(), item);
}

void Describe(const sc::SchedulingEvent& event, const Names& names, EventWords& words) {
  words.child_id = event.pep().child_id();
  words.school_urn = event.pep().school_urn();
  words.subject = absl::StrCat(Child(names, words.child_id), ", ", School(names, words.school_urn));
  words.text = TextOf(event, names);
}

}  // namespace pepline::client
