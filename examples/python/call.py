#!/usr/bin/python3
"""Calls one RPC by gRPC reflection, with a deadline, and prints the answer as JSON.

usage: call.py HOST:PORT pepline.scheduling.v1.SchedulingService/GetPep '{"child_id": "..."}'

The token is in PEPLINE_TOKEN; the files of mutual TLS in PEPLINE_TLS_CA, PEPLINE_TLS_CERTIFICATE and PEPLINE_TLS_KEY (without
them: plain text, for development alone).
"""
import os
import pathlib
import sys

import grpc
from google.protobuf import json_format
from google.protobuf.descriptor_pool import DescriptorPool
from google.protobuf.message_factory import MessageFactory
from google.rpc import error_details_pb2
from grpc_reflection.v1alpha.proto_reflection_descriptor_database import ProtoReflectionDescriptorDatabase
from grpc_status import rpc_status


def channel_to(address):
    files = [os.environ.get(f"PEPLINE_TLS_{name}") for name in ("CA", "KEY", "CERTIFICATE")]
    if not any(files):
        return grpc.insecure_channel(address)
    return grpc.secure_channel(address, grpc.ssl_channel_credentials(*(pathlib.Path(file).read_bytes() for file in files)))


def reason_of(error):
    """The stable word for what went wrong, and the fields that are at fault."""
    status = rpc_status.from_call(error)
    info, bad = error_details_pb2.ErrorInfo(), error_details_pb2.BadRequest()
    for detail in status.details if status else ():
        detail.Unpack(info)
        detail.Unpack(bad)
    return info.reason, [violation.field for violation in bad.field_violations]


def main():
    address, rpc, request = sys.argv[1:]
    channel = channel_to(address)
    pool = DescriptorPool(ProtoReflectionDescriptorDatabase(channel))
    service, method = rpc.split("/")
    contract = pool.FindServiceByName(service).FindMethodByName(method)
    kinds = MessageFactory(pool)
    request = json_format.Parse(request, kinds.GetPrototype(contract.input_type)())
    call = channel.unary_unary(f"/{rpc}", request_serializer=lambda message: message.SerializeToString(),
                               response_deserializer=kinds.GetPrototype(contract.output_type).FromString)
    metadata = [("authorization", f"Bearer {os.environ['PEPLINE_TOKEN']}")]
    try:
        answer = call(request, timeout=5, metadata=metadata)
    except grpc.RpcError as error:
        reason, fields = reason_of(error)
        sys.exit(f"{error.code().name} {reason} {','.join(fields)}: {error.details()}")
    print(json_format.MessageToJson(answer, preserving_proto_field_name=True, indent=1))


if __name__ == "__main__":
    main()
