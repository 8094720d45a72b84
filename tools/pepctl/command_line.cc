#include "tools/pepctl/command_line.h"

#include <algorithm>

#include "absl/strings/match.h"
#include "absl/strings/str_cat.h"
#include "tools/client/text_forms.h"
#include "tools/pepctl/command_tree.h"

namespace pepline::pepctl {
namespace {

// "pepctl pep schedule" of the innermost command that was named.
std::string PathOf(const CLI::App& app) {
  if (app.get_parent() == nullptr) return app.get_name();
  return absl::StrCat(PathOf(*app.get_parent()), " ", app.get_name());
}

std::vector<std::string> OptionsOf(const CLI::App* app) {
  std::vector<std::string> names;
  for (; app != nullptr; app = app->get_parent()) {
    for (const CLI::Option* option : app->get_options()) {
      if (!option->get_positional()) names.push_back(option->get_name());
    }
  }
  return names;
}

std::vector<std::string> CommandsOf(const CLI::App& app) {
  std::vector<std::string> names;
  for (const CLI::App* sub : app.get_subcommands([](const CLI::App*) { return true; })) {
    names.push_back(sub->get_name());
  }
  return names;
}

// What is wrong with the first word that nobody understood; empty where all were.
std::string ProblemOfLeftOver(CommandTree& tree) {
  const CLI::App& named = *tree.Named();
  for (const std::string& word : tree.app().remaining(true)) {
    const bool option = absl::StartsWith(word, "-");
    const std::vector<std::string> known = option ? OptionsOf(&named) : CommandsOf(named);
    if (!option && known.empty()) continue;  // perhaps the value of an unknown option
    const std::string name = word.substr(0, word.find('='));
    const std::string meant = client::Nearest(name, known);
    return absl::StrCat(PathOf(named), " has no ", option ? "option " : "command ", name,
                        meant.empty() ? "" : absl::StrCat("; did you mean ", meant, "?"));
  }
  const std::vector<std::string> rest = tree.app().remaining(true);
  if (rest.empty()) return "";
  return absl::StrCat(PathOf(named), " does not expect '", rest.front(), "'");
}

int Explain(CommandTree& tree, const CLI::ParseError& error, std::ostream& out, std::ostream& err) {
  // --help and --version come this way too.
  if (error.get_exit_code() == 0) return tree.app().exit(error, out, err);
  std::string problem = ProblemOfLeftOver(tree);
  if (problem.empty()) problem = error.what();
  const CLI::App& named = *tree.Named();
  err << "pepctl: " << problem << "\n";
  const std::vector<std::string> commands = CommandsOf(named);
  if (!commands.empty()) {
    err << "Commands of " << PathOf(named) << ":";
    for (const std::string& command : commands) err << " " << command;
    err << "\n";
  }
  err << "`" << PathOf(named) << " --help` tells more.\n";
  return kUsage;
}

}  // namespace

int RunCommandLine(const std::vector<std::string>& arguments, std::ostream& out,
                   std::ostream& err) {
  CommandTree tree;
  // CLI11 takes them from the back.
  std::vector<std::string> reversed(arguments.rbegin(), arguments.rend());
  try {
    tree.app().parse(reversed);
  } catch (const CLI::ParseError& error) {
    return Explain(tree, error, out, err);
  }
  Invocation invocation{.globals = tree.globals(), .out = out, .err = err};
  std::erase_if(invocation.globals.addresses,
                [](const auto& service) { return service.second.empty(); });
  return tree.Run(invocation);
}

}  // namespace pepline::pepctl
