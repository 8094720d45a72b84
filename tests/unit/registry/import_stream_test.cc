// The stream of an import: who is let in, how long a file may take, how much of it is kept, and
// that the caller can give up at any time.
#include <gmock/gmock.h>
#include <grpcpp/generic/generic_stub.h>

#include <future>
#include <memory>
#include <thread>

#include "absl/synchronization/notification.h"
#include "pepline/registry/v1/registry_service.grpc.pb.h"
#include "services/registry/import/parse/bounds.h"
#include "services/registry/import/stream.h"
#include "shared/observability/trace.h"
#include "shared/security/auth.h"
#include "tests/component/support/refusal_of.h"
#include "tests/unit/registry/importing.h"
#include "tools/stack/processes.h"

namespace pepline::registry {
namespace {

using testing::HasSubstr;
using Stub = v1::RegistryService::Stub;
constexpr absl::Duration kPatience = absl::Seconds(20);
constexpr char kTermDates[] =
    "academic_year,term,part,first_day,last_day,status\n"
    "2025/26,autumn,1,2025-09-02,2025-10-24,county\n";

// The one RPC alone.
class ImportAlone final : public v1::RegistryService::CallbackService {
 public:
  ImportAlone(RpcServer& rpc_server, const Importer& importer, ImportGate& gate) {
    MarkMethodCallback(ImportStream::MethodIndex(),
                       new ImportStream::Handler(
                           [&](grpc::CallbackServerContext* context, v1::ImportResponse* response) {
                             return new ImportStream(rpc_server, importer, gate, context, response);
                           }));
  }
};

// One call, from the caller's side.
struct Upload {
  std::unique_ptr<grpc::ClientContext> context;
  v1::ImportResponse response;
  std::unique_ptr<grpc::ClientWriter<v1::ImportRequest>> writer;

  bool SendOptions(const v1::ImportOptions& options) {
    v1::ImportRequest request;
    *request.mutable_options() = options;
    return writer->Write(request);
  }
  bool Send(const std::string& bytes) {
    constexpr std::size_t kChunk = 1024 * 1024;
    v1::ImportRequest request;
    bool open = true;
    for (std::size_t at = 0; open && at <= bytes.size(); at += kChunk) {
      request.set_chunk(bytes.substr(at, kChunk));
      open = writer->Write(request);
    }
    return open;
  }
};

class ImportStreamTest : public testing::Test {
 protected:
  void Begin(const ImportGateBounds& bounds) {
    const std::string key = folder_.path() + "/key";
    const std::string jwks = folder_.path() + "/jwks";
    ASSERT_TRUE(MakeSigningKey(key, jwks).ok());
    authenticator_ = *Authenticator::Create({jwks, "test", "pepline"}, importing_.metrics);
    signer_ = *TokenSigner::Create(key, "test", "pepline");
    rpc_server_ = std::make_unique<RpcServer>(calls_, *authenticator_, importing_.metrics,
                                              "registry.pepline");
    gate_ = std::make_unique<ImportGate>(bounds);
    service_ = std::make_unique<ImportAlone>(*rpc_server_, importing_.importer, *gate_);
    auto server = GrpcServer::Start({}, {service_.get()}, importing_.metrics);
    ASSERT_TRUE(server.ok()) << server.status();
    server_ = *std::move(server);
    channel_ = grpc::CreateChannel(absl::StrCat("127.0.0.1:", server_->port()),
                                   grpc::InsecureChannelCredentials());
    stub_ = v1::RegistryService::NewStub(channel_);
  }

