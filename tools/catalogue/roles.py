"""Who may call which RPC, as the contracts say it of each (pepline/common/v1/access.proto)."""
import importlib.util
import pathlib
import subprocess
import tempfile

from google.protobuf import descriptor_pb2

ROOT = pathlib.Path(__file__).resolve().parents[2]
SERVICES = (ROOT / "services/list").read_text().split()
ACCESS = "pepline/common/v1/access.proto"


def read_contracts():
    """(the module of access.proto, the files of the services with their options)"""
    with tempfile.TemporaryDirectory() as folder:
        out = pathlib.Path(folder) / "set"
        subprocess.run(["protoc", "-I", ROOT / "proto", "--include_imports", f"--descriptor_set_out={out}", f"--python_out={folder}", ACCESS,
                        *(f"pepline/{s}/v1/{s}_service.proto" for s in SERVICES)], check=True)
        spec = importlib.util.spec_from_file_location("access_pb2", pathlib.Path(folder) / ACCESS.replace(".proto", "_pb2.py"))
        access_pb2 = importlib.util.module_from_spec(spec)
        spec.loader.exec_module(access_pb2)  # before the options are read: it says what they are
        files = {file.name: file for file in descriptor_pb2.FileDescriptorSet.FromString(out.read_bytes()).file}
    return access_pb2, [files[f"pepline/{s}/v1/{s}_service.proto"] for s in SERVICES]


ACCESS_PB2, FILES = read_contracts()


def role_name(number):
    """ "designated-teacher", as tokens say it"""
    return ACCESS_PB2.Role.Name(number).removeprefix("ROLE_").lower().replace("_", "-")


def people():
    """The roles that a person may have."""
    return [role_name(number) for number in ACCESS_PB2.Role.values() if number not in (ACCESS_PB2.ROLE_UNSPECIFIED, ACCESS_PB2.ROLE_SERVICE)]


def in_words(roles):
    return ", ".join(role_name(role) for role in roles)


def table():
    lines = ["| RPC | any record | of the token's authority | of the token's schools | of these, what the role was told of | what is no authority's | personal data |",
             "| --- | --- | --- | --- | --- | --- | --- |"]
    for file in FILES:
        for method in file.service[0].method:
            access = method.options.Extensions[ACCESS_PB2.access]
            every = "every role of a person" if access.every_person else in_words(access.any)
            lines.append(f"| {file.package.split('.')[1]} `{method.name}` | {every} | {in_words(access.own_authority)} | "
                         f"{in_words(access.own_school)} | {in_words([*access.own_authority_if_told, *access.own_school_if_told])} | "
                         f"{in_words(access.no_authority)} | {'yes, audited' if access.personal_data else ''} |")
    return "\n".join(lines) + "\n"
