// pepline-demo (`make demo`): starts a whole Pepline in a temporary folder, plays the autumn term
// of 2025 on a simulated clock, tells what happens and ends with a table. Everything it starts ends
// with it. The last word is a check of its own: as many mails as were said to be delivered.
#include <CLI/CLI.hpp>
#include <algorithm>
#include <filesystem>
#include <iostream>
#include <optional>

#include "absl/strings/str_cat.h"
#include "absl/strings/str_format.h"
#include "absl/strings/str_join.h"
#include "absl/time/clock.h"
#include "shared/domain/all_services.h"
#include "tools/client/text_forms.h"
#include "tools/demo/autumn_term.h"
#include "tools/demo/narrator.h"
#include "tools/demo/screen.h"
#include "tools/demo/tally.h"
#include "tools/stack/stack.h"
#include "tools/stack/stop_signal.h"
#include "tools/story/story_clock.h"

namespace pepline::demo {
namespace {

constexpr int kDone = 0;
constexpr int kCheckFailed = 1;
constexpr int kWrongUse = 2;
constexpr int kFailed = 3;
constexpr int kInterrupted = 130;

struct Arguments {
  std::string keep_folder;  // of mails, and of logs when something went wrong
  std::string broker = "dev";
  bool tls = false;
  bool keep_up = false;
};

class Demo {
 public:
  explicit Demo(Arguments arguments) : arguments_(std::move(arguments)) {}
  int Run();

 private:
  absl::Status Play();
  bool Hear(const story::Moment& moment);
  void Head();
  void Table(std::int64_t mails);
  void WhereToLook(bool stays_up);
  // Whether what was said and what arrived agree.
  bool Check(std::int64_t mails);
  void KeepFiles(bool logs_too);
  std::string mails_kept() const { return absl::StrCat(arguments_.keep_folder, "/mails"); }