  // By whoever imports that kind; an operator's token may name an authority, too.
  Upload Open(const std::string& authority, v1::ImportKind kind = v1::IMPORT_KIND_SCHOOLS) {
    Upload upload{std::make_unique<grpc::ClientContext>(), {}, {}};
    upload.context->set_deadline(absl::ToChronoTime(absl::Now() + absl::Seconds(60)));
    const Actor actor{.subject = "stf-00000000000000000001",
                      .role = IsNational(kind) ? Role::kOperator : Role::kVirtualSchool,
                      .authority = AuthorityCode(authority),
                      .schools = {}};
    upload.context->AddMetadata("authorization",
                                "Bearer " + *signer_->Sign(actor, absl::Minutes(5)));
    return upload;
  }
  void Start(Upload& upload) {
    upload.writer = stub_->Import(upload.context.get(), &upload.response);
  }
  v1::ImportOptions Options(const std::string& authority, v1::ImportKind kind) {
    v1::ImportOptions options = importing_.Options(kind);
    options.set_authority_code(IsNational(kind) ? "" : authority);
    return options;
  }
  // The whole call.
  grpc::Status Import(const std::string& authority, v1::ImportKind kind, const std::string& bytes) {
    return ImportWith(Options(authority, kind), bytes, authority);
  }
  grpc::Status ImportWith(const v1::ImportOptions& options, const std::string& bytes,
                          const std::string& authority = "931") {
    Upload upload = Open(authority, options.kind());
    Start(upload);
    if (upload.SendOptions(options) && upload.Send(bytes)) upload.writer->WritesDone();
    return upload.writer->Finish();
  }
  // A call on the same connection: what was sent before it has arrived when it is answered.
  void MakeACall() {
    EXPECT_EQ(Import("940", v1::IMPORT_KIND_UNSPECIFIED, "").error_code(), grpc::INVALID_ARGUMENT);
  }
  // A whole call of these bytes, each as a message.
  grpc::Status SendRaw(grpc::ClientContext& context, const std::vector<std::string>& messages) {
    grpc::CompletionQueue queue;
    const auto step = [&queue] {
      void* tag = nullptr;
      bool ok = false;
      return queue.Next(&tag, &ok) && ok;
    };
    auto call = grpc::GenericStub(channel_).PrepareCall(
        &context, "/pepline.registry.v1.RegistryService/Import", &queue);
    call->StartCall(nullptr);
    bool open = step();
    for (std::size_t i = 0; open && i < messages.size(); ++i) {
      const grpc::Slice slice(messages[i]);
      call->Write(grpc::ByteBuffer(&slice, 1), nullptr);
      open = step();
    }
    call->WritesDone(nullptr);
    step();
    grpc::Status status;
    call->Finish(&status, nullptr);
    step();
    return status;
  }
  // The finished call of this context does.
  static bool ReturnsItsTrace(const grpc::ClientContext& context) {
    const auto& trailing = context.GetServerTrailingMetadata();
    const auto found = trailing.find("traceresponse");
    return found != trailing.end() &&
           IsTraceparent(std::string(found->second.data(), found->second.size()));
  }
  static std::string ReasonOf(const grpc::Status& status) {
    return pepline::ReasonOf(status, "registry");
  }
  bool Eventually(const std::function<bool()>& condition) {
    for (const absl::Time until = absl::Now() + kPatience; absl::Now() < until;) {
      if (condition()) return true;
      std::this_thread::yield();
    }
    return false;
  }

