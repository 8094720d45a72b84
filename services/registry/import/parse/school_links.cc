// The school register's file of links (GIAS, links_edubasealldata): which school goes on with which
// closed one. Of its kinds of links those that name a successor are read; the same link is in the
// file a second time, the other way round.
#include <array>

#include "services/registry/import/parse/cells.h"
#include "services/registry/import/parse/rows.h"

namespace pepline::registry::imports {
namespace {

enum LinkColumn : std::size_t { kUrn, kLinkUrn, kLinkType, kEstablished };
constexpr std::array<Column, 4> kColumns = {
    {{"URN", true}, {"LinkURN", true}, {"LinkType", true}, {"LinkEstablishedDate", false}}};

constexpr std::size_t kLongestType = 200;
// "Successor", "Successor - Split School", "Successor - amalgamated"...
constexpr std::string_view kSuccessor = "Successor";

}  // namespace

Parsed<SchoolLinkRow> ParseSchoolLinks(std::string_view bytes) {
  Errors errors;
  std::vector<SchoolLinkRow> links;
  const int read =
      ReadTable(PiecesOf(bytes), kSchoolLinksBounds, kColumns, UnknownColumns::kPassedOver, errors,
                [&](const TableRow& row) {
                  Cells cells(row, errors);
                  const std::string type = cells.Text(kLinkType, Need::kRequired, kLongestType);
                  if (!type.starts_with(kSuccessor)) return;
                  SchoolLinkRow link;
                  link.row = row.number();
                  link.urn = cells.Urn(kUrn, Need::kRequired);
                  link.successor_urn = cells.Urn(kLinkUrn, Need::kRequired);
                  link.on = cells.RegisterDate(kEstablished, Need::kOptional);
                  if (!link.urn.empty() && link.urn == link.successor_urn) {
                    cells.Fail(kLinkUrn, "a school is not its own successor; leave the row out");
                  }
                  if (cells.ok()) links.push_back(std::move(link));
                });
  if (links.empty() && errors.total() == 0) {
    errors.Add(0, "LinkType",
               "no row names a successor, so nothing would be done; give the register's file of "
               "links, whose kinds begin with \"Successor\"");
  }
  return std::move(errors).Answer(std::move(links), read);
}

}  // namespace pepline::registry::imports
