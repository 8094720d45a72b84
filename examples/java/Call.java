// Calls one RPC from the contracts, with a deadline, and prints the answer as text.
// usage: java -cp 'JARS/*' Call.java HOST:PORT pepline.scheduling.v1.SchedulingService/GetPep 'child_id: "..."' DESCRIPTOR_SET
//
// The token is in PEPLINE_TOKEN; the files of mutual TLS in PEPLINE_TLS_CA, PEPLINE_TLS_CERTIFICATE and PEPLINE_TLS_KEY (PKCS#8;
// without them: plain text, for development alone). A real program would have protoc write stubs; they take the deadline in the
// same way: stub.withDeadlineAfter(5, TimeUnit.SECONDS).
import com.google.protobuf.DescriptorProtos.FileDescriptorProto;
import com.google.protobuf.DescriptorProtos.FileDescriptorSet;
import com.google.protobuf.Descriptors.FileDescriptor;
import com.google.protobuf.Descriptors.ServiceDescriptor;
import com.google.protobuf.DynamicMessage;
import com.google.protobuf.TextFormat;
import com.google.rpc.ErrorInfo;
import io.grpc.CallOptions;
import io.grpc.ChannelCredentials;
import io.grpc.Grpc;
import io.grpc.InsecureChannelCredentials;
import io.grpc.ManagedChannel;
import io.grpc.Metadata;
import io.grpc.MethodDescriptor;
import io.grpc.StatusRuntimeException;
import io.grpc.TlsChannelCredentials;
import io.grpc.protobuf.ProtoUtils;
import io.grpc.protobuf.StatusProto;
import io.grpc.stub.ClientCalls;
import io.grpc.stub.MetadataUtils;
import io.grpc.ClientInterceptors;
import java.io.File;
import java.io.FileInputStream;
import java.util.HashMap;
import java.util.Map;
import java.util.concurrent.TimeUnit;

public class Call {
  static ChannelCredentials credentials() throws Exception {
    Map<String, String> environment = System.getenv();
    if (!environment.containsKey("PEPLINE_TLS_CA")) return InsecureChannelCredentials.create();
    return TlsChannelCredentials.newBuilder()
        .trustManager(new File(environment.get("PEPLINE_TLS_CA")))
        .keyManager(new File(environment.get("PEPLINE_TLS_CERTIFICATE")), new File(environment.get("PEPLINE_TLS_KEY")))
        .build();
  }

  static ServiceDescriptor service(String file, String name) throws Exception {
    Map<String, FileDescriptor> built = new HashMap<>();
    try (FileInputStream in = new FileInputStream(file)) {
      for (FileDescriptorProto one : FileDescriptorSet.parseFrom(in).getFileList()) { // imports come first
        FileDescriptor[] imports = one.getDependencyList().stream().map(built::get).toArray(FileDescriptor[]::new);
        built.put(one.getName(), FileDescriptor.buildFrom(one, imports));
      }
    }
    return built.values().stream().flatMap(one -> one.getServices().stream())
        .filter(one -> one.getFullName().equals(name)).findFirst().orElseThrow();
  }

  static String reasonOf(StatusRuntimeException error) throws Exception {
    com.google.rpc.Status status = StatusProto.fromThrowable(error);
    if (status == null) return "";
    for (com.google.protobuf.Any detail : status.getDetailsList()) {
      if (detail.is(ErrorInfo.class)) return detail.unpack(ErrorInfo.class).getReason();
    }
    return "";
  }

  public static void main(String[] arguments) throws Exception {
    String[] names = arguments[1].split("/");
    com.google.protobuf.Descriptors.MethodDescriptor contract = service(arguments[3], names[0]).findMethodByName(names[1]);
    DynamicMessage.Builder request = DynamicMessage.newBuilder(contract.getInputType());
    TextFormat.merge(arguments[2], request);
    MethodDescriptor<DynamicMessage, DynamicMessage> rpc = MethodDescriptor.<DynamicMessage, DynamicMessage>newBuilder()
        .setType(MethodDescriptor.MethodType.UNARY)
        .setFullMethodName(arguments[1])
        .setRequestMarshaller(ProtoUtils.marshaller(DynamicMessage.getDefaultInstance(contract.getInputType())))
        .setResponseMarshaller(ProtoUtils.marshaller(DynamicMessage.getDefaultInstance(contract.getOutputType())))
        .build();
    Metadata metadata = new Metadata();
    metadata.put(Metadata.Key.of("authorization", Metadata.ASCII_STRING_MARSHALLER), "Bearer " + System.getenv("PEPLINE_TOKEN"));
    ManagedChannel channel = Grpc.newChannelBuilder(arguments[0], credentials()).build();
    try {
      CallOptions options = CallOptions.DEFAULT.withDeadlineAfter(5, TimeUnit.SECONDS);
      System.out.print(ClientCalls.blockingUnaryCall(
          ClientInterceptors.intercept(channel, MetadataUtils.newAttachHeadersInterceptor(metadata)), rpc, options, request.build()));
    } catch (StatusRuntimeException error) {
      System.err.println(error.getStatus().getCode() + " " + reasonOf(error) + ": " + error.getStatus().getDescription());
      System.exit(1);
    } finally {
      channel.shutdownNow();
    }
  }
}
