"""Who may call which RPC, from the one authorisation table of the sources."""
import pathlib
import re

ROOT = pathlib.Path(__file__).resolve().parents[2]
SOURCE = ROOT / "shared/domain/authorisation.cc"
LIST = r"(\w+|\{[^{}]*\})"
ROW = re.compile(rf'\{{\s*"(pepline\.[\w.]+/\w+)",\s*{LIST},\s*{LIST},\s*{LIST}(?:,\s*(!?kPersonal))?(?:,\s*{LIST})?,?\s*\}}')


def role_names(source):
    """{"kVs": "virtual-school", ...}"""
    short = dict(re.findall(r"constexpr Role (k\w+) = Role::(k\w+);", source))
    long = dict(re.findall(r'\{(?:Role::)?(k\w+), "([a-z-]+)"\}', source))
    return {**long, **{f"Role::{name}": word for name, word in long.items()}, **{a: long.get(a, long.get(b)) for a, b in short.items()}}


def rows():
    """[(rpc, roles of any, of the authority, of the school, of what is no authority's, gives personal data)]"""
    source = SOURCE.read_text(encoding="utf-8")
    names = role_names(source)
    lists = dict(re.findall(r"const std::vector<Role> (k\w+) = (\{[^}]*\});", source))

    def roles(text):
        return [names[one] for one in re.findall(r"(?:Role::)?k\w+", lists.get(text, text))]

    found = [(rpc, roles(every), roles(authority), roles(school), roles(national), personal == "kPersonal")
             for rpc, every, authority, school, personal, national in ROW.findall(source)]
    if len(found) != len(re.findall(r'"pepline\.[\w.]+/\w+"', source)):
        raise ValueError(f"{SOURCE}: a row is not of the form that this reads")
    return found


def in_words(roles, source_names):
    people = [name for name in source_names if name != "service"]
    return "every role of a person" if set(roles) == set(people) else ", ".join(roles)


def table():
    names = sorted(set(role_names(SOURCE.read_text(encoding="utf-8")).values()))
    lines = ["| RPC | any record | of the token's authority | of the token's schools | what is no authority's | personal data |",
             "| --- | --- | --- | --- | --- | --- |"]
    for rpc, every, authority, school, national, personal in rows():
        service, method = rpc.split("/")
        lines.append(f"| {service.split('.')[1]} `{method}` | {in_words(every, names)} | {in_words(authority, names)} | {in_words(school, names)} | "
                     f"{in_words(national, names)} | "
                     f"{'yes, audited' if personal else ''} |")
    return "\n".join(lines) + "\n"
