// The commands of pepctl for those who run the services: dead letters, parked records, and what a
// service's own program does.
#include <utility>

#include "shared/domain/all_services.h"
#include "tools/pepctl/command_tree.h"

namespace pepline::pepctl {

void CommandTree::AddDeadLetters() {
  const auto add = [this](const char* name, const char* help, auto run) -> CLI::App* {
    DeadLetterArguments& arguments = dead_letters_.emplace_back();
    CLI::App* sub = Group("dead-letters")->add_subcommand(name, help);
    sub->fallthrough();
    runners_[sub] = [&arguments, run](Invocation& invocation) {
      return run(arguments, invocation);
    };
    return sub;
  };
  CLI::App* list = add("list", "those that wait for somebody", ListDeadLetters);
  CLI::Option* service = list->add_option("--service", dead_letters_.back().services,
                                          "only this service's; may be repeated");
  service->expected(1)->allow_extra_args(false)->take_all();
  words_[service] = AllServices();
  list->add_flag("--all", dead_letters_.back().all, "those that were handled too");
  CLI::App* show = add("show", "one, with its headers and in words", ShowDeadLetter);
  show->add_option("ID", dead_letters_.back().ids, "from the list")->required()->expected(1);
  show->add_flag("--bytes", dead_letters_.back().bytes, "its bytes too, hexadecimal");
  CLI::App* replay =
      add("replay", "put it back on the topic it came from, once its service can read it",
          [](const auto& arguments, auto& invocation) {
            return HandleDeadLetters(arguments, true, invocation);
          });
  replay->add_option("ID", dead_letters_.back().ids, "from the list; more than one may be given")
      ->required();
  CLI::App* drop = add("drop", "write down that nothing is to be done about it",
                       [](const auto& arguments, auto& invocation) {
                         return HandleDeadLetters(arguments, false, invocation);
                       });
  drop->add_option("ID", dead_letters_.back().ids, "from the list; more than one may be given")
      ->required();
  AddParked();
}

void CommandTree::AddParked() {
  const std::pair<const char*, const char*> rows[] = {
      {"parked",
       "what a service could not handle yet, and why; later records of a key wait behind"},
      {"release", "try what is parked under this id at once"},
      {"skip", "give up the first record of this id, or what is missing before it, with a reason"}};
  for (const auto& [name, help] : rows) {
    OperationArguments& arguments = operations_.emplace_back();
    arguments.operation = name;
    CLI::App* sub = Group("dead-letters")->add_subcommand(name, help);
    AddOperation(sub, arguments);
    if (arguments.operation == "parked") continue;
    sub->add_option("ID", arguments.id, "as `dead-letters parked` shows it")
        ->required()
        ->type_name("");
    if (arguments.operation == "skip") {
      sub->add_option("--reason", arguments.reason, "why, for the log; no personal data")
          ->required();
    }
  }
}

void CommandTree::AddOperation(CLI::App* sub, OperationArguments& arguments) {
  sub->fallthrough();
  CLI::Option* service = sub->add_option("SERVICE", arguments.service, "whose Redis");
  service->required()->check(CLI::IsMember(AllServices()))->type_name("");
  words_[service] = AllServices();
  sub->add_option("--settings-of", arguments.settings_of,
                  "use the settings of this running process, not of the stack or environment")
      ->type_name("PID");
  runners_[sub] = [&arguments](Invocation& invocation) { return HandOver(arguments, invocation); };
}

void CommandTree::AddOperations() {
  const std::pair<const char*, const char*> rows[] = {
      {"check", "a service's alarms and lists against its records (0 all right, 1 differences)"},
      {"digest", "of a service's records, to compare with a rebuilt Redis"},
      {"rebuild", "a service's empty Redis from the topics"},
      {"restored", "after an older copy of a service's Redis was put back"}};
  for (const auto& [name, help] : rows) {
    OperationArguments& arguments = operations_.emplace_back();
    arguments.operation = name;
    CLI::App* sub = app_.add_subcommand(name, help);
    AddOperation(sub, arguments);
    if (arguments.operation == "check") {
      sub->add_flag("--repair", arguments.repair, "mend what differs; a live service goes on");
    }
  }
}

}  // namespace pepline::pepctl
