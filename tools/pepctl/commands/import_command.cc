// `pepctl import`: one file, in chunks, with its errors as a table.
#include <unistd.h>

#include <algorithm>

#include "absl/strings/str_cat.h"
#include "absl/strings/str_format.h"
#include "pepline/registry/v1/registry_service.pb.h"
#include "tools/client/import_file.h"
#include "tools/client/text_forms.h"
#include "tools/pepctl/commands/special_commands.h"
#include "tools/pepctl/field_path.h"
#include "tools/pepctl/table.h"

namespace pepline::pepctl {
namespace {

namespace v1 = registry::v1;

// A whole school register takes a while.
constexpr absl::Duration kLongest = absl::Minutes(15);
constexpr int kBarWidth = 40;

// On a terminal only; nothing where standard error is a file or a pipe.
class ProgressBar {
 public:
  ProgressBar(std::ostream& err, std::size_t total)
      : err_(err), total_(std::max<std::size_t>(total, 1)), shown_(isatty(STDERR_FILENO) == 1) {}
  void Show(std::size_t done, std::string_view what) {
    if (!shown_) return;
    const auto filled = static_cast<std::size_t>(kBarWidth) * done / total_;
    std::string bar(filled, '#');
    bar.resize(kBarWidth, '.');
    err_ << absl::StreamFormat("\r[%s] %3d%% %-12s", bar, 100 * done / total_, std::string(what))
         << std::flush;
  }
  void End() {
    if (shown_) err_ << "\r\033[K" << std::flush;
  }

 private:
  std::ostream& err_;
  std::size_t total_;
  bool shown_;
};

absl::StatusOr<v1::ImportOptions> OptionsOf(const ImportArguments& arguments,
                                            const Globals& globals) {
  v1::ImportOptions options;
  if (absl::Status set = SetField(options, "kind", {arguments.kind}); !set.ok()) return set;
  if (!arguments.format.empty()) {
    absl::Status set = SetField(options, "format", {arguments.format});
    if (!set.ok()) return absl::InvalidArgumentError(absl::StrCat("--format ", set.message()));
  }
  options.set_request_id(globals.request_id.empty() ? client::NewRequestId() : globals.request_id);
  if (!client::IsNational(options.kind())) options.set_authority_code(globals.authority);
  options.set_only_schools_of_authority(arguments.only_schools_of);
  options.set_dry_run(globals.dry_run);
  options.set_reason(arguments.reason);
  options.set_confirm_removals(arguments.confirm_removals);
  options.set_expected_pep_changes(arguments.expected_pep_changes);
  return options;
}

std::string Counted(int count, const char* one) {
  return absl::StrCat(count, " ", one, count == 1 ? "" : "s");
}

std::string PlaceOf(int row) { return row == 0 ? "file" : absl::StrCat(row); }

void PrintHowManyMore(int total, int shown, std::ostream& out) {
  if (total > shown) out << "... and " << total - shown << " more.\n";
}

void PrintRemovals(const v1::ImportResponse& response, std::ostream& out) {
  if (response.total_removals() == 0) return;
  Table table({"row", "takes away"});
  for (const auto& removal : response.removals()) {
    table.Add({PlaceOf(removal.row()), removal.what()});
  }
  out << table.Text() << "\n";
  PrintHowManyMore(response.total_removals(), response.removals_size(), out);
}

void PrintNotes(const v1::ImportResponse& response, std::ostream& out) {
  if (response.total_notes() == 0) return;
  Table table({"row", "column", "passed over"});
  for (const auto& note : response.notes()) {
    table.Add({PlaceOf(note.row()), note.column(), note.message()});
  }
  out << table.Text() << "\n";
  PrintHowManyMore(response.total_notes(), response.notes_size(), out);
}

void Print(const v1::ImportResponse& response, Invocation& invocation) {
  if (invocation.globals.json()) {
    invocation.out << Json(response, true);
    return;
  }
  PrintRemovals(response, invocation.out);
  if (response.pep_changes() > 0) {
    invocation.out << "The PEPs of " << Counted(response.pep_changes(), "child")
                   << (response.nothing_written() ? " would" : "") << " close or move.\n";
  }
  PrintNotes(response, invocation.out);
  if (response.total_errors() > 0) {
    Table table({"row", "column", "what is wrong"});
    for (const auto& error : response.errors()) {
      table.Add({PlaceOf(error.row()), error.column(), error.message()});
    }
    invocation.out << table.Text() << "\n";
    PrintHowManyMore(response.total_errors(), response.errors_size(), invocation.out);
    invocation.out << Counted(response.total_errors(), "error") << " in "
                   << Counted(response.rows(), "row") << ": nothing was written.\n";
    return;
  }
  invocation.out << Counted(response.rows(), "row") << ": " << response.created() << " new, "
                 << response.changed() << " changed, " << response.unchanged() << " unchanged."
                 << (response.nothing_written() ? " Preview: nothing was written.\n" : "\n");
}

}  // namespace

int Import(const ImportArguments& arguments, Invocation& invocation) {
  auto options = OptionsOf(arguments, invocation.globals);
  if (!options.ok()) return Fail(invocation, options.status());
  auto bytes = ReadWhole(arguments.file);
  if (!bytes.ok()) return Fail(invocation, bytes.status());
  auto actor = ActorOf(invocation.globals, nullptr);
  if (!actor.ok()) return Fail(invocation, actor.status());
  auto caller = MakeCaller(invocation.globals, *actor);
  if (!caller.ok()) return Fail(invocation, caller.status());

  ProgressBar bar(invocation.err, bytes->size());
  v1::ImportResponse response;
  const grpc::Status status = client::ImportFile(
      **caller, *actor, *options, *bytes, kLongest,
      [&](std::size_t sent) { bar.Show(sent, sent < bytes->size() ? "sending" : "checking"); },
      response);
  bar.End();
  if (!status.ok()) {
    return Fail(invocation, status,
                {{"authority_code", "--authority"},
                 {"options.authority_code", "--authority"},
                 {"format", "--format"},
                 {"options.format", "--format"}});
  }
  Print(response, invocation);
  return response.total_errors() > 0 ? kImportHasErrors : kDone;
}

}  // namespace pepline::pepctl
