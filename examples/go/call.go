// Calls one RPC by gRPC reflection, with a deadline, and prints the answer as JSON.
//
// usage: call HOST:PORT pepline.scheduling.v1.SchedulingService/GetPep '{"child_id": "..."}'
//
// The token is in PEPLINE_TOKEN; the files of mutual TLS in PEPLINE_TLS_CA, PEPLINE_TLS_CERTIFICATE and PEPLINE_TLS_KEY
// (without them: plain text, for development alone).
package main

import (
	"context"
	"crypto/tls"
	"crypto/x509"
	"fmt"
	"os"
	"strings"
	"time"

	"google.golang.org/genproto/googleapis/rpc/errdetails"
	"google.golang.org/grpc"
	"google.golang.org/grpc/credentials"
	"google.golang.org/grpc/credentials/insecure"
	"google.golang.org/grpc/metadata"
	reflection "google.golang.org/grpc/reflection/grpc_reflection_v1alpha"
	"google.golang.org/grpc/status"
	"google.golang.org/protobuf/encoding/protojson"
	"google.golang.org/protobuf/proto"
	"google.golang.org/protobuf/reflect/protodesc"
	"google.golang.org/protobuf/reflect/protoreflect"
	"google.golang.org/protobuf/types/descriptorpb"
	"google.golang.org/protobuf/types/dynamicpb"
)

func credentialsOf() (credentials.TransportCredentials, error) {
	if os.Getenv("PEPLINE_TLS_CA") == "" {
		return insecure.NewCredentials(), nil
	}
	authority, err := os.ReadFile(os.Getenv("PEPLINE_TLS_CA"))
	if err != nil {
		return nil, err
	}
	own, err := tls.LoadX509KeyPair(os.Getenv("PEPLINE_TLS_CERTIFICATE"), os.Getenv("PEPLINE_TLS_KEY"))
	if err != nil {
		return nil, err
	}
	roots := x509.NewCertPool()
	roots.AppendCertsFromPEM(authority)
	return credentials.NewTLS(&tls.Config{RootCAs: roots, Certificates: []tls.Certificate{own}}), nil
}

// The service as the server itself describes it.
func describe(ctx context.Context, connection *grpc.ClientConn, name string) (protoreflect.ServiceDescriptor, error) {
	stream, err := reflection.NewServerReflectionClient(connection).ServerReflectionInfo(ctx)
	if err != nil {
		return nil, err
	}
	defer stream.CloseSend()
	files := map[string]*descriptorpb.FileDescriptorProto{}
	ask := func(request *reflection.ServerReflectionRequest) error {
		if err := stream.Send(request); err != nil {
			return err
		}
		answer, err := stream.Recv()
		if err != nil {
			return err
		}
		if answer.GetErrorResponse() != nil {
			return fmt.Errorf("%s", answer.GetErrorResponse().ErrorMessage)
		}
		for _, bytes := range answer.GetFileDescriptorResponse().GetFileDescriptorProto() {
			file := &descriptorpb.FileDescriptorProto{}
			if err := proto.Unmarshal(bytes, file); err != nil {
				return err
			}
			files[file.GetName()] = file
		}
		return nil
	}
	if err := ask(&reflection.ServerReflectionRequest{
		MessageRequest: &reflection.ServerReflectionRequest_FileContainingSymbol{FileContainingSymbol: name}}); err != nil {
		return nil, err
	}
	for missing := true; missing; {
		missing = false
		for _, file := range files {
			for _, imported := range file.GetDependency() {
				if files[imported] != nil {
					continue
				}
				missing = true
				if err := ask(&reflection.ServerReflectionRequest{
					MessageRequest: &reflection.ServerReflectionRequest_FileByFilename{FileByFilename: imported}}); err != nil {
					return nil, err
				}
			}
		}
	}
	set := &descriptorpb.FileDescriptorSet{}
	for _, file := range files {
		set.File = append(set.File, file)
	}
	known, err := protodesc.NewFiles(set)
	if err != nil {
		return nil, err
	}
	found, err := known.FindDescriptorByName(protoreflect.FullName(name))
	if err != nil {
		return nil, err
	}
	return found.(protoreflect.ServiceDescriptor), nil
}

// Code, the stable word for what went wrong, and what to do.
func inWords(err error) string {
	failed := status.Convert(err)
	reason := ""
	for _, detail := range failed.Details() {
		if info, ok := detail.(*errdetails.ErrorInfo); ok {
			reason = info.Reason
		}
	}
	return fmt.Sprintf("%s %s: %s", failed.Code(), reason, failed.Message())
}

func run(address, rpc, request string) error {
	transport, err := credentialsOf()
	if err != nil {
		return err
	}
	connection, err := grpc.Dial(address, grpc.WithTransportCredentials(transport))
	if err != nil {
		return err
	}
	defer connection.Close()
	ctx, cancel := context.WithTimeout(context.Background(), 5*time.Second)
	defer cancel()
	ctx = metadata.AppendToOutgoingContext(ctx, "authorization", "Bearer "+os.Getenv("PEPLINE_TOKEN"))
	service, method, _ := strings.Cut(rpc, "/")
	contract, err := describe(ctx, connection, service)
	if err != nil {
		return err
	}
	asked := contract.Methods().ByName(protoreflect.Name(method))
	if asked == nil {
		return fmt.Errorf("%s has no %s", service, method)
	}
	question, answer := dynamicpb.NewMessage(asked.Input()), dynamicpb.NewMessage(asked.Output())
	if err := protojson.Unmarshal([]byte(request), question); err != nil {
		return err
	}
	if err := connection.Invoke(ctx, "/"+rpc, question, answer); err != nil {
		return fmt.Errorf("%s", inWords(err))
	}
	fmt.Println(protojson.MarshalOptions{Multiline: true, Indent: " ", UseProtoNames: true}.Format(answer))
	return nil
}

func main() {
	if len(os.Args) != 4 {
		fmt.Fprintln(os.Stderr, "usage: call HOST:PORT SERVICE/METHOD JSON")
		os.Exit(2)
	}
	if err := run(os.Args[1], os.Args[2], os.Args[3]); err != nil {
		fmt.Fprintln(os.Stderr, err)
		os.Exit(1)
	}
}
