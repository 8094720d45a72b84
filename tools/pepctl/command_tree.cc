#include "tools/pepctl/command_tree.h"

#include <utility>

#include "absl/strings/str_cat.h"
#include "absl/strings/str_join.h"
#include "pepline/registry/v1/registry_service.pb.h"
#include "shared/domain/all_services.h"
#include "tools/client/text_forms.h"
#include "tools/pepctl/completion.h"
#include "tools/pepctl/field_path.h"

namespace pepline::pepctl {
namespace {

constexpr char kAbout[] =
    "pepctl, the command line of Pepline. It talks to the stack of `make up`, or to services by "
    "their addresses.";
// Of every command.
constexpr char kForms[] =
    "Times are London's: \"2025-09-25 14:00\". Amounts are pounds: 1,450.50. Options of pepctl "
    "itself\n"
    "(--output json, --dry-run, ...; pepctl --help) may stand here too.";
constexpr char kFooter[] =
    "Times are London's: \"2025-09-25 14:00\". Amounts are pounds: 1,450.50.\n"
    "\n"
    "Exit codes: 0 done, 1 refused by the rules, 2 wrong usage, 3 not reachable, 4 not allowed,\n"
    "5 the imported file has errors (nothing was written).\n"
    "\n"
    "Examples:\n"
    "  pepctl import children children.csv --dry-run\n"
    "  pepctl pep list --state held --school 123240\n"
    "  pepctl pep schedule CHILD --at \"2025-09-25 14:00\"\n"
    "  pepctl --as designated-teacher --school 123240 pep finalise CHILD\n"
    "  pepctl work --within 7\n"
    "  pepctl alerts list --state open --output json\n"
    "  pepctl watch --topic notifications\n"
    "  pepctl status";

struct GroupHelp {
  const char* name;
  const char* help;
};
// In the order of --help.
constexpr GroupHelp kGroups[] = {
    {"pep", "PEPs: schedule, hold, finalise, list"},
    {"epep", "what is written in an ePEP, section by section, and its versions"},
    {"deadlines", "deadlines of current PEPs"},
    {"sdq", "Strengths and Difficulties Questionnaires"},
    {"views", "pupil views"},
    {"outcome", "the outcomes of PEPs"},
    {"funding", "Pupil Premium Plus: fund lines and requests"},
    {"alerts", "what is late, who was told, is it done"},
    {"child", "looked-after children"},
    {"staff", "staff and their appointments"},
    {"school", "schools and their calendars"},
    {"policy", "an authority's deadlines"},
    {"import", "schools, calendars, policy, staff and children from files; who imported what"},
    {"clock", "the simulated clock of a stack"},
    {"dead-letters",
     "records that a service could not read (list, show, replay, drop) or not handle yet (parked, "
     "release, skip)"},
    {"keys", "keys of a new installation"},
};

}  // namespace

CommandTree::CommandTree() : app_(kAbout, "pepctl") {
  app_.footer(kForms);  // commands take it over
  app_.require_subcommand(1);
  app_.set_version_flag("--version", PEPLINE_VERSION);
  AddGlobals();
  for (const GroupHelp& group : kGroups) {
    app_.add_subcommand(group.name, group.help)->require_subcommand(1)->fallthrough();
  }
  for (const auto& rows : {SchedulingCommands(), AssessmentsCommands(), FundingCommands(),
                           NotificationsCommands(), RegistryCommands()}) {
    for (const RpcCommand& row : rows) Add(row);
  }
  AddImport();
  AddClock();
  AddShowEpep();
  AddWork();
  AddWatch();
  AddStatus();
  AddRedelivery();
  AddDeadLetters();
  AddOperations();
  AddTokenAndCompletion();
  app_.footer(kFooter);
}

void CommandTree::AddGlobals() {
  const char* where = "Where";
  app_.add_option("--stack", globals_.stack, "folder of the stack that `make up` keeps")
      ->envname("PEPLINE_STACK")
      ->capture_default_str()
      ->each([this](const std::string&) { globals_.stack_given = true; })
      ->group(where);
  for (const std::string& service : AllServices()) {
    app_.add_option("--" + service, globals_.addresses[service],
                    absl::StrCat("address of ", service, " instead of the stack's"))
        ->type_name("HOST:PORT")
        ->group(where);
  }
  app_.add_option("--kafka", globals_.kafka,
                  "broker for watch and dead-letters, instead of the stack's")
      ->type_name("HOST:PORT")
      ->group(where);
  const char* who = "Who asks";
  words_[app_.add_option("--as", globals_.role, "in this role; the stack's key signs the token")
             ->type_name("ROLE")
             ->capture_default_str()
             ->group(who)] = {"virtual-school", "designated-teacher",
                              "social-worker",  "independent-reviewing-officer",
                              "headteacher",    "finance",
                              "auditor",        "operator"};
  app_.add_option("--school", globals_.schools,
                  "school of a Designated Teacher or headteacher; may be repeated; give it before "
                  "the command")
      ->type_name("URN")
      ->expected(1)
      ->allow_extra_args(false)
      ->take_all()
      ->group(who);
  app_.add_option("--authority", globals_.authority,
                  "authority of everybody else; an operator has none")
      ->type_name("CODE")
      ->capture_default_str()
      ->group(who);
  app_.add_option("--actor", globals_.actor, "opaque id of the person; each role has one otherwise")
      ->type_name("ID")
      ->group(who);
  app_.add_option("--tls-ca", globals_.tls.authorities,
                  "PEM file with the authorities that vouch for the services")
      ->type_name("FILE")
      ->group(who);
  app_.add_option("--tls-certificate", globals_.tls.certificate,
                  "PEM file with our certificate, for services that speak TLS")
      ->type_name("FILE")
      ->group(who);
  app_.add_option("--tls-key", globals_.tls.key, "PEM file with its private key")
      ->type_name("FILE")
      ->group(who);
  app_.add_option("--token-file", globals_.token_file, "use the bearer token in this file")
      ->type_name("FILE")
      ->group(who);
  const char* how = "How";
  words_[app_.add_option("--output", globals_.output, "table or json")
             ->check(CLI::IsMember({"table", "json"}))
             ->capture_default_str()
             ->group(how)] = {"table", "json"};
  app_.add_flag("--dry-run", globals_.dry_run,
                "commands: print the request and send nothing; imports: check and count only")
      ->group(how);
  app_.add_option("--request-id", globals_.request_id,
                  "repeat a command safely: the same id has one effect")
      ->type_name("ID")
      ->group(how);
  app_.add_option("--timeout", globals_.timeout_seconds, "seconds to wait for an answer")
      ->check(CLI::Range(1, 3600))
      ->capture_default_str()
      ->group(how);
}

CLI::App* CommandTree::Group(const std::string& name) { return app_.get_subcommand(name); }

void CommandTree::Add(RpcCommand command) {
  rows_.push_back({.command = std::move(command)});
  Row& row = rows_.back();
  CLI::App* sub = Group(row.command.group)->add_subcommand(row.command.name, row.command.help);
  sub->fallthrough();
  for (const Argument& argument : row.command.arguments) AddArgument(argument, row, *sub);
  if (row.command.is_list()) {
    sub->add_option("--limit", row.limit, "at most so many; 0: all")
        ->check(CLI::NonNegativeNumber)
        ->capture_default_str();
  }
  runners_[sub] = [&row](Invocation& invocation) {
    Given given;
    for (const auto& [name, texts] : row.texts) {
      if (!texts.empty()) given[name] = texts;
    }
    for (const auto& [name, set] : row.flags) {
      if (set) given[name] = {"true"};
    }
    return pepctl::Run(row.command, given, row.limit, invocation);
  };
}

void CommandTree::AddArgument(const Argument& argument, Row& row, CLI::App& command) {
  const auto& field = FieldAt(*row.command.request->GetDescriptor(), argument.path);
  const std::vector<std::string> words = ChoicesOf(field);
  std::string help = argument.help;
  if (!words.empty()) absl::StrAppend(&help, " (", absl::StrJoin(words, ", "), ")");
  if (IsFlag(field)) {
    command.add_flag(argument.name, row.flags[argument.name], help);
    return;
  }
  auto& texts = row.texts[argument.name];
  // CLI11 finds a positional by its name in small letters and shows it in capitals.
  CLI::Option* option = command.add_option(argument.name, texts, help);
  option->type_name(argument.positional() ? "" : FormOf(field))
      ->expected(1)
      ->allow_extra_args(false);
  // Where several values are allowed the option is repeated, or takes commas.
  if (field.is_repeated()) option->take_all();
  if (argument.need == Need::kRequired) option->required();
  words_[option] = words;
}

void CommandTree::AddImport() {
  for (const std::string& kind : client::EnumChoices(*registry::v1::ImportKind_descriptor())) {
    ImportArguments& arguments = imports_.emplace_back();
    arguments.kind = kind;
    CLI::App* sub = Group("import")->add_subcommand(kind, absl::StrCat("import ", kind));
    sub->fallthrough();
    sub->add_option("FILE", arguments.file, "the file")->required()->type_name("");
    CLI::Option* format = sub->add_option("--format", arguments.format,
                                          "csv, json, yaml or ics; the kind's own "
                                          "when left out");
    words_[format] = client::EnumChoices(*registry::v1::ImportFormat_descriptor());
    if (kind == "schools") {
      sub->add_option("--only-authority", arguments.only_schools_of,
                      "take over only the schools of this authority")
          ->type_name("CODE");
    }
    if (kind == "children") {
      sub->add_option("--expect", arguments.expected_pep_changes,
                      "the file closes or moves the PEPs of so many children; --dry-run tells how "
                      "many")
          ->check(CLI::PositiveNumber);
    }
    sub->add_option("--reason", arguments.reason, "why, for the record; no personal data");
    sub->add_flag("--confirm-removals", arguments.confirm_removals,
                  "the file may take away what is known; --dry-run tells what");
    runners_[sub] = [&arguments](Invocation& invocation) { return Import(arguments, invocation); };
  }
}

void CommandTree::AddShowEpep() {
  CLI::App* sub = Group("epep")->add_subcommand(
      "show", "a whole ePEP with its outcomes: as it stands, or as it was finalised");
  sub->fallthrough();
  sub->add_option("CHILD", epep_.child, "the child's id")->required()->type_name("");
  sub->add_option("--pep", epep_.pep, "this PEP of the child; the newest when left out")
      ->type_name("ID");
  sub->add_option("--version", epep_.version, "as it was finalised, 1 for the first time")
      ->check(CLI::PositiveNumber);
  runners_[sub] = [this](Invocation& invocation) { return ShowEpep(epep_, invocation); };
}

void CommandTree::AddWork() {
  CLI::App* sub = app_.add_subcommand(
      "work", "what you have to do next, over all services: what is late first, then by its day");
  sub->fallthrough();
  sub->add_option("--school", work_.school, "of children at this school")->type_name("URN");
  sub->add_option("--authority", work_.authority, "of children this authority looks after")
      ->type_name("CODE");
  sub->add_option("--within", work_.within_days,
                  "what is due at most so many days from today; 14 when left out")
      ->type_name("DAYS")
      ->check(CLI::Range(1, 366));
  runners_[sub] = [this](Invocation& invocation) { return ShowWork(work_, invocation); };
}

void CommandTree::AddWatch() {
  CLI::App* sub = app_.add_subcommand("watch", "what the services say, in words, as it happens");
  sub->fallthrough();
  CLI::Option* topic =
      sub->add_option("--topic", watch_.topics, "only this service's; may be repeated");
  topic->expected(1)->allow_extra_args(false)->take_all();
  words_[topic] = AllServices();
  sub->add_flag("--from-beginning", watch_.from_beginning, "everything since the first event");
  sub->add_option("--child", watch_.child, "only of this child")->type_name("ID");
  sub->add_option("--event", watch_.event, "only the event with this id, and end with it")
      ->type_name("ID");
  sub->add_option("--count", watch_.count, "end after so many events; 0: at Ctrl-C")
      ->check(CLI::NonNegativeNumber);
  sub->add_flag("--ids", watch_.ids_only, "schools by URN, without asking registry for names");
  runners_[sub] = [this](Invocation& invocation) { return Watch(watch_, invocation); };
}

void CommandTree::AddStatus() {
  CLI::App* sub =
      app_.add_subcommand("status", "is every service ready, and does each of its loops move?");
  sub->fallthrough();
  sub->add_option("--metrics", status_.addresses,
                  "a service's metrics port instead of the stack's; may be repeated")
      ->type_name("SERVICE=HOST:PORT")
      ->expected(1)
      ->allow_extra_args(false)
      ->take_all();
  runners_[sub] = [this](Invocation& invocation) { return Status(status_, invocation); };
}

void CommandTree::AddRedelivery() {
  CLI::App* sub = Group("alerts")->add_subcommand(
      "redeliver", "tell again those who could not be told, once the reason is mended");
  sub->fallthrough();
  CLI::Option* alert = sub->add_option("ALERT", redelivery_.alert, "the alert's id");
  alert->type_name("");
  sub->add_flag("--all-failed", redelivery_.all_failed,
                "every open alert of which somebody could not be told")
      ->excludes(alert);
  runners_[sub] = [this](Invocation& invocation) { return Redeliver(redelivery_, invocation); };
}

void CommandTree::AddClock() {
  CLI::App* show = Group("clock")->add_subcommand("show", "what the stack's clock shows");
  CLI::App* set = Group("clock")->add_subcommand("set", "put it forward to a time");
  set->add_option("TIME", clock_to_, "e.g. \"2025-09-25 14:00\"")->required()->type_name("");
  CLI::App* advance = Group("clock")->add_subcommand("advance", "put it forward by a while");
  advance->add_option("BY", clock_by_, "e.g. 90m, 12h, 2d, 1w")->required()->type_name("");
  for (CLI::App* sub : {show, set, advance}) sub->fallthrough();
  runners_[show] = ShowClock;
  runners_[set] = [this](Invocation& invocation) { return SetClock(clock_to_, invocation); };
  runners_[advance] = [this](Invocation& invocation) {
    return AdvanceClock(clock_by_, invocation);
  };
}

void CommandTree::AddTokenAndCompletion() {
  CLI::App* token = app_.add_subcommand(
      "token", "print a token that the stack accepts, for curl, grpcurl and the like");
  token->fallthrough();
  token->add_option("--valid-for", valid_for_, "how long, e.g. 30m, 2h")
      ->type_name("SPAN")
      ->capture_default_str();
  runners_[token] = [this](Invocation& invocation) { return PrintToken(valid_for_, invocation); };

  CLI::App* keys =
      Group("keys")->add_subcommand("make", "write the keys that a new installation needs");
  keys->fallthrough();
  keys->add_option("FOLDER", keys_folder_, "keys that are there already are kept")
      ->required()
      ->type_name("");
  runners_[keys] = [this](Invocation& invocation) { return MakeKeys(keys_folder_, invocation); };

  CLI::App* completion = app_.add_subcommand(
      "completion", "print a script for a shell: source <(pepctl completion bash)");
  completion->require_subcommand(1)->fallthrough();
  CLI::App* bash = completion->add_subcommand("bash", "for bash");
  CLI::App* zsh = completion->add_subcommand("zsh", "for zsh");
  runners_[bash] = [this](Invocation& invocation) {
    invocation.out << BashCompletion(*this);
    return static_cast<int>(kDone);
  };
  runners_[zsh] = [this](Invocation& invocation) {
    invocation.out << ZshCompletion(*this);
    return static_cast<int>(kDone);
  };
}

CLI::App* CommandTree::Named() {
  CLI::App* here = &app_;
  while (!here->get_subcommands().empty()) here = here->get_subcommands().front();
  return here;
}

int CommandTree::Run(Invocation& invocation) { return runners_.at(Named())(invocation); }

std::vector<std::string> CommandTree::WordsOf(const CLI::Option* option) const {
  const auto found = words_.find(option);
  return found == words_.end() ? std::vector<std::string>() : found->second;
}

}  // namespace pepline::pepctl
