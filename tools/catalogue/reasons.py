"""Every reason that an answer of gRPC can give, taken from the sources: the constants of the services' rules, what the RPC server and the
handlers refuse themselves, and the words that the rules say with each.
"""
import dataclasses
import pathlib
import re

ROOT = pathlib.Path(__file__).resolve().parents[2]
EVERY = "all"
# {code, "REASON"} wherever a refusal is made; the words follow in the same call where it is made on the spot.
PAIR = re.compile(r'\{\s*(?:grpc::)?(?:StatusCode::)?([A-Z_]+),\s*"([A-Z][A-Z_]+)"\s*\}')
# A constant of the rules, and what gRPC makes of its kind (CodeOf in shared/rpc/refusal_status.cc).
CONSTANT = re.compile(r'constexpr RefusalReason (k\w+)\{\s*"([A-Z][A-Z_]+)",\s*RefusalKind::(k\w+)\};')
LIST = re.compile(r"namespace (\w*refusals) \{(.*?)\}  // namespace \1", re.S)
KIND = re.compile(r"case RefusalKind::(k\w+):\s*return grpc::([A-Z_]+);")

# What can be said of a code alone.
AGAIN = {
    "UNAVAILABLE": "yes, after a pause",
    "ABORTED": "yes, at once",
    "RESOURCE_EXHAUSTED": "yes, after a pause",
    "DEADLINE_EXCEEDED": "yes, with more time",
    "UNAUTHENTICATED": "with a good token",
    "FAILED_PRECONDITION": "when the record stands otherwise",
    "NOT_FOUND": "when the record is there",
    "ALREADY_EXISTS": "no",
    "INVALID_ARGUMENT": "no: mend the request",
    "PERMISSION_DENIED": "no",
    "DATA_LOSS": "no",
    "INTERNAL": "no",
}
# Reasons whose words the sources put together as the case is: what they mean.
WORDS = {
    "DEPENDENCY_AWAY": "Redis, or another thing that the service needs, does not answer; nothing, or everything, was written",
    "CHANGED_BY_OTHERS": "others changed the same record at the same time, again and again; nothing was written",
    "STORED_DATA_UNREADABLE": "what is stored cannot be read; tell whoever runs Pepline",
    "INVALID_FIELD": "one violation for each bad field, with its path and what to give",
    "NOT_FOUND": "there is no such record, or it is not yours to see: which of the two is not told",
    "UNAUTHENTICATED": "no token, or one that is refused; the message says why and never repeats it",
    "PEER_NOT_ALLOWED": "the client certificate may not be used for this RPC; see deploy/peers.yaml",
    "ROLE_NOT_ALLOWED": "the token's role may not call this RPC; see the table of roles",
    "REQUEST_ID_REUSED": "you used the request_id before for another command about this record; give each command its own",
    "MALFORMED_REQUEST": "the bytes are no request of the RPC: cut, changed, another message's, or a text in them is not UTF-8",
    "TEXT_REQUIRED": "say it in a few words",
}


@dataclasses.dataclass
class Reason:
    reason: str
    code: str
    services: list
    words: list  # as the sources have them


def text(path):
    return path.read_text(encoding="utf-8")


def literals(code):
    """The arguments of a call that are string literals, adjacent ones joined; what is put in between by the program is '...'."""
    found = []
    for part in re.split(r',(?=(?:[^"]*"[^"]*")*[^"]*$)', code):
        pieces = re.findall(r'"((?:[^"\\]|\\.)*)"', part)
        if pieces:
            found.append("".join(pieces).replace('\\"', '"'))
    return found


def advice(code):
    """The words of a refusal: the text with spaces among a call's arguments; several of one StrCat are one text."""
    words = []
    for group in re.findall(r"absl::StrCat\(((?:[^()]|\([^()]*\))*)\)", code):
        parts = literals(group)
        if sum(" " in part for part in parts):
            words.append("...".join(parts))
    bare = re.sub(r"absl::StrCat\((?:[^()]|\([^()]*\))*\)", "", code)
    return words + [part for part in literals(bare) if " " in part]


