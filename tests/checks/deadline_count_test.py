#!/usr/bin/python3
"""Every deadline of the shipped profile from every day of 2019 to 2035, counted here a second time, is as the product counts it.

The product's side is pepline-count-deadlines (tests/count). This side reads the same files itself and counts days one by one in
sets of days; it shares no code with the calendar. A difference names the rule, the day and both answers. The page of who is
told when is as the profile is.

usage: deadline_count_test.py --build <build folder>
"""
import calendar
import csv
import datetime
import functools
import itertools
import json
import pathlib
import subprocess
import sys
import tempfile
import unittest
import zoneinfo

import yaml

ROOT = pathlib.Path(__file__).resolve().parents[2]
sys.path.insert(0, str(ROOT / "tools/catalogue"))
import who_is_told  # noqa: E402

BUILD = ROOT / "build/release"
DATA = ROOT / "deploy/data"
SCHOOLS = DATA / "examples/school-calendars.csv"
LONDON = zoneinfo.ZoneInfo("Europe/London")
DAY = datetime.timedelta(days=1)
TERMS = ("autumn", "spring", "summer")
# A holiday within a year lasts four weeks at most (Christmas and Easter of independent schools), the summer's ten.
LONGEST_HOLIDAY, LONGEST_SUMMER = 28, 70
SCHOOL_DAYS_INTO_TERM = 15  # of the next meeting, where its row leaves it out
COUNCIL = {"virtual-school-caseworker", "virtual-school-head", "social-worker", "independent-reviewing-officer"}
MOST_SHOWN = 20


def date(text):
    return datetime.date.fromisoformat(text)


def days(first, last):
    """Both inclusive."""
    return (first + i * DAY for i in range((last - first).days + 1))


def rows(path):
    with open(path, encoding="utf-8", newline="") as file:
        return list(csv.DictReader(file))


class Part:
    """Of a term, before or after half-term."""

    def __init__(self, row):
        self.year, self.term, self.part = row["academic_year"], row["term"], int(row["part"])
        self.first, self.last = date(row["first_day"]), date(row["last_day"] or row["first_day"])
        # Six parts of a year come one after the other.
        self.place = int(self.year[:4]) * 6 + TERMS.index(self.term) * 2 + self.part - 1


class Said:
    """What the files say of days, as sets of days."""

    def __init__(self, bank_holidays, parts, closed=(), replaced=()):
        self.bank_holidays, self.closed = frozenset(bank_holidays), frozenset(closed)
        parts = sorted(parts, key=lambda part: part.first)
        self.in_term, self.known = set(), set()
        for part in parts:
            self.in_term.update(days(part.first, part.last))
        self.known |= self.in_term
        for one, other in itertools.pairwise(parts):
            between = list(days(one.last + DAY, other.first - DAY))
            longest = LONGEST_HOLIDAY if one.year == other.year else LONGEST_SUMMER
            # A part that nobody has named may lie between two that do not follow each other, unless there is no room for it.
            if one.place + 1 == other.place or len(between) <= longest:
                self.known.update(between)
        self.terms = self.spans(parts, stands_in=False)
        # A year that the school names is the school's, but a term that it left out is still a term, of which no day is known.
        names = {term[:2] for term in self.terms}
        self.terms += [term for term in self.spans(replaced, stands_in=True) if term[:2] not in names]
        self.terms.sort(key=lambda term: term[2])

    @staticmethod
    def spans(parts, stands_in):
        """[(academic year, term, first day, last day, whether it stands in)]"""
        ends = {}
        for part in parts:
            first, last = ends.get((part.year, part.term), (part.first, part.last))
            ends[part.year, part.term] = min(first, part.first), max(last, part.last)
        return [(*name, *end, stands_in) for name, end in ends.items()]

    @classmethod
    def of(cls, files):
        holidays = {date(event["date"]) for event in json.loads(files["bank-holidays"].read_text(encoding="utf-8"))["england-and-wales"]["events"]}
        parts = [Part(row) for row in rows(files["term-dates"])]
        if "school" not in files:
            return cls(holidays, parts)
        own = [row for row in rows(files["school-calendars"]) if row["school_urn"] == files["school"]]
        terms = [Part(row) for row in own if row["kind"] == "term"]
        closed = {day for row in own if row["kind"] in ("inset", "closed")
                  for day in days(date(row["first_day"]), date(row["last_day"] or row["first_day"]))}
        named = {part.year for part in terms}
        return cls(holidays, [part for part in parts if part.year not in named] + terms, closed, [part for part in parts if part.year in named])

    def is_working_day(self, day):
        return day.weekday() < 5 and day not in self.bank_holidays

    def is_school_day(self, day):
        """Of days of which nobody has said anything, every working day is taken for one."""
        return self.is_working_day(day) and day not in self.closed and (day in self.in_term or day not in self.known)

    @functools.cache
    def count(self, start, number, kind):
        """The day that many days from another, which itself is not counted; no day from it is itself, or the next that counts."""
        if kind == "calendar-months":
            month = start.year * 12 + start.month - 1 + number
            year, month = month // 12, month % 12 + 1
            return datetime.date(year, month, min(start.day, calendar.monthrange(year, month)[1]))
        counts = {"working-days": self.is_working_day, "school-days": self.is_school_day}[kind]
        day, step, left = (start, DAY if number > 0 else -DAY, abs(number)) if number else (start - DAY, DAY, 1)
        while left:
            day += step
            left -= counts(day)
        return day

    def term_on(self, day):
        return next((term for term in self.terms if term[2] <= day <= term[3]), None)

    def term_after(self, day):
        """The term that comes after a day, where only a holiday lies before it; None where none is known."""
        coming = next((term for term in self.terms if day < term[2]), None)
        return coming if coming and (coming[2] - day).days <= LONGEST_SUMMER else None

    def is_between_terms(self, day):
        """In a holiday by the terms that are known, whether or not their days are."""
        before = [term for term in self.terms if term[2] <= day]
        return bool(before) and self.term_on(day) is None and self.term_after(before[-1][3]) is not None


