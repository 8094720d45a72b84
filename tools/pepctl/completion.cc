#include "tools/pepctl/completion.h"

#include <vector>

#include "absl/strings/match.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/str_join.h"
#include "tools/pepctl/command_tree.h"

namespace pepline::pepctl {
namespace {

std::vector<std::string> OptionNames(const CLI::App& app) {
  std::vector<std::string> names;
  for (const CLI::Option* option : app.get_options()) {
    if (!option->get_positional()) names.push_back(option->get_name());
  }
  return names;
}

// Two tables, as arms of `case`: what may follow a command, and the words of its options. A
// positional with words offers them among what may follow.
void Collect(const CommandTree& tree, const CLI::App& app, const std::string& path,
             std::string& follows, std::string& words) {
  std::vector<std::string> next = OptionNames(app);
  for (const CLI::Option* option : app.get_options()) {
    const std::vector<std::string> choices = tree.WordsOf(option);
    if (choices.empty()) continue;
    if (option->get_positional()) {
      next.insert(next.end(), choices.begin(), choices.end());
    } else {
      absl::StrAppend(&words, "    '", path, " ", option->get_name(), "') words='",
                      absl::StrJoin(choices, " "), "' ;;\n");
    }
  }
  for (const CLI::App* sub : app.get_subcommands([](const CLI::App*) { return true; })) {
    next.push_back(sub->get_name());
    Collect(tree, *sub, absl::StrCat(path, " ", sub->get_name()), follows, words);
  }
  absl::StrAppend(&follows, "    '", path, "') next='", absl::StrJoin(next, " "), "' ;;\n");
}

std::string CommandPaths(const CLI::App& app, const std::string& path) {
  std::string paths;
  for (const CLI::App* sub : app.get_subcommands([](const CLI::App*) { return true; })) {
    const std::string name = absl::StrCat(path, " ", sub->get_name());
    absl::StrAppend(&paths, paths.empty() ? "" : "|", "'", name, "'");
    const std::string more = CommandPaths(*sub, name);
    if (!more.empty()) absl::StrAppend(&paths, "|", more);
  }
  return paths;
}

}  // namespace

std::string BashCompletion(const CommandTree& tree) {
  std::string follows;
  std::string words;
  Collect(tree, tree.app(), "pepctl", follows, words);
  return absl::StrCat(
      "# Completes pepctl in bash: source <(pepctl completion bash)\n"
      "_pepctl() {\n"
      "  local path='pepctl' word next='' words='' i\n"
      "  local current=\"${COMP_WORDS[COMP_CWORD]}\" previous=\"${COMP_WORDS[COMP_CWORD-1]}\"\n"
      "  for ((i = 1; i < COMP_CWORD; i++)); do\n"
      "    word=\"${COMP_WORDS[i]}\"\n"
      "    case \"$path $word\" in\n"
      "    ",
      CommandPaths(tree.app(), "pepctl"),
      ") path=\"$path $word\" ;;\n"
      "    esac\n"
      "  done\n"
      "  case \"$path $previous\" in\n",
      words,
      "  esac\n"
      "  if [[ -z $words ]]; then\n"
      "    case \"pepctl $previous\" in\n",
      // Options of the whole program are taken after any command too.
      [&] {
        std::string own;
        for (const CLI::Option* option : tree.app().get_options()) {
          const std::vector<std::string> choices = tree.WordsOf(option);
          if (choices.empty()) continue;
          absl::StrAppend(&own, "    'pepctl ", option->get_name(), "') words='",
                          absl::StrJoin(choices, " "), "' ;;\n");
        }
        return own;
      }(),
      "    esac\n"
      "  fi\n"
      "  if [[ -n $words ]]; then\n"
      "    COMPREPLY=($(compgen -W \"$words\" -- \"$current\"))\n"
      "    return\n"
      "  fi\n"
      "  case \"$path\" in\n",
      follows,
      "  esac\n"
      "  COMPREPLY=($(compgen -W \"$next\" -- \"$current\"))\n"
      "  if [[ ${#COMPREPLY[@]} -eq 0 ]]; then\n"
      "    COMPREPLY=($(compgen -f -- \"$current\"))\n"
      "  fi\n"
      "}\n"
      "complete -o default -F _pepctl pepctl\n");
}

std::string ZshCompletion(const CommandTree& tree) {
  return absl::StrCat(
      "#compdef pepctl\n"
      "# Completes pepctl in zsh: source <(pepctl completion zsh)\n"
      "autoload -U +X compinit && compinit\n"
      "autoload -U +X bashcompinit && bashcompinit\n",
      BashCompletion(tree));
}

}  // namespace pepline::pepctl
