// The token of SASL/OAUTHBEARER, read from the file that sasl.oauthbearer.config=file=<path> names:
// a JWT that somebody else renews (a projected service account token, a sidecar of the identity
// provider). Promises: the file is read again when librdkafka asks, some time before the token's
// end. Does not check the signature; the broker does. Errors: told to librdkafka, which asks again
// after some seconds. Threads: librdkafka's background thread.
#ifndef PEPLINE_SHARED_KAFKA_KAFKA_TOKEN_H_
#define PEPLINE_SHARED_KAFKA_KAFKA_TOKEN_H_

#include <librdkafka/rdkafka.h>

#include <string>

#include "absl/status/statusor.h"
#include "absl/time/time.h"

namespace pepline {

struct KafkaToken {
  std::string text;  // the JWT
  std::string subject;
  absl::Time expires;
};
// `config` is the value of sasl.oauthbearer.config. InvalidArgument names what is wrong and the
// fix.
absl::StatusOr<KafkaToken> ReadKafkaToken(const std::string& config);

// For rd_kafka_conf_set_oauthbearer_token_refresh_cb.
void RefreshKafkaToken(rd_kafka_t* kafka, const char* config, void* owner);

}  // namespace pepline

#endif  // PEPLINE_SHARED_KAFKA_KAFKA_TOKEN_H_