def statement(source, start):
    """From a position to the end of its statement."""
    depth, quoted = 0, False
    for i in range(start, len(source)):
        c = source[i]
        if c == '"' and source[i - 1] != "\\":
            quoted = not quoted
        elif quoted:
            continue
        elif c in "({":
            depth += 1
        elif c in ")}":
            depth -= 1
            if depth < 0:
                return source[start:i]
        elif c == ";":
            return source[start:i]
    return source[start:]


def said_by_rules(service, group, name):
    words = []
    for path in sorted((ROOT / "services" / service).rglob("*.cc")):
        source = text(path)
        names = "|".join([group, *re.findall(rf"namespace (\w+) = {group};", source)])
        for found in re.finditer(rf"\b(?:{names})::{name}\b", source):
            words += advice(statement(source, found.end()))
    return words


def refusals_of_rules():
    """(service, code, reason, words) of every constant of the services' rules."""
    codes = dict(KIND.findall(text(ROOT / "shared/rpc/refusal_status.cc")))
    for path in sorted(ROOT.glob("services/*/domain/**/*.h")):
        service, lists = path.relative_to(ROOT).parts[1], LIST.findall(text(path))
        constants = [(group, *found) for group, body in lists for found in CONSTANT.findall(body)]
        if len(constants) != text(path).count("RefusalReason k"):
            raise ValueError(f"{path}: a refusal is not of the form that this reads: "
                             "namespace ..._refusals { inline constexpr RefusalReason kName{\"REASON\", RefusalKind::kKind}; }")
        for group, name, reason, kind in constants:
            yield service, codes[kind], reason, said_by_rules(service, group, name)


def refusals_on_the_spot():
    """The same of what handlers and the RPC server refuse themselves."""
    for path in sorted([*ROOT.glob("services/**/*.cc"), *ROOT.glob("shared/*/*.cc"), *ROOT.glob("shared/*/*.h")]):
        top, service = path.relative_to(ROOT).parts[:2]
        owner = service if top == "services" else EVERY
        source = text(path)
        for found in PAIR.finditer(source):
            yield owner, found.group(1), found.group(2), advice(statement(source, found.end()))


def refusals_by_status():
    """What becomes of an absl::Status, and what refusal_status.cc answers itself."""
    source = text(ROOT / "shared/rpc/refusal_status.cc")
    for name, reason in re.findall(r'case absl::StatusCode::k(\w+):\s*return "([A-Z_]+)";', source):
        yield EVERY, re.sub(r"(?<!^)(?=[A-Z])", "_", name).upper(), reason, []
    for code, reason in re.findall(r'StatusOf\(grpc::([A-Z_]+), domain, "([A-Z_]+)"', source):
        yield EVERY, code, reason, []


def reasons():
    """Every reason with its code, sorted; the same reason of several services is one where the code is the same."""
    found = {}
    for owner, code, reason, words in [*refusals_of_rules(), *refusals_on_the_spot(), *refusals_by_status()]:
        one = found.setdefault((reason, code), Reason(reason, code, [], []))
        one.services += [owner] if owner not in one.services else []
        one.words = list(dict.fromkeys([*one.words, *words]))
    for one in found.values():
        if EVERY in one.services:
            one.services = [EVERY]
        if word := WORDS.get(one.reason):
            one.words = [word]
    return [found[key] for key in sorted(found)]


def table():
    lines = ["| reason | code | of | what is the matter, and what to do | again? |", "| --- | --- | --- | --- | --- |"]
    lines += [f"| `{one.reason}` | {one.code} | {', '.join(one.services)} | {'<br>'.join(one.words)} | {AGAIN[one.code]} |"
              for one in reasons()]
    return "\n".join(lines) + "\n"