@functools.cache
def instant(day, hour, minute=0, second=0):
    at = datetime.datetime(day.year, day.month, day.day, hour, minute, second, tzinfo=LONDON)
    return at.astimezone(datetime.timezone.utc).strftime("%Y-%m-%dT%H:%M:%SZ")


def end_of(day):
    return instant(day, 23, 59, 59)


class OwnCount:
    """Counts a profile's deadlines by what its comments, docs/domain.md and decisions 43 and 56 say of them."""

    def __init__(self, said, profile):
        self.said = said
        self.rows = {row["rule_id"]: row for row in profile["deadline_rules"] if not row.get("disabled")}
        self.cut_offs = {(row["academic_year"], row["term"]): date(str(row["cut_off_on"])) for row in profile["term_cut_offs"]}

    def last_day(self, row, start):
        """(the deadline's day, whether everything that it was counted over is known), or None."""
        if row["length"] == 0:  # it ends with its term, on the cut-off where there is one
            term = self.said.term_on(start)
            if term is None or self.cut_offs.get(term[:2], start) < start:  # nobody is asked to meet by a day that is past
                term = self.said.term_after(term[3] if term else start)
            if term is None:
                return None
            day = self.cut_offs.get(term[:2], term[3])
            return day, not term[4] and (row["day_kind"] != "school-days" or day in self.said.known)
        day = self.said.count(start, row["length"], row["day_kind"])
        if row["day_kind"] == "calendar-months":  # a rule of months is that of the next meeting
            return self.next_meeting(row, start, day)
        return day, row["day_kind"] != "school-days" or self.is_known(start, day)

    def is_known(self, one, other):
        return all(day in self.said.known for day in days(min(one, other), max(one, other)))

    def next_meeting(self, row, held, ceiling):
        """On a day when a school can hold it, not after the ceiling, but not too early in the term that follows either."""
        day = ceiling
        while not self.said.is_school_day(day) or self.said.is_between_terms(day):
            day -= DAY
        held_in = self.said.term_on(held)
        follows = self.said.term_after(held_in[3] if held_in else held)
        if follows is None:
            return day, self.is_known(day, day)
        day = max(day, self.said.count(follows[2], row.get("school_days_into_term", SCHOOL_DAYS_INTO_TERM), "school-days"))
        return day, not follows[4] and self.is_known(min(follows[2], day), day)

    def levels(self, row, day):
        """["level=instant"]; nobody of the council waits for a school to open, and no level for a lower one."""
        said = []
        for level in reversed(row["levels"]):
            number, kind = level["level"], level["day_kind"]
            if number > 1 and kind == "school-days" and COUNCIL.issuperset(level["recipients"]):
                kind = "working-days"
            at = end_of(day) if number == 1 else instant(self.said.count(day, level["offset"], kind), 8)
            if number > 1 and said:
                at = min(at, said[0].split("=")[1])
            said.insert(0, f"{number}={at}")
        return said

    def answer(self, rule, start):
        """As the fields of the product's line after the day that it counts from."""
        counted = self.last_day(self.rows[rule], start)
        if counted is None:
            return ["none"]
        day, known = counted
        return [end_of(day), "yes" if known else "no", *self.levels(self.rows[rule], day)]