  const Arguments arguments_;
  const StopSignal stop_;
  const absl::Time started_ = absl::Now();
  std::optional<absl::Duration> first_alert_after_;
  absl::Time began_playing_;
  Screen screen_;
  Tally tally_{kTermLastDay};
  TemporaryFolder folder_;
  std::unique_ptr<Stack> stack_;
  std::unique_ptr<story::StoryClock> story_clock_;
  std::unique_ptr<Narrator> narrator_;
};

void Demo::Head() {
  screen_.Line(
      screen_.Paint(Colour::kBold, "Pepline plays the autumn term of 2025 in Oxfordshire."));
  screen_.Line("Schools, term dates and bank holidays are real; every person, and everything that");
  screen_.Line("happens here, is invented. PEP: Personal Education Plan; SDQ: Strengths and");
  screen_.Line("Difficulties Questionnaire; IRO: Independent Reviewing Officer.");
  screen_.Line();
}

bool Demo::Hear(const story::Moment& moment) {
  for (const story::AnyEvent& event : moment.events) tally_.Count(event);
  if (tally_.alerts_raised > 0 && !first_alert_after_) first_alert_after_ = absl::Now() - started_;
  narrator_->Narrate(moment);
  const absl::Time begin = absl::FromCivil(kBegin, London());
  const absl::Time end = absl::FromCivil(kEnd, London());
  screen_.Bar(
      absl::FDivDuration(moment.now - begin, end - begin),
      absl::StrCat(absl::FormatTime("%a %d %b %Y", moment.now, London()), "   ", tally_.events,
                   " events, ", tally_.alerts_raised, " alerts, ", tally_.delivered, " mails"));
  return !stop_.Came();
}

absl::Status Demo::Play() {
  screen_.Bar(0, "starting Redis, a broker, a mail sink and five services");
  StackOptions options{.folder = folder_.path(),
                       .simulated_start = absl::FromCivil(kBegin, London())};
  if (arguments_.broker == "kafka") options.broker = StackOptions::Broker::kKafka;
  options.tls = arguments_.tls;
  auto stack = Stack::Start(std::move(options));
  if (!stack.ok()) return stack.status();
  stack_ = *std::move(stack);
  auto story_clock = story::StoryClock::Create(*stack_);
  if (!story_clock.ok()) return story_clock.status();
  story_clock_ = *std::move(story_clock);
  narrator_ = std::make_unique<Narrator>(screen_, story_clock_->people());
  began_playing_ = absl::Now();
  return story_clock_->Play(AutumnTerm(SourceFolder()), kEnd,
                            [this](const story::Moment& moment) { return Hear(moment); });
}

void Demo::Table(std::int64_t mails) {
  const auto row = [&](const std::string& what, std::int64_t count, const std::string& more = "") {
    screen_.Line(absl::StrCat("  ", Fit(what, 28),
                              screen_.Paint(Colour::kBold, absl::StrFormat("%6d", count)),
                              more.empty() ? "" : absl::StrCat("   ", more)));
  };
  const std::int64_t due = static_cast<std::int64_t>(tally_.due.size());
  const std::int64_t held = static_cast<std::int64_t>(tally_.held.size());
  const std::int64_t in_time = static_cast<std::int64_t>(tally_.finalised_in_time.size());
  const std::int64_t late = static_cast<std::int64_t>(tally_.finalised_late.size());
  screen_.Line();
  screen_.Line(screen_.Paint(Colour::kBold, "The term in numbers"));
  row("PEPs due", due, absl::StrCat("and ", tally_.next_term_due, " of the spring term since"));
  row("held", held);
  row("finalised in time", in_time);
  row("finalised late", late, absl::StrCat(held - in_time - late, " held and never finalised"));
  row("SDQs missing", static_cast<std::int64_t>(tally_.sdqs_missing.size()),
      "on the third school day before the meeting");
  const auto smart =
      std::ranges::count_if(tally_.outcomes, [](const auto& one) { return one.second; });
  row("outcomes of PEPs", static_cast<std::int64_t>(tally_.outcomes.size()),
      absl::StrCat(smart, " SMART"));
  row("deadlines missed", tally_.deadlines_missed);
  row("alerts raised", tally_.alerts_raised, "reminders among them");
  row("alerts escalated", tally_.alerts_escalated);
  row("alerts resolved", tally_.alerts_resolved);
  row("mails delivered", mails,
      tally_.not_delivered == 0
          ? ""
          : absl::StrCat(tally_.not_delivered, " not delivered, as nobody holds the role"));
  row("funding requests", tally_.funding_asked,
      absl::StrCat(tally_.funding_approved, " approved, ", tally_.funding_declined, " declined, ",
                   client::PoundsText(tally_.released_pence), " released"));
  row("events on Kafka", tally_.events);
  screen_.Line();
  screen_.Line(
      absl::StrFormat("First alert %.1f s after the start; the term was played in %.1f s.",
                      absl::ToDoubleSeconds(first_alert_after_.value_or(absl::ZeroDuration())),
                      absl::ToDoubleSeconds(absl::Now() - began_playing_)));
}

void Demo::WhereToLook(bool stays_up) {
  const auto row = [&](const std::string& what, const std::string& where) {
    screen_.Line(absl::StrCat("  ", Fit(what, 10), where));
  };
  screen_.Line();
  screen_.Line(screen_.Paint(Colour::kBold, "Where to look next"));
  row("mails",
      absl::StrCat(stays_up ? stack_->mail_folder() + "/new" : mails_kept(), "  (one file each)"));
  row("Kafka", absl::StrCat(stack_->bootstrap(), stays_up ? "" : "  (stops with the demo)"));
  row("events", absl::StrCat("kcat -b ", stack_->bootstrap(),
                             " -t pepline.scheduling.events.v1 -e -f '%k %h\\n'"));
  row("topics", absl::StrCat("pepline.{", absl::StrJoin(AllServices(), ","), "}.events.v1"));
  for (const std::string& service : stack_->Services()) {
    row("metrics",
        absl::StrCat("http://", stack_->service(service).metrics_address(), "/metrics  ", service));
  }
  if (stays_up) {
    row("try", absl::StrCat(ProgramFolder(), "/pepctl --stack ", stack_->folder(), " --help"));
    row("stop it", "Ctrl-C");
    return;
  }
  row("stay", "pepline-demo --keep    the same, and everything stays up until Ctrl-C");
  row("", "make up, make down     the same stack on the real clock");
}

bool Demo::Check(std::int64_t mails) {
  if (mails == tally_.delivered && story_clock_->follower().undecodable() == 0) return true;
  screen_.Line();
  screen_.Line(screen_.Paint(
      Colour::kRed,
      absl::StrCat("CHECK FAILED: ", tally_.delivered, " deliveries were said on Kafka and ", mails,
                   " mails lie in the folder; ", story_clock_->follower().undecodable(),
                   " events could not be read.")));
  return false;
}

void Demo::KeepFiles(bool logs_too) {
  namespace fs = std::filesystem;
  std::error_code error;
  fs::create_directories(arguments_.keep_folder, error);
  fs::remove_all(mails_kept(), error);
  if (stack_ != nullptr) fs::copy(stack_->mail_folder() + "/new", mails_kept(), error);
  if (error) screen_.Line(absl::StrCat("the mails could not be kept: ", error.message()));
  if (!logs_too) return;
  const std::string logs = absl::StrCat(arguments_.keep_folder, "/logs");
  fs::remove_all(logs, error);
  fs::create_directories(logs, error);
  for (const auto& entry : fs::directory_iterator(folder_.path(), error)) {
    if (entry.path().extension() == ".log") {
      fs::copy_file(entry.path(), logs / entry.path().filename(), error);
    }
  }
  screen_.Line(absl::StrCat("The logs of the services are in ", logs, "."));
}

int Demo::Run() {
  Head();
  const absl::Status played = Play();
  screen_.EndBar();
  if (absl::IsCancelled(played) || (stop_.Came() && !played.ok())) {
    screen_.Line("Stopped before the end.");
    return kInterrupted;
  }
  if (!played.ok()) {
    std::cerr << "pepline-demo: " << played.message() << "\n";
    KeepFiles(/*logs_too=*/true);
    return kFailed;
  }
  const auto mails = static_cast<std::int64_t>(stack_->mail().Mails().size());
  Table(mails);
  const bool agreed = Check(mails);
  KeepFiles(/*logs_too=*/!agreed);
  WhereToLook(arguments_.keep_up);
  if (arguments_.keep_up) {
    while (!stop_.Wait(absl::InfiniteDuration())) {
    }
  }
  return agreed ? kDone : kCheckFailed;
}

int Main(int argc, char** argv) {
  Arguments arguments;
  arguments.keep_folder = absl::StrCat(SourceFolder(), "/build/demo");
  CLI::App app("Plays the autumn term of 2025 on a whole Pepline, on a simulated clock.",
               "pepline-demo");
  app.add_flag("--keep", arguments.keep_up, "keep everything up at the end, until Ctrl-C");
  app.add_option("--broker", arguments.broker,
                 "dev (in memory) or kafka (a real Apache Kafka; `make kafka`)")
      ->check(CLI::IsMember({"dev", "kafka"}))
      ->capture_default_str();
  app.add_flag("--tls", arguments.tls, "gRPC by mutual TLS, with certificates made for this demo");
  app.add_option("--folder", arguments.keep_folder, "where the mails are kept")
      ->capture_default_str();
  app.footer(
      "Exit codes: 0 done, 1 mails and events do not agree, 2 wrong use, 3 failed, 130 stopped by "
      "Ctrl-C.");
  try {
    app.parse(argc, argv);
  } catch (const CLI::ParseError& problem) {  // also how --help ends
    return app.exit(problem) == 0 ? kDone : kWrongUse;
  }
  return Demo(std::move(arguments)).Run();
}

}  // namespace
}  // namespace pepline::demo

int main(int argc, char** argv) { return pepline::demo::Main(argc, argv); }
