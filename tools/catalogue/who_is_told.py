"""The page of who is told when: the shipped profile's levels and people, with the instants of four examples as the product counts them
(pepline-count-deadlines, tests/count)."""
import datetime
import pathlib
import subprocess
import zoneinfo

import yaml

ROOT = pathlib.Path(__file__).resolve().parents[2]
PAGE = "docs/operations/who-is-told.md"
POLICY = "deploy/data/oxfordshire-policy.yaml"
LONDON = zoneinfo.ZoneInfo("Europe/London")
# A day from which the deadlines of the page are counted, and what it is an example of.
EXAMPLES = [(datetime.date(2025, 10, 8), "in term"), (datetime.date(2025, 10, 10), "before a weekend"),
            (datetime.date(2025, 12, 19), "before Christmas"), (datetime.date(2026, 8, 12), "in August")]
LATE = 1
KINDS = {"working-days": "working day", "school-days": "school day", "calendar-months": "calendar month"}
OF_SCHOOL = ("designated-teacher", "deputy-designated-teacher", "headteacher", "school-office")
CAPITALS = ("Designated Teacher", "Virtual School", "Independent Reviewing Officer")
ENDS_WITH_ITS_TERM = 0  # the length of a rule that counts no days
SCHOOL_DAYS_INTO_TERM = 15  # where the row of the next meeting leaves it out

INTRODUCTION = """# Who is told when

Written by `make who-is-told` from the shipped profile, [oxfordshire-policy.yaml](../../deploy/data/oxfordshire-policy.yaml), and Oxfordshire's days; `make check`
refuses a page that is not as they are. What an authority's own profile says: `pepctl policy show`.

Each deadline has a table. A row is a level: 0 reminds, and so do those below it, 1 is the deadline itself, 2 and 3 escalate while nothing happens. Work that is done ends
them all. A column is an example: the day at its head is the one on which the deadline's start happened, or for which the meeting is set, and days are counted
from the day after it, or back from it. Hours are London's; the end of a day is 23:59:59, and late begins a second later. *Estimated* stands where days were
counted of which no term dates are known, *past* where a level lies before the day that the deadline counts from: a reminder is then not sent.

Whoever is to be told hears of a level at once within their hours, 8 to 18 on days on which the school is open (people of a school) or on working days
(people of the council), else when their next hours begin, which is said after the instant as *told*
([decision 69](../decisions/0069-people-are-told-within-their-hours.md)). A level that is due on a morning on which those of the level before it are told follows
fifteen minutes after them. Reminders whose turn comes within the same minute leave to one person in one mail, a minute after the first
([decision 74](../decisions/0074-one-digest-a-person-a-day.md)).

Where nobody of a role can be told, others are told in its place ([decision 68](../decisions/0068-who-is-told-in-whose-place.md)).
"""


def days_of(length, kind):
    return f"{abs(length)} {KINDS[kind]}{'' if abs(length) == 1 else 's'}"


def counted(row, back):
    if row["length"] == ENDS_WITH_ITS_TERM:
        return "by the term's cut-off"
    if back:
        return f"{days_of(row['length'], row['day_kind'])} before the meeting"
    within = f"within {days_of(row['length'], row['day_kind'])}"
    if row["day_kind"] != "calendar-months":
        return within
    into_term = days_of(row.get("school_days_into_term", SCHOOL_DAYS_INTO_TERM), "school-days")
    return f"{within}, on a school day, but not before {into_term} into the term that follows"


def role_in_words(role):
    words = role.replace("-", " ")
    for capitals in CAPITALS:
        words = words.replace(capitals.lower(), capitals)
    return words


def level_in_words(level):
    if level["level"] == LATE:
        return f"{LATE} late"
    name = "reminder" if level["level"] < LATE else "escalation"
    side = "before" if level["offset"] < 0 else "after"
    return f"{level['level']} {name}, {days_of(level['offset'], level['day_kind'])} {side}"


def at_in_words(text, example, back):
    at = datetime.datetime.strptime(text, "%Y-%m-%dT%H:%M:%SZ").replace(tzinfo=datetime.timezone.utc).astimezone(LONDON)
    day = f"{at:%a} {at.day} {at:%b}" + ("" if at.year == example.year else f" {at.year}")
    hour = "end of day" if at.hour == 23 else f"{at:%H:%M}"
    return f"{day}, {hour}" + (", past" if not back and at.date() < example else "")


def told_in_words(at, school, council, roles, example):
    """When who is told, where that is not the instant itself."""
    sides = {}
    for role in roles:
        sides["school" if role in OF_SCHOOL else "council"] = school if role in OF_SCHOOL else council
    later = {side: told for side, told in sides.items() if told != at}
    if not later:
        return ""
    if len(later) == len(sides) and len(set(later.values())) == 1:
        return "; told " + at_in_words(next(iter(later.values())), example, True)
    return "; told " + ", ".join(f"{side} {at_in_words(told, example, True)}" for side, told in later.items())


def count(build):
    """(words of each rule, {(rule, day): fields of the product's line})"""
    years = [day.year for day, _ in EXAMPLES]
    out = subprocess.run([str(build / "bin/pepline-count-deadlines"), "--bank-holidays", "deploy/data/bank-holidays.json",
                          "--term-dates", "deploy/data/oxfordshire-term-dates.csv", "--policy", POLICY,
                          "--from", str(min(years)), "--until", str(max(years)), "--told"],
                         cwd=ROOT, check=True, capture_output=True, text=True).stdout
    lines = [line.split("\t") for line in out.splitlines()]
    return {line[1]: line[2:] for line in lines if line[0] == "rule"}, {(line[1], line[2]): line[3:] for line in lines if line[0] == "day"}


def table_of(row, back, answers):
    heads = [f"{day:%a} {day.day} {day:%b %Y}, {said}" for day, said in EXAMPLES]
    yield "| level | told | " + " | ".join(heads) + " |"
    yield "| --- | --- |" + " --- |" * len(heads)
    for index, level in enumerate(row["levels"]):
        cells = []
        for (day, _), answer in zip(EXAMPLES, answers):
            if answer[0] == "none":
                cells.append("none")
                continue
            at, school, council = (one.split("=")[1] for one in answer[2 + 3 * index:5 + 3 * index])
            cell = at_in_words(at, day, back) + (", estimated" if answer[1] == "no" else "")
            cells.append(cell + told_in_words(at, school, council, level["recipients"], day))
        told = ", ".join(role_in_words(role) for role in level["recipients"])
        yield f"| {level_in_words(level)} | {told} | " + " | ".join(cells) + " |"


def page(build):
    words, answers = count(build)
    profile = {row["rule_id"]: row for row in yaml.safe_load((ROOT / POLICY).read_text(encoding="utf-8"))["deadline_rules"]}
    parts = [INTRODUCTION]
    for rule, (late, duty, direction) in words.items():
        row, back = profile[rule], direction == "back"
        of_examples = [answers[rule, str(day)] for day, _ in EXAMPLES]
        title = late if late.startswith("ePEP") else late[0].upper() + late[1:]
        parts.append("\n".join([f"## {title}", "", f"{duty}, {counted(row, back)} (`{rule}`).", "",
                                *table_of(row, back, of_examples)]) + "\n")
    return "\n".join(parts)