def product_lines(files, first_year, last_year):
    arguments = [argument for name, value in files.items() for argument in (f"--{name}", str(value))]
    done = subprocess.run([str(BUILD / "bin/pepline-count-deadlines"), *arguments, "--from", str(first_year), "--until", str(last_year)],
                          capture_output=True, text=True)
    if done.returncode:
        raise AssertionError(done.stderr)
    return [line.split("\t") for line in done.stdout.splitlines()]


def differences(own, lines):
    for kind, rule, start, *answer in lines:
        if kind != "day":
            continue
        counted = own.answer(rule, date(start))
        if answer[1:2] == ["-"]:  # the service that runs the rule does not say it
            counted[1] = "-"
        if answer != counted:
            yield f"{rule} from {start}:\n  the product {' '.join(answer)}\n  counted     {' '.join(counted)}"


def shipped(**others):
    return {"bank-holidays": DATA / "bank-holidays.json", "term-dates": DATA / "oxfordshire-term-dates.csv",
            "policy": DATA / "oxfordshire-policy.yaml", **{name.replace("_", "-"): value for name, value in others.items()}}


def own_count(files):
    return OwnCount(Said.of(files), yaml.safe_load(files["policy"].read_text(encoding="utf-8")))


class EveryDeadline(unittest.TestCase):
    def hold(self, files, first_year, last_year):
        own, lines = own_count(files), product_lines(files, first_year, last_year)
        each = [line[1:3] for line in lines if line[0] == "day"]
        every_day = [str(day) for day in days(datetime.date(first_year, 1, 1), datetime.date(last_year, 12, 31))]
        self.assertCountEqual({rule for rule, _ in each}, own.rows)
        self.assertEqual(len(each), len(own.rows) * len(every_day))
        self.assertEqual({day for _, day in each}, set(every_day))
        silent = {line[1] for line in lines if line[4:5] == ["-"]}
        self.assertLess(len(silent), len(own.rows) / 4, "rules of which nobody says whether the calendar is known")
        found = list(itertools.islice(differences(own, lines), MOST_SHOWN))
        self.assertEqual([], found, "\n" + "\n".join(found))

    def test_of_the_shipped_profile_from_every_day_of_2019_to_2035_is_counted_alike(self):
        self.hold(shipped(), 2019, 2035)

    def test_at_a_school_with_its_own_days_is_counted_alike(self):
        for school in sorted({row["school_urn"] for row in rows(SCHOOLS)}):
            with self.subTest(school=school):
                self.hold(shipped(school_calendars=SCHOOLS, school=school), 2025, 2026)

    def test_over_days_of_which_nobody_has_said_anything_is_counted_alike(self):
        self.hold(shipped(term_dates=ROOT / "tests/cases/year-missing-between-two.csv"), 2024, 2027)

    def test_with_parts_left_out_of_a_year_is_counted_alike(self):
        header, *lines = (DATA / "oxfordshire-term-dates.csv").read_text(encoding="utf-8").splitlines()
        with tempfile.TemporaryDirectory() as folder:
            for left_out in range(6, 12):
                path = pathlib.Path(folder) / f"{left_out}.csv"
                path.write_text("\n".join([header, *lines[:left_out], *lines[left_out + 1:]]) + "\n", encoding="utf-8")
                with self.subTest(left_out=lines[left_out]):
                    self.hold(shipped(term_dates=path), 2025, 2026)

    def test_at_a_school_that_names_its_autumn_alone_is_counted_alike(self):
        header = "school_urn,kind,first_day,last_day,academic_year,term,part\n"
        autumn = "122995,term,2025-09-04,2025-10-23,2025/26,autumn,1\n122995,term,2025-11-04,2025-12-18,2025/26,autumn,2\n"
        with tempfile.TemporaryDirectory() as folder:
            path = pathlib.Path(folder) / "school-calendars.csv"
            path.write_text(header + autumn, encoding="utf-8")
            self.hold(shipped(school_calendars=path, school="122995"), 2025, 2026)

    def hold_by(self, change):
        """By the shipped profile with a change."""
        profile = yaml.safe_load((DATA / "oxfordshire-policy.yaml").read_text(encoding="utf-8"))
        change(profile)
        with tempfile.TemporaryDirectory() as folder:
            path = pathlib.Path(folder) / "policy.yaml"
            path.write_text(yaml.safe_dump(profile), encoding="utf-8")
            self.hold(shipped(policy=path), 2025, 2026)

    def test_by_a_term_of_which_the_profile_has_no_cut_off_is_counted_alike(self):
        self.hold_by(lambda profile: profile.update(term_cut_offs=profile["term_cut_offs"][-1:]))  # an empty list is refused

    def test_by_a_profile_whose_levels_all_count_in_school_days_is_counted_alike(self):
        def change(profile):
            for level in itertools.chain.from_iterable(row["levels"] for row in profile["deadline_rules"]):
                level["day_kind"] = "school-days"
        self.hold_by(change)

    def test_by_a_profile_that_says_how_early_in_a_term_the_next_meeting_is_due_is_counted_alike(self):
        for into_term in (0, 40):
            def change(profile):
                for row in profile["deadline_rules"]:
                    if row["day_kind"] == "calendar-months":
                        row["school_days_into_term"] = into_term
            with self.subTest(into_term=into_term):
                self.hold_by(change)


    def test_by_a_profile_that_switches_a_deadline_off_is_counted_alike(self):
        def change(profile):
            for i, row in enumerate(profile["deadline_rules"]):
                if row["day_kind"] == "calendar-months":
                    profile["deadline_rules"][i] = {"rule_id": row["rule_id"], "disabled": True, "reason": "our cut-offs are the rule"}
        self.hold_by(change)


