// Bank holidays as GOV.UK publishes them (https://www.gov.uk/bank-holidays.json): an object of
// divisions, or one of them; each has "division" and "events", each event a "date". What else
// GOV.UK says there (title, notes, bunting) is passed over.
#include <algorithm>
#include <array>
#include <nlohmann/json.hpp>
#include <set>

#include "absl/strings/str_cat.h"
#include "services/registry/import/parse/bounds.h"
#include "services/registry/import/parse/cells.h"
#include "services/registry/import/parse/errors.h"
#include "services/registry/import/parse/rows.h"
#include "services/registry/import/parse/text.h"

namespace pepline::registry::imports {
namespace {

using nlohmann::json;

constexpr std::array<std::string_view, 3> kDivisions = {"england-and-wales", "scotland",
                                                        "northern-ireland"};

// The division whose days are counted here (SI 2010/959 reg 2).
constexpr std::string_view kOurs = "england-and-wales";

// Where a text stops being JSON; nothing else is kept.
class FaultFinder : public json::json_sax_t {
 public:
  std::size_t position() const { return position_; }

  bool null() override { return true; }
  bool boolean(bool /*value*/) override { return true; }
  bool number_integer(number_integer_t /*value*/) override { return true; }
  bool number_unsigned(number_unsigned_t /*value*/) override { return true; }
  bool number_float(number_float_t /*value*/, const string_t& /*text*/) override { return true; }
  bool string(string_t& /*value*/) override { return true; }
  bool binary(binary_t& /*value*/) override { return true; }
  bool start_object(std::size_t /*elements*/) override { return true; }
  bool key(string_t& /*value*/) override { return true; }
  bool end_object() override { return true; }
  bool start_array(std::size_t /*elements*/) override { return true; }
  bool end_array() override { return true; }
  bool parse_error(std::size_t position, const std::string& /*token*/,
                   const json::exception& /*fault*/) override {
    position_ = position;
    return false;
  }

 private:
  std::size_t position_ = 0;
};

std::ptrdiff_t LineOfFault(std::string_view text) {
  FaultFinder finder;
  json::sax_parse(text, &finder);
  const std::size_t read = std::min(finder.position(), text.size());
  return 1 + std::count(text.begin(), text.begin() + static_cast<std::ptrdiff_t>(read), '\n');
}

// Whether an object has a name twice: the library keeps the last, and nobody knows which was meant.
class KeysSeen {
 public:
  void Take(json::parse_event_t event, const json& parsed) {
    if (event == json::parse_event_t::object_start) {
      open_.emplace_back();
    } else if (event == json::parse_event_t::object_end && !open_.empty()) {
      open_.pop_back();
    } else if (event == json::parse_event_t::key && !open_.empty()) {
      if (!open_.back().insert(parsed.get<std::string>()).second) any_twice_ = true;
    }
  }
  bool any_twice() const { return any_twice_; }

 private:
  std::vector<std::set<std::string>> open_;
  bool any_twice_ = false;
};

class HolidayReader {
 public:
  explicit HolidayReader(Errors& errors) : errors_(errors) {}

  // Where `needed` is false, what is wrong is noted and the division is passed over.
  void ReadDivision(const json& division, const std::string& path, bool needed) {
    needed_ = needed;
    faults_ = 0;
    BankHolidays holidays;
    const json* name = Member(division, "division");
    const json* events = Member(division, "events");
    const std::string text = name && name->is_string() ? name->get<std::string>() : "";
    const auto known = std::find(kDivisions.begin(), kDivisions.end(), text);
    if (known == kDivisions.end()) {
      Fail(path + "/division", absl::StrCat("not a division; ", AdviseNames(text, kDivisions)));
      return;
    }
    if (!path.empty() && path.substr(1) != *known) {
      Fail(path + "/division", "the division is not the one it stands under");
      return;
    }
    holidays.division = *known;
    if (!events || !events->is_array() || events->empty()) {
      Fail(path + "/events", "the list of events is missing or empty");
      return;
    }
    std::size_t place = 0;
    for (const json& event : *events) {
      ReadEvent(event, absl::StrCat(path, "/events/", place++), holidays);
      ++read_;
    }
    if (needed || faults_ == 0) rows_.push_back(std::move(holidays));
  }

  int read() const { return read_; }
  std::vector<BankHolidays>& rows() { return rows_; }

 private:
  static const json* Member(const json& object, const char* name) {
    if (!object.is_object()) return nullptr;
    const auto found = object.find(name);
    return found == object.end() ? nullptr : &*found;
  }

  void Fail(const std::string& path, std::string message) {
    ++faults_;
    if (needed_) {
      errors_.Add(0, path, std::move(message));
    } else {
      errors_.Note(0, path, std::move(message));
    }
  }

  void ReadEvent(const json& event, const std::string& path, BankHolidays& holidays) {
    const json* date = Member(event, "date");
    const auto day = date && date->is_string() ? PlausibleDate(date->get_ref<const std::string&>())
                                               : std::nullopt;
    if (!day) {
      Fail(path + "/date", std::string(kBadDate));
    } else if (!holidays.days.insert(*day).second) {
      Fail(path + "/date", "the day is in the list already; keep one");
    }
  }

  Errors& errors_;
  bool needed_ = true;
  int faults_ = 0;  // of the present division
  int read_ = 0;
  std::vector<BankHolidays> rows_;
};

}  // namespace

Parsed<BankHolidays> ParseBankHolidays(std::string_view bytes) {
  Errors errors;
  HolidayReader reader(errors);
  const FileText file(bytes, Encoding::kUtf8);
  if (bytes.size() > kBankHolidaysBounds.bytes) {
    errors.Add(0, "", "the file is larger than 256 kB; it is not the list of bank holidays");
  } else if (!file.problem().empty()) {
    errors.Add(0, "", file.problem());
  } else {
    KeysSeen keys;
    const json document = json::parse(
        file.text(),
        [&](int /*depth*/, json::parse_event_t event, json& parsed) {
          keys.Take(event, parsed);
          return true;
        },
        /*allow_exceptions=*/false);
    if (keys.any_twice()) {
      errors.Add(0, "", "a name is there twice in one object; fetch the file again from GOV.UK");
    } else if (document.is_discarded()) {
      errors.Add(0, "",
                 absl::StrCat("not JSON from line ", LineOfFault(file.text()),
                              "; fetch the file again from GOV.UK"));
    } else if (!document.is_object() || document.empty()) {
      errors.Add(0, "", "not an object of divisions; fetch the file again from GOV.UK");
    } else if (document.contains("division")) {
      reader.ReadDivision(document, "", /*needed=*/true);
    } else {
      // What GOV.UK puts beside the divisions that are known must not stop those, nor must what is
      // wrong in another division than ours; where ours is not there, the file is looked at whole.
      // A name that is no division's is not repeated.
      const auto known = [](const std::string& name) {
        return std::find(kDivisions.begin(), kDivisions.end(), name) != kDivisions.end();
      };
      const bool ours = document.contains(std::string(kOurs));
      const bool any = std::ranges::any_of(
          kDivisions, [&](std::string_view name) { return document.contains(std::string(name)); });
      for (const auto& [name, division] : document.items()) {
        if (known(name) || !any) {
          reader.ReadDivision(division, known(name) ? "/" + name : std::string("/?"),
                              !ours || name == kOurs);
        } else {
          errors.Note(0, "/?", "not a division that is known; it was passed over");
        }
      }
    }
  }
  return std::move(errors).Answer(std::move(reader.rows()), reader.read());
}

}  // namespace pepline::registry::imports