  TemporaryFolder folder_;
  Importing importing_;
  WorkerPool calls_{2, 8};
  std::unique_ptr<Authenticator> authenticator_;
  std::unique_ptr<TokenSigner> signer_;
  std::unique_ptr<RpcServer> rpc_server_;
  std::unique_ptr<ImportGate> gate_;
  std::unique_ptr<ImportAlone> service_;
  std::unique_ptr<GrpcServer> server_;
  std::shared_ptr<grpc::Channel> channel_;
  std::unique_ptr<Stub> stub_;
};

TEST_F(ImportStreamTest, AStreamThatSaysNothingEndsWithAnErrorThatSaysSo) {
  Begin({.at_once = 4, .longest_silence = absl::Milliseconds(100)});
  for (const int messages : {0, 1, 2}) {
    Upload upload = Open("931");
    Start(upload);
    if (messages > 0) upload.SendOptions(Options("931", v1::IMPORT_KIND_SCHOOLS));
    if (messages > 1) upload.Send(kSchoolsHeader);
    const grpc::Status status = upload.writer->Finish();  // without WritesDone
    EXPECT_EQ(status.error_code(), grpc::DEADLINE_EXCEEDED) << status.error_message();
    EXPECT_EQ(ReasonOf(status), "UPLOAD_STALLED") << messages;
    EXPECT_THAT(status.error_message(), HasSubstr("nothing of the file came"));
  }
  EXPECT_TRUE(Import("931", v1::IMPORT_KIND_SCHOOLS, ManySchools(3)).ok()) << "its place is free";
}

TEST_F(ImportStreamTest, AFileOfWhichAPartIsDamagedIsRefusedAndNothingOfItIsImported) {
  Begin({});
  v1::ImportRequest options, chunk;
  *options.mutable_options() = Options("931", v1::IMPORT_KIND_SCHOOLS);
  chunk.set_chunk(ManySchools(3));
  const std::string cut = chunk.SerializeAsString().substr(0, 20);
  for (const std::vector<std::string>& messages :
       {std::vector{options.SerializeAsString(), chunk.SerializeAsString(), cut},
        std::vector{options.SerializeAsString(), cut, chunk.SerializeAsString()},
        std::vector{std::string("\xff\xff\xff\xff"), chunk.SerializeAsString()}}) {
    Upload upload = Open("931");
    const grpc::Status status = SendRaw(*upload.context, messages);
    EXPECT_EQ(status.error_code(), grpc::INVALID_ARGUMENT) << status.error_message();
    EXPECT_EQ(ReasonOf(status), "MALFORMED_REQUEST");
    EXPECT_TRUE(ReturnsItsTrace(*upload.context));
  }
  EXPECT_EQ(importing_.store.loads, 0);
  EXPECT_EQ(importing_.metrics.Value("pepline_rpc_refused_total", {{"cause", "malformed"}}), 3);
}

TEST_F(ImportStreamTest, SaysItsTraceAndWhatTheContractForbidsLikeAnyOtherCall) {
  Begin({});
  Upload good = Open("931");
  Start(good);
  ASSERT_TRUE(good.SendOptions(Options("931", v1::IMPORT_KIND_SCHOOLS)) &&
              good.Send(ManySchools(3)));
  good.writer->WritesDone();
  EXPECT_TRUE(good.writer->Finish().ok());
  EXPECT_TRUE(ReturnsItsTrace(*good.context));

  Upload unknown = Open("931");
  Start(unknown);
  v1::ImportOptions options = Options("931", v1::IMPORT_KIND_SCHOOLS);
  options.set_format(static_cast<v1::ImportFormat>(99));
  ASSERT_TRUE(unknown.SendOptions(options));
  const grpc::Status status = unknown.writer->Finish();
  EXPECT_EQ(ReasonOf(status), "INVALID_FIELD") << status.error_message();
  EXPECT_TRUE(ReturnsItsTrace(*unknown.context));

  Upload nobody{std::make_unique<grpc::ClientContext>(), {}, {}};
  nobody.context->set_deadline(absl::ToChronoTime(absl::Now() + kPatience));
  Start(nobody);
  EXPECT_EQ(nobody.writer->Finish().error_code(), grpc::UNAUTHENTICATED);
  EXPECT_TRUE(ReturnsItsTrace(*nobody.context));
}

// The register is read while it arrives, and its request id stands for its bytes all the same.
TEST_F(ImportStreamTest, TheSameRegisterInOtherChunksIsTheSameImport) {
  Begin({});
  const std::string file = ManySchools(300);
  v1::ImportOptions options = Options("931", v1::IMPORT_KIND_SCHOOLS);
  for (const std::size_t chunk : {file.size(), std::size_t{7}}) {
    Upload upload = Open("931");
    Start(upload);
    ASSERT_TRUE(upload.SendOptions(options));
    ASSERT_TRUE(upload.Send(""));  // an empty chunk is not the end
    for (std::size_t at = 0; at < file.size(); at += chunk) {
      ASSERT_TRUE(upload.Send(file.substr(at, chunk)));
    }
    upload.writer->WritesDone();
    EXPECT_TRUE(upload.writer->Finish().ok());
    EXPECT_EQ(upload.response.created(), 300) << "the second is given the first one's answer";
  }
  EXPECT_EQ(ReasonOf(ImportWith(options, file + "\n")), "REQUEST_ID_REUSED");
}

TEST_F(ImportStreamTest, AFileThatDripsEndsWithAnErrorThatSaysSo) {
  Begin({.at_once = 4, .longest_silence = kPatience, .longest_upload = absl::Milliseconds(300)});
  Upload upload = Open("931");
  Start(upload);
  upload.SendOptions(Options("931", v1::IMPORT_KIND_SCHOOLS));
  while (upload.Send("\n")) {
  }
  const grpc::Status status = upload.writer->Finish();
  EXPECT_EQ(ReasonOf(status), "UPLOAD_STALLED") << status.error_message();
  EXPECT_THAT(status.error_message(), HasSubstr("not whole within"));
}

TEST_F(ImportStreamTest, OneAuthoritysIdleStreamsKeepNobodyElseOut) {
  Begin({});
  Upload idle = Open("931", v1::IMPORT_KIND_TERM_DATES);
  Start(idle);
  ASSERT_TRUE(Eventually([&] { return gate_->IsIn("931"); }));
  for (int i = 0; i < 8; ++i) {
    const grpc::Status second = Import("931", v1::IMPORT_KIND_TERM_DATES, kTermDates);
    EXPECT_EQ(second.error_code(), grpc::RESOURCE_EXHAUSTED) << second.error_message();
    EXPECT_EQ(ReasonOf(second), "OVERLOADED");
    EXPECT_THAT(second.error_message(), HasSubstr("an import of this authority is running"));
  }
  EXPECT_TRUE(Import("933", v1::IMPORT_KIND_TERM_DATES, kTermDates).ok());
  idle.context->TryCancel();
  EXPECT_EQ(idle.writer->Finish().error_code(), grpc::CANCELLED);
  EXPECT_TRUE(Eventually([&] {
    return Import("931", v1::IMPORT_KIND_TERM_DATES, kTermDates).ok();
  })) << "who gave up while the file arrived has left";
}

// Its token's authority kept that authority's Virtual School out, and two that named different ones
// sent two registers at once.
TEST_F(ImportStreamTest, AnOperatorTakesThePlaceOfOperatorsAloneWhateverAuthorityTheTokenNames) {
  Begin({});
  Upload idle = Open("931", v1::IMPORT_KIND_SCHOOLS);
  Start(idle);
  ASSERT_TRUE(Eventually([&] { return gate_->IsIn(std::string(ImportGate::kOfNone)); }));
  EXPECT_TRUE(Import("931", v1::IMPORT_KIND_TERM_DATES, kTermDates).ok());
  for (const char* authority : {"931", "933", ""}) {
    const grpc::Status second = Import(authority, v1::IMPORT_KIND_SCHOOLS, ManySchools(3));
    EXPECT_EQ(second.error_code(), grpc::RESOURCE_EXHAUSTED) << second.error_message();
    EXPECT_THAT(second.error_message(), HasSubstr("an import of the register or of bank holidays"));
  }
  ASSERT_TRUE(idle.SendOptions(Options("931", v1::IMPORT_KIND_SCHOOLS)) &&
              idle.Send(ManySchools(3)));
  idle.writer->WritesDone();
  EXPECT_TRUE(idle.writer->Finish().ok());
  EXPECT_TRUE(Import("933", v1::IMPORT_KIND_SCHOOLS, ManySchools(3)).ok()) << "its place is free";
}

TEST_F(ImportStreamTest, ABoundedNumberOfAuthoritiesIsInAtOnce) {
  Begin({.at_once = 2});
  Upload first = Open("931", v1::IMPORT_KIND_TERM_DATES);
  Start(first);
  Upload second = Open("933", v1::IMPORT_KIND_TERM_DATES);
  Start(second);
  ASSERT_TRUE(Eventually([&] { return gate_->IsIn("931") && gate_->IsIn("933"); }));
  const grpc::Status third = Import("941", v1::IMPORT_KIND_TERM_DATES, kTermDates);
  EXPECT_EQ(third.error_code(), grpc::RESOURCE_EXHAUSTED);
  EXPECT_THAT(third.error_message(), HasSubstr("several imports are running"));
  ASSERT_TRUE(first.SendOptions(Options("931", v1::IMPORT_KIND_TERM_DATES)));
  ASSERT_TRUE(first.Send(kTermDates));
  first.writer->WritesDone();
  EXPECT_TRUE(first.writer->Finish().ok());
  EXPECT_TRUE(Import("941", v1::IMPORT_KIND_TERM_DATES, kTermDates).ok());
}

TEST_F(ImportStreamTest, AFileAboveTheBoundOfItsKindIsRefusedAsSoonAsItIs) {
  Begin({});
  for (int kind = v1::IMPORT_KIND_SCHOOLS; kind <= v1::ImportKind_MAX; ++kind) {
    SCOPED_TRACE(kind);
    const auto known = static_cast<v1::ImportKind>(kind);
    const imports::Bounds bounds = imports::BoundsOf(known);
    ASSERT_GT(bounds.bytes, 0u) << "every kind has its bound";
    Upload upload = Open("931", known);
    Start(upload);
    ASSERT_TRUE(upload.SendOptions(Options("931", known)));
    upload.Send(std::string(bounds.bytes + 1, 'x'));
    const grpc::Status status = upload.writer->Finish();  // without WritesDone
    EXPECT_EQ(status.error_code(), grpc::INVALID_ARGUMENT) << status.error_message();
    EXPECT_EQ(ReasonOf(status), "FILE_TOO_LARGE");
    EXPECT_THAT(status.error_message(), HasSubstr(absl::StrCat(bounds.bytes / 1024, " kB")));
  }
  EXPECT_EQ(importing_.store.loads, 0);
}

// A preview that could not be cancelled went on for minutes.
TEST_F(ImportStreamTest, WhoGivesUpIsHeardBetweenAnyTwoRowsAlsoInAPreview) {
  Begin({});
  constexpr int kRows = 20'000;
  for (const bool dry_run : {true, false}) {
    SCOPED_TRACE(dry_run);
    absl::Notification reading, go_on;
    const int before = importing_.store.loads;
    importing_.store.before_load = [&](int read) {
      const int stop_at = dry_run ? 100 : kRows + 100;  // the check, the carrying out
      if (read - before == stop_at) reading.Notify();
      if (read - before >= stop_at) go_on.WaitForNotification();
    };
    Upload upload = Open("931");
    Start(upload);
    v1::ImportOptions options = Options("931", v1::IMPORT_KIND_SCHOOLS);
    options.set_dry_run(dry_run);
    ASSERT_TRUE(upload.SendOptions(options));
    ASSERT_TRUE(upload.Send(ManySchools(kRows)));
    upload.writer->WritesDone();
    reading.WaitForNotification();
    upload.context->TryCancel();
    EXPECT_EQ(upload.writer->Finish().error_code(), grpc::CANCELLED);
    MakeACall();
    go_on.Notify();
    ASSERT_TRUE(Eventually([&] { return !gate_->IsIn(std::string(ImportGate::kOfNone)); }));
    EXPECT_LT(importing_.store.loads - before, (dry_run ? 0 : kRows) + kRows / 2);
  }
}

TEST_F(ImportStreamTest, WhoGivesUpWhileAnotherImportRunsIsNeverCarriedOut) {
  Begin({});
  absl::Notification reading, go_on;
  importing_.store.before_load = [&](int read) {
    if (read == 2) reading.Notify();
    if (read >= 2) go_on.WaitForNotification();
  };
  auto first = std::async(std::launch::async,
                          [&] { return Import("931", v1::IMPORT_KIND_SCHOOLS, ManySchools(10)); });
  reading.WaitForNotification();
  Upload second = Open("933", v1::IMPORT_KIND_TERM_DATES);
  Start(second);
  ASSERT_TRUE(second.SendOptions(Options("933", v1::IMPORT_KIND_TERM_DATES)));
  ASSERT_TRUE(second.Send(kTermDates));
  second.writer->WritesDone();
  second.context->TryCancel();
  EXPECT_EQ(second.writer->Finish().error_code(), grpc::CANCELLED);
  MakeACall();
  go_on.Notify();
  EXPECT_TRUE(first.get().ok());
  ASSERT_TRUE(Eventually([&] { return !gate_->IsIn("933"); }));
  auto dates = importing_.facts.Find<TermDatesCodec>("933");
  ASSERT_TRUE(dates.ok());
  EXPECT_TRUE(dates->terms.empty());
}

}  // namespace
}  // namespace pepline::registry
