// Tells a play as a person would want to read it: date, the child's initials, the school, what
// happened, who was told. One line, or two where it is long; at most 110 columns.
// Promises: no more of a person than initials; no school of a child whose location is restricted.
// Whom an alert reached is told from what was delivered, not from what was meant.
// Does not: count (Tally does). Threads: one at a time.
#ifndef PEPLINE_TOOLS_DEMO_NARRATOR_H_
#define PEPLINE_TOOLS_DEMO_NARRATOR_H_

#include <map>
#include <set>
#include <string>
#include <utility>
#include <vector>

#include "tools/demo/screen.h"
#include "tools/story/people.h"
#include "tools/story/story_clock.h"

namespace pepline::demo {

class Narrator {
 public:
  Narrator(Screen& screen, const story::People& people) : screen_(screen), people_(people) {}

  void Narrate(const story::Moment& moment);

 private:
  struct News {
    std::string child_id;
    std::string school_urn;  // where no child is concerned
    std::string what;
    std::string told;  // empty where nobody was
    std::string said;  // what a service answered to a refused step; else empty
    Colour colour = Colour::kPlain;
    // What ends with a day is known at the midnight after it, and told as that day's.
    bool of_the_day_before = false;
  };
  // Of one alert at one level, at one moment.
  struct Reached {
    notifications::v1::AlertReference alert;
    std::set<std::string> roles;
  };

  void Hear(const registry::v1::RegistryEvent& event);
  void Hear(const scheduling::v1::SchedulingEvent& event);
  void Hear(const assessments::v1::AssessmentsEvent& event);
  void Hear(const funding::v1::FundingEvent& event);
  void Hear(const notifications::v1::NotificationsEvent& event);
  void Add(const std::string& child_id, std::string what, Colour colour = Colour::kPlain);
  // Many of a kind at once are one line with their number.
  void AddCounted();
  void AddReached(absl::Time now);
  void AddNotices();
  // In the order of days, schools and children, so that every run tells the same.
  void Sort();
  void Print(absl::Time now, const News& news);

  Screen& screen_;
  const story::People& people_;
  std::string last_date_;
  std::vector<News> news_;
  std::set<std::string> rescheduled_;                       // children, in one step
  std::map<std::string, std::vector<News>> alike_;          // by kind of news
  std::map<std::pair<std::string, int>, Reached> reached_;  // by alert id and level
  std::map<std::string, Reached> notices_;                  // by notice id
  std::map<std::string, int> highest_level_;                // by alert id
};

}  // namespace pepline::demo

#endif  // PEPLINE_TOOLS_DEMO_NARRATOR_H_
