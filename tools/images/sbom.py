"""The list of an image's packages (CycloneDX 1.5) from the records that dpkg left in it."""
import re
import uuid
from urllib.parse import quote

# The names that Debian's machine-readable copyright files use.
LICENCE = re.compile(r"^License:[ \t]*([A-Za-z0-9][A-Za-z0-9.+ -]*?)[ \t]*$", re.M)


def packages_of(root):
    """[{field: value}] of every package in the image."""
    records = []
    for path in sorted((root / "var/lib/dpkg/status.d").iterdir()):
        fields = re.findall(r"^(\w[\w-]*): *(.*)$", path.read_text(encoding="utf-8"), re.M)
        records.append(dict(fields))
    return records


def debian_of(root):
    return re.search(r'^VERSION_ID="(\d+)"$', (root / "usr/lib/os-release").read_text(encoding="utf-8"), re.M).group(1)


def licences_of(root, package):
    path = root / "usr/share/doc" / package / "copyright"
    if not path.is_file():
        return []
    return sorted(set(LICENCE.findall(path.read_text(encoding="utf-8", errors="replace"))))


def sbom_of(root, name, version):
    components = []
    for record in packages_of(root):
        package, its_version, architecture = record["Package"], record["Version"], record["Architecture"]
        purl = (f"pkg:deb/debian/{quote(package)}@{quote(its_version)}"
                f"?arch={architecture}&distro=debian-{debian_of(root)}")
        component = {"type": "library", "bom-ref": purl, "name": package, "version": its_version, "purl": purl,
                     "supplier": {"name": record.get("Maintainer", "Debian")}}
        if licences := licences_of(root, package):
            component["licenses"] = [{"license": {"name": licence}} for licence in licences]
        components.append(component)
    program = f"pepline-{name}@{version}"
    return {"bomFormat": "CycloneDX", "specVersion": "1.5", "version": 1,
            "serialNumber": f"urn:uuid:{uuid.uuid5(uuid.NAMESPACE_URL, program)}",
            "metadata": {"component": {"type": "container", "bom-ref": program, "name": f"pepline-{name}", "version": version}},
            "components": components,
            "dependencies": [{"ref": program, "dependsOn": [c["bom-ref"] for c in components]}]}


def check_shape(bill):
    """Raises SystemExit with what is wrong. The rules of CycloneDX 1.5 that concern what is written here."""
    wrong = []
    if (bill["bomFormat"], bill["specVersion"]) != ("CycloneDX", "1.5"):
        wrong.append("not CycloneDX 1.5")
    names = {component["name"] for component in bill["components"]}
    for must in ("libc6", "libgrpc", "libprotobuf", "libssl", "librdkafka", "tzdata", "ca-certificates"):
        if not any(name.startswith(must) for name in names):
            wrong.append(f"{must} is not in it")
    references = [component["bom-ref"] for component in bill["components"]]
    if len(set(references)) != len(references):
        wrong.append("a package is in it twice")
    for component in bill["components"]:
        if not re.fullmatch(r"pkg:deb/debian/[a-z0-9.%B-]+@[^?@ +:]+\?arch=(amd64|all|arm64)&distro=debian-\d+", component["purl"]):
            wrong.append(f"{component['purl']} is no package URL")
    # Not every copyright file of Debian is machine-readable; most are.
    if sum("licenses" in component for component in bill["components"]) < len(bill["components"]) / 2:
        wrong.append("most packages have no licence")
    if wrong:
        raise SystemExit("images-test: the list of packages: " + "; ".join(wrong))
