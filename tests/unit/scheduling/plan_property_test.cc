// Laws that hold over tens of thousands of generated lives of a plan.
// PEPLINE_HISTORIES says how many (20,000 when it is not set), PEPLINE_SEED the first of them.
#include <gtest/gtest-spi.h>

#include <algorithm>
#include <cstdlib>
#include <limits>
#include <map>
#include <set>

#include "absl/strings/numbers.h"
#include "tests/unit/scheduling/plan_lives.h"

namespace pepline::scheduling {
namespace {

constexpr int kNoPep = 1000;

unsigned Number(const char* name, unsigned usual) {
  const char* text = std::getenv(name);
  unsigned number = usual;
  EXPECT_TRUE(text == nullptr || absl::SimpleAtoi(text, &number)) << name << " is no number";
  return number;
}

// What all lives together came to, so that they are known to be worth looking at.
struct Totals {
  std::size_t emitted = 0;
  int waived = 0;
  std::size_t closed = 0;
};

void ExpectEveryLawKept(const Story& story, Totals& totals) {
  totals.emitted += story.log.size();

  // The state is what its events make of nothing.
  const PlanState folded = story.Folded();
  ASSERT_EQ(folded, story.state);
  EXPECT_EQ(Plan::Index(folded), Plan::Index(story.state));

  // Nothing is due and unsaid, and looking again says nothing.
  Story again = story;
  again.Wake();
  EXPECT_TRUE(again.latest.empty());

  // Nobody is forgotten: a PEP is open, or somebody is told on the next working day that none is.
  const ChildFacts& child = *story.facts.child;
  const bool is_adult =
      child.adult_on && story.facts.now >= story.facts.calendar->StartOf(*child.adult_on);
  if (is_adult && child.in_care) {
    EXPECT_EQ(story.state.adult_on, child.adult_on);
  }
  const bool needs_one = child.in_care && !is_adult;
  const bool is_told = story.state.pep_open && IsLive(*story.state.pep_open);
  if (needs_one && !IsOpen(story.state) && !is_told) {
    const auto wake = Plan::NextWake(story.state, story.facts);
    ASSERT_TRUE(wake.has_value());
    EXPECT_LE(*wake, story.facts.now + absl::Hours(24 * 5));
  }

  // A meeting that took place or not is never quiet.
  const Cycle* cycle = IsOpen(story.state) ? &*story.state.cycle : nullptr;
  if (cycle && cycle->meeting_at && !cycle->held && *cycle->meeting_at <= story.facts.now &&
      story.facts.policy) {
    for (Rule rule : {Rule::kMeetingRecorded, Rule::kFinalised}) {
      const Deadline* deadline = FindDeadline(story.state, rule);
      EXPECT_TRUE(deadline && IsLive(*deadline)) << RuleId(rule);
    }
  }

  // Per deadline: set before anything else, missed at most once by an instant, never early,
  // reminded once, met once, and nothing after it ended.
  struct Life {
    bool running = false, missed = false, reminded = false, waived = false;
    absl::Time due_at;
    // What it is met by may be corrected after it was met; a miss that was said stays said.
    bool met = false, late = false, miss_stands = false;
  };
  std::map<std::pair<int, Rule>, Life> lives;
  int number = 0;
  std::map<int, CycleOutcome> closed;
  std::set<int> let_go;  // PEPs of which a late deadline stopped without its work or a waiver
  int of_pep = 0;
  // The deadline pep-open is no PEP's, and may begin anew.
  const auto life_of = [&](Rule rule) -> Life& {
    return lives[{rule == Rule::kPepOpen ? kNoPep : of_pep, rule}];
  };
  std::set<int> corrected_peps;
  // What it counts from was put right after it was said missed.
  const auto keep_miss = [&](Rule rule) {
    Life& life = life_of(rule);
    life.miss_stands = life.miss_stands || (life.running && life.missed);
  };
  const auto may_be_met_again = [&](const Life& life) {
    return life.met && corrected_peps.contains(of_pep);
  };
  for (const auto& [at, event] : story.log) {
    const absl::Time now = at;
    of_pep = number;
    const auto* earlier = std::get_if<OfEarlierPep>(&event);
    if (earlier) {
      of_pep = earlier->number;
      EXPECT_FALSE(closed.contains(of_pep)) << "something happened to a closed PEP";
    }
    const PepEvent one = earlier ? earlier->event : ToPepEvent(event);
    std::visit(Match{[&](const PepCycleOpened& opened) {
                       EXPECT_EQ(opened.cycle.number, number + 1);
                       number = opened.cycle.number;
                       of_pep = number;
                     },
                     [&](const PepCycleClosed& over) {
                       closed[of_pep] = over.outcome;
                       for (const auto& [key, life] : lives) {
                         if (key.first != of_pep || over.outcome == CycleOutcome::kCareCeased) {
                           continue;
                         }
                         EXPECT_FALSE(life.running) << RuleId(key.second) << " was closed over";
                       }
                     },
                     [&](const PepMeetingCorrected& corrected) {
                       corrected_peps.insert(of_pep);
                       if (corrected.meeting.held_on == corrected.old_meeting.held_on) return;
                       for (auto& [key, life] : lives) {
                         const bool counts_from_it =
                             key.first == of_pep || key.second == Rule::kHeldWithinFourMonths;
                         if (counts_from_it && life.running && life.missed) {
                           life.miss_stands = true;
                         }
                       }
                     },
                     [&](const PepCareStartCorrected&) {
                       keep_miss(Rule::kInitialStarted);
                       keep_miss(Rule::kInitialAvailable);
                     },
                     [&](const PepTransferredToSchool& transferred) {
                       if (transferred.corrected) keep_miss(Rule::kUpdatedAfterMove);
                     },
                     [&](const DeadlineSet& set) {
                       Life& life = life_of(set.rule);
                       EXPECT_FALSE(life.running || life.waived);
                       life = {.running = true, .due_at = set.instants.due_at};
                     },
                     [&](const DeadlineReminderReached& reached) {
                       Life& life = life_of(reached.rule);
                       EXPECT_TRUE(life.running && !life.reminded && !life.missed);
                       life.reminded = true;
                     },
                     [&](const DeadlineMissed& missed) {
                       Life& life = life_of(missed.rule);
                       EXPECT_TRUE(life.running && !life.missed);
                       EXPECT_GT(now, life.due_at);
                       life.missed = true;
                     },
                     [&](const DeadlineMet& met) {
                       Life& life = life_of(met.rule);
                       EXPECT_TRUE(life.running || may_be_met_again(life));
                       EXPECT_EQ(met.late, life.late || life.miss_stands ||
                                               met.met_at >= MissedFrom(life.due_at));
                       EXPECT_TRUE(life.missed || !met.late || life.met)
                           << "late without ever being missed";
                       life.running = false;
                       life.met = true;
                       life.late = met.late;
                     },
                     [&](const DeadlineRecalculated& moved) {
                       Life& life = life_of(moved.rule);
                       EXPECT_TRUE(life.running || may_be_met_again(life));
                       EXPECT_EQ(moved.old_due_at, life.due_at);
                       EXPECT_TRUE(life.missed || !moved.miss_withdrawn);
                       if (moved.instants.due_at != life.due_at) life.reminded = false;
                       life.due_at = moved.instants.due_at;
                       if (moved.miss_withdrawn) life.missed = false;
                     },
                     [&](const DeadlineWithdrawn& withdrawn) {
                       Life& life = life_of(withdrawn.rule);
                       EXPECT_TRUE(life.running);
                       life.running = false;
                       life.waived = withdrawn.waived_at.has_value();
                       const bool of_meeting = withdrawn.rule == Rule::kMeetingRecorded ||
                                               withdrawn.rule == Rule::kFinalised ||
                                               withdrawn.rule == Rule::kHeldByTermCutOff;
                       if (of_meeting && life.missed && !withdrawn.waived_at) let_go.insert(of_pep);
                       if (!life.waived) return;
                       ++totals.waived;
                       EXPECT_EQ(withdrawn.late, life.miss_stands || *withdrawn.waived_at >=
                                                                         MissedFrom(life.due_at));
                       EXPECT_TRUE(life.missed || !withdrawn.late)
                           << "late without ever being missed";
                     },
                     [](const auto&) {}},
               one);
  }
  // Whoever is late ends no lateness, and no calendar does.
  for (const int pep : let_go) {
    ASSERT_TRUE(closed.contains(pep)) << "PEP " << pep;
    EXPECT_EQ(closed[pep], CycleOutcome::kCareCeased) << "PEP " << pep;
  }
  totals.closed += closed.size();
  for (const auto& [key, life] : lives) {
    if (life.running && story.facts.now >= MissedFrom(life.due_at)) {
      EXPECT_TRUE(life.missed) << RuleId(key.second) << " of PEP " << key.first;
    }
    if (closed.contains(key.first)) {
      EXPECT_FALSE(life.running) << "a deadline outlived its PEP";
    }
  }
}

// What breaks a law in the life of this seed, as far as it goes; empty: nothing.
std::string BrokenIn(unsigned seed, int steps, Totals& totals) {
  testing::TestPartResultArray broken;
  {
    testing::ScopedFakeTestPartResultReporter quiet(
        testing::ScopedFakeTestPartResultReporter::INTERCEPT_ONLY_CURRENT_THREAD, &broken);
    ExpectEveryLawKept(RandomLife(seed, At("2026-08-01 00:00"), steps).story, totals);
  }
  return broken.size() == 0 ? "" : broken.GetTestPartResult(0).message();
}

constexpr int kWholeLife = std::numeric_limits<int>::max();

TEST(PlanLives, KeepEveryLaw) {
  const unsigned first = Number("PEPLINE_SEED", 0);
  const unsigned histories = Number("PEPLINE_HISTORIES", 20'000);
  Totals totals;
  for (unsigned seed = first; seed < first + histories; ++seed) {
    if (BrokenIn(seed, kWholeLife, totals).empty()) continue;
    // The same life, as short as it breaks a law.
    int steps = 1;
    while (BrokenIn(seed, steps, totals).empty()) ++steps;
    FAIL() << "PEPLINE_SEED=" << seed << " PEPLINE_HISTORIES=1 breaks a law, first after step "
           << steps << " of RandomLife:\n"
           << BrokenIn(seed, steps, totals);
  }
  EXPECT_GT(totals.waived, 0);
  EXPECT_GT(totals.closed, histories);
  EXPECT_GT(totals.emitted, 20 * histories) << "the dice no longer make lives worth looking at";
}

}  // namespace
}  // namespace pepline::scheduling
