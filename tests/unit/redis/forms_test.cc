// What Redis holds of us, read back.
#include <gtest/gtest.h>

#include <memory>
#include <vector>

#include "shared/redis/redis_forms.h"

namespace pepline {
namespace {

// The fields and values of a stream's entry, as hiredis would hold them.
OutboxRecord Read(std::vector<std::string> fields) {
  std::vector<redisReply> texts(fields.size());
  std::vector<redisReply*> elements;
  for (std::size_t i = 0; i < fields.size(); ++i) {
    texts[i].type = REDIS_REPLY_STRING;
    texts[i].str = fields[i].data();
    texts[i].len = fields[i].size();
    elements.push_back(&texts[i]);
  }
  redisReply entry = {};
  entry.type = REDIS_REPLY_ARRAY;
  entry.element = elements.data();
  entry.elements = elements.size();
  return FromFields(entry);
}

const OutboxRecord kRecord{
    .topic = "topic", .key = "chd-1", .value = "value", .headers = {{"ce_id", "1"}, {"", "x"}}};

TEST(OutboxFields, ReadBackAsTheyWereWritten) { EXPECT_EQ(Read(ToFields(kRecord)), kRecord); }

TEST(OutboxFields, OfNoNameOfOursArePassedOver) {
  std::vector<std::string> fields = ToFields(kRecord);
  for (const char* name : {"", "x", "h", "xy"}) {
    fields.push_back(name);
    fields.push_back("of somebody else");
  }
  EXPECT_EQ(Read(fields), kRecord);
}

}  // namespace
}  // namespace pepline