class AWrongCountIsFound(unittest.TestCase):
    """The comparison itself: what is counted from wrong days differs, and says where."""

    @classmethod
    def setUpClass(cls):
        cls.lines = product_lines(shipped(), 2024, 2027)
        cls.parts = [Part(row) for row in rows(DATA / "oxfordshire-term-dates.csv")]
        cls.right = own_count(shipped())

    def found(self, said):
        own = own_count(shipped())
        own.said = said
        return next(differences(own, self.lines), None)

    def test_where_one_day_of_a_term_is_wrong(self):
        for part in self.parts:
            before, part.last = part.last, part.last - DAY
            with self.subTest(part=f"{part.year} {part.term} {part.part}"):
                found = self.found(Said(self.right.said.bank_holidays, self.parts))
                self.assertRegex(found or "no difference", r"^\S+ from 20\d\d-\d\d-\d\d:\n  the product \S+ .*\n  counted     \S+")
            part.last = before
        self.assertIsNone(self.found(Said(self.right.said.bank_holidays, self.parts)))

    def test_where_one_bank_holiday_is_forgotten(self):
        for day in self.right.said.bank_holidays:
            if 2024 < day.year < 2027:
                with self.subTest(day=str(day)):
                    self.assertIsNotNone(self.found(Said(self.right.said.bank_holidays - {day}, self.parts)))


class WhoIsTold(unittest.TestCase):
    def test_the_page_is_as_the_profile_is(self):
        self.assertEqual((ROOT / who_is_told.PAGE).read_text(encoding="utf-8"), who_is_told.page(BUILD),
                         "run `make who-is-told` and commit the page")


if __name__ == "__main__":
    if "--build" in sys.argv:
        place = sys.argv.index("--build")
        BUILD = (pathlib.Path.cwd() / sys.argv[place + 1]).resolve()
        del sys.argv[place:place + 2]
    unittest.main()
