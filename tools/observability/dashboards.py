"""What is on the two dashboards: rows of panels, each with what it answers and its expressions.

`make dashboards` writes deploy/dashboards/*.json from this; `make check` holds the two together.
"""

JOB = 'namespace=~"$namespace", job=~"$job"'
NAMESPACE = 'namespace=~"$namespace"'
AUTHORITY = 'namespace=~"$namespace", authority=~"$authority"'
ALARMS = f"histogram_quantile(0.99, sum by (job, le) (rate(pepline_alarm_lateness_seconds_bucket{{{JOB}}}[$__rate_interval])))"


def panel(kind, title, description, targets, unit="short", width=8, height=7, thresholds=(), **more):
    """`targets`: (expression, legend). `thresholds`: (from value, colour), the first without value."""
    return dict(kind=kind, title=title, description=description, targets=targets, unit=unit, width=width,
                height=height, thresholds=thresholds, **more)


def graph(title, description, *targets, **more):
    return panel("timeseries", title, description, targets, **more)


def number(title, description, *targets, **more):
    return panel("stat", title, description, targets, **{"width": 4, "height": 4, **more})


def bars(title, description, *targets, **more):
    return panel("bargauge", title, description, targets, **more)


GREEN_IS_ZERO = ((None, "green"), (1, "red"))
SHARE = ((None, "green"), (0.001, "orange"), (0.0144, "red"))

OPERATIONS = dict(
    uid="pepline-operations",
    title="Pepline: operations",
    description="Is it well, and where is it not? Every panel that an alert points to is here.",
    variables=["namespace", "job"],
    rows=[
        ("Now", [
            number("Ready replicas", "Replicas that take calls. 0 of a service: nobody can work with it.",
                   (f"sum by (job) (pepline_ready{{{JOB}}})", "{{job}}"), width=10,
                   thresholds=((None, "red"), (1, "green"))),
            number("Redis answers", "1 while every replica of the service gets answers from its Redis.",
                   (f"min by (job) (pepline_store_up{{{JOB}}})", "{{job}}"), width=10,
                   thresholds=((None, "red"), (1, "green"))),
            number("Partitions served", "Partitions of the store that Redis serves, the replica that sees the fewest; 16 unless the install says otherwise.",
                   (f"min by (job) (pepline_store_served_partitions{{{JOB}}} / pepline_store_partitions{{{JOB}}}) * 100", "{{job}}"), width=10,
                   thresholds=((None, "red"), (100, "green"))),
            number("Clock, ahead of Redis", "Seconds by which a service's clock is ahead of that of its Redis, the replica that is furthest off. Beyond 5 nothing is written.",
                   (f"max by (job) (abs(pepline_clock_ahead_seconds{{{JOB}}}))", "{{job}}"), width=10,
                   thresholds=((None, "green"), (2.5, "orange"), (5, "red"))),
            number("Versions", "How many replicas run which version; two during an upgrade.",
                   (f"count by (version) (pepline_build_info{{{JOB}}})", "{{version}}")),
        ]),
        ("Loops", [
            graph("Loops: came round", "How long ago each loop of a service came round, the slowest replica. A loop that stands still works nothing off, and says nothing.",
                  (f"max by (job, loop) (pepline_loop_heartbeat_age_seconds{{{JOB}}})", "{{job}} {{loop}}"), unit="s", width=12),
            graph("Loops: oldest waiting", "How long the oldest thing that a loop has not done has waited. Near zero while all is well.",
                  (f"max by (job, loop) (pepline_loop_oldest_waiting_seconds{{{JOB}}})", "{{job}} {{loop}}"), unit="s", width=12,
                  thresholds=((None, "green"), (45, "orange"))),
        ]),
        ("The two promises", [
            graph("Late alarms, share", "Share of due alarms handled more than a minute after their instant. Promise: under 0.1 % over 30 days.",
                  ("job:pepline_alarms_late:ratio_rate5m{" + JOB + "}", "{{job}}, 5 minutes"),
                  ("job:pepline_alarms_late:ratio_rate1h{" + JOB + "}", "{{job}}, 1 hour"),
                  unit="percentunit", thresholds=SHARE),
            graph("Alarm lateness", "From a deadline's instant until its handler runs: the slowest one in a hundred, and the middle.",
                  (ALARMS, "{{job}} p99"), (ALARMS.replace("0.99", "0.5"), "{{job}} p50"), unit="s"),
            graph("Oldest due alarm", "How long the oldest due alarm has waited. Near zero while all is well; it also shows what a share cannot: that nothing fires at all.",
                  (f"max by (job) (pepline_alarm_oldest_due_age_seconds{{{JOB}}})", "{{job}}"), unit="s",
                  thresholds=((None, "green"), (120, "red"))),
            graph("Failed deliveries, share", "Share of attempts to hand an alert to the mail server that failed. Promise: under 1 % over 30 days.",
                  (f"namespace:pepline_deliveries_failed:ratio_rate5m{{{NAMESPACE}}}", "5 minutes"),
                  (f"namespace:pepline_deliveries_failed:ratio_rate1h{{{NAMESPACE}}}", "1 hour"),
                  unit="percentunit", thresholds=((None, "green"), (0.01, "orange"), (0.144, "red"))),
            graph("Longest waiting message", "How long the longest waiting message has waited to be handed over.",
                  (f"max(pepline_notifications_oldest_untold_age_seconds{{{NAMESPACE}}})", "oldest"),
                  unit="s", thresholds=((None, "green"), (1800, "red"))),
            graph("Held messages", "Messages that wait for the hours in which their role is told: at night, at weekends, in the holidays of a school; a few for a minute, for others to the same person.",
                  (f"max(pepline_notifications_messages_held{{{NAMESPACE}}})", "held")),
            graph("Longest held message", "Since the level was reached of which the longest held message tells. A summer is six weeks and a half.",
                  (f"max(pepline_notifications_oldest_held_message_age_seconds{{{NAMESPACE}}})", "oldest"),
                  unit="s", thresholds=((None, "green"), (50 * 86400, "orange"))),
            graph("Deliveries", "Messages by what became of them. nobody-in-role: nobody held the role, and the next one up was told.",
                  (f"sum by (outcome) (rate(pepline_notifications_deliveries_total{{{NAMESPACE}}}[$__rate_interval])) * 60", "{{outcome}}"),
                  unit="short", axis="per minute"),
            graph("Mails saved by digests", "Reminders and notices that left in the mail of another to the same person.",
                  (f"sum(rate(pepline_notifications_mails_saved_total{{{NAMESPACE}}}[$__rate_interval])) * 60", "saved"),
                  axis="per minute"),
            graph("Notices", "News of children: given to be told, heard too late to be told, or of a kind that the policy profile switches off.",
                  (f"sum by (kind, outcome) (rate(pepline_notifications_notices_total{{{NAMESPACE}}}[$__rate_interval])) * 60", "{{kind}} {{outcome}}"),
                  axis="per minute"),
            graph("Failed attempts by cause", "Attempts that did not succeed and are repeated.",
                  (f"sum by (cause) (rate(pepline_notifications_delivery_attempts_failed_total{{{NAMESPACE}}}[$__rate_interval])) * 60", "{{cause}}"),
                  axis="per minute"),
            graph("Held back until everything was heard", "How long the longest due level or message waits for notifications to hear what other services said: Kafka away, or far behind. Near zero while all is well.",
                  (f"max(pepline_notifications_oldest_held_back_age_seconds{{{NAMESPACE}}})", "held back"),
                  (f"sum(pepline_notifications_deliveries_unrecorded{{{NAMESPACE}}})", "mails not on record"),
                  unit="s", thresholds=((None, "green"), (60, "red"))),
            graph("Mail hand-over time", "Time to hand one mail to the mail server.",
                  (f"histogram_quantile(0.99, sum by (le) (rate(pepline_notifications_send_seconds_bucket{{{NAMESPACE}}}[$__rate_interval])))", "p99"),
                  (f"histogram_quantile(0.5, sum by (le) (rate(pepline_notifications_send_seconds_bucket{{{NAMESPACE}}}[$__rate_interval])))", "p50"),
                  unit="s"),
            graph("Alarms fired", "Due alarms handed to their handlers.",
                  (f"sum by (job) (rate(pepline_alarms_fired_total{{{JOB}}}[$__rate_interval]))", "{{job}}"), unit="ops"),
        ]),
        ("Calls", [
            graph("Calls", "RPCs answered, whatever the answer.",
                  (f"sum by (job) (rate(pepline_rpc_requests_total{{{JOB}}}[$__rate_interval]))", "{{job}}"), unit="reqps"),
            graph("Failed calls, share", "Share of answers that are our fault (unavailable, internal, exhausted, aborted, out of time). Refusals by the rules do not count.",
                  (f"job:pepline_rpc_failures:ratio_rate5m{{{JOB}}}", "{{job}}"),
                  unit="percentunit", thresholds=((None, "green"), (0.05, "red"))),
            graph("Call duration", "From a call's arrival to its answer: the slowest one in a hundred.",
                  (f"histogram_quantile(0.99, sum by (job, le) (rate(pepline_rpc_seconds_bucket{{{JOB}}}[$__rate_interval])))", "{{job}}"), unit="s"),
            graph("Refused by the rules", "Commands that the rules refused, by reason: what people try and may not.",
                  (f"sum by (reason) (rate(pepline_refusals_total{{{JOB}}}[$__rate_interval])) * 60 or vector(0)", "{{reason}}"), axis="per minute"),
            graph("Refused before handling", "Calls turned away before they are handled. overloaded and too-late: no free worker; role: may not; draining: the replica stops.",
                  (f"sum by (cause) (rate(pepline_rpc_refused_total{{{JOB}}}[$__rate_interval])) * 60", "{{cause}}"), axis="per minute"),
            graph("Answers by outcome", "ok; refused for what the caller asked or is; failed through us.",
                  (f"sum by (outcome) (rate(pepline_rpc_requests_total{{{JOB}}}[$__rate_interval]))", "{{outcome}}"), unit="reqps"),
            graph("Failures by code", "Calls that failed through us, by gRPC status code; the runbook of PeplineCommandsFailing says what each means.",
                  (f"sum by (code) (rate(pepline_rpc_failures_total{{{JOB}}}[$__rate_interval])) * 60 or vector(0)", "{{code}}"), axis="per minute"),
            graph("Reads of personal data", "Calls that ask for personal data, by outcome: the audit trail names who and whom. denied: somebody asks for what is not theirs; unwritten: the trail cannot be written, and nothing is given out.",
                  (f"sum by (outcome) (rate(pepline_personal_data_reads_total{{{JOB}}}[$__rate_interval])) * 60", "{{outcome}}"), axis="per minute"),
        ]),
        ("Commits", [
            graph("Commit duration", "Time of one durable commit, fsync included: the slowest one in a hundred.",
                  (f"histogram_quantile(0.99, sum by (job, le) (rate(pepline_store_commit_seconds_bucket{{{JOB}}}[$__rate_interval])))", "{{job}}"),
                  unit="s", thresholds=((None, "green"), (0.5, "orange"))),
            graph("Commits", "Durable commits, of every kind of record.",
                  (f"sum by (job) (rate(pepline_store_commit_seconds_count{{{JOB}}}[$__rate_interval]))", "{{job}}"), unit="ops"),
            graph("Commit conflicts, share", "Commits that had to be tried again since somebody else was faster.",
                  (f"job:pepline_commit_conflicts:ratio_rate5m{{{JOB}}}", "{{job}}"),
                  unit="percentunit", thresholds=((None, "green"), (0.2, "orange"))),
            graph("Group commit depth", "Commands sent to Redis in one go, on average; one fsync serves them all.",
                  (f"sum by (job) (rate(pepline_store_batch_commands_sum{{{JOB}}}[$__rate_interval])) / sum by (job) (rate(pepline_store_batch_commands_count{{{JOB}}}[$__rate_interval]))", "{{job}}")),
            graph("Alarm handlers failing", "Handlers of due alarms that failed; the alarms come back.",
                  (f"sum by (job) (rate(pepline_alarm_failures_total{{{JOB}}}[$__rate_interval])) * 60", "{{job}}"), axis="per minute"),
            graph("Wake law violations", "Rules that asked to be woken in the past: a bug, never expected.",
                  (f"sum by (job) (increase(pepline_wake_law_violations_total{{{JOB}}}[1h])) or vector(0)", "{{job}}"),
                  thresholds=GREEN_IS_ZERO),
        ]),
        ("Events", [
            graph("Oldest event in the outbox", "Age of the oldest event not yet on Kafka.",
                  (f"max by (job) (pepline_outbox_oldest_age_seconds{{{JOB}}})", "{{job}}"),
                  unit="s", thresholds=((None, "green"), (60, "orange"), (900, "red"))),
            graph("Outbox, fullest partition", "Events written and not yet on Kafka in the fullest partition, against what a partition takes. At 100 % the commands of its children or fund lines are refused.",
                  (f"max by (job) (pepline_outbox_fullest_ratio{{{JOB}}})", "{{job}}"),
                  unit="percentunit", thresholds=((None, "green"), (0.5, "red"))),
            graph("Relay failures", "Deliveries to Kafka that failed and are repeated.",
                  (f"sum by (job, cause) (rate(pepline_outbox_relay_failures_total{{{JOB}}}[$__rate_interval])) * 60 or vector(0)", "{{job}} {{cause}}"), axis="per minute"),
            graph("Events relayed", "Events that Kafka reported persisted.",
                  (f"sum by (job) (rate(pepline_outbox_relayed_total{{{JOB}}}[$__rate_interval]))", "{{job}}"), unit="ops"),
            graph("Consumer lag", "Records of a topic not yet handled, over all replicas.",
                  (f"sum by (job, topic) (pepline_consumer_lag_records{{{JOB}}})", "{{job}} <- {{topic}}"),
                  thresholds=((None, "green"), (500, "orange"))),
            graph("Records handled", "Records read, by what became of them.",
                  (f"sum by (job, outcome) (rate(pepline_consumer_records_total{{{JOB}}}[$__rate_interval]))", "{{job}} {{outcome}}"), unit="ops"),
            graph("Partitions read", "Of a topic's partitions, the share that replicas read, all of them together. Below 100 % for longer than a restart, somebody's records wait and no lag counts them.",
                  (f"sum by (job, topic) (pepline_consumer_partitions_ratio{{{JOB}}})", "{{job}} <- {{topic}}"),
                  unit="percentunit", thresholds=((None, "red"), (0.9999, "green"))),
            graph("Displaced consumers", "Times in the last hour that another process with the same group.instance.id took a consumer's partitions. One a replica is a pod that was replaced.",
                  (f"sum by (job) (increase(pepline_consumer_displaced_total{{{JOB}}}[1h]))", "{{job}}"),
                  thresholds=((None, "green"), (3, "orange"))),
            graph("Dead letters", "Records nobody could read, in the last hour. Look, mend, replay: pepctl dead-letters.",
                  (f"sum by (job, topic) (increase(pepline_consumer_dead_letters_total{{{JOB}}}[1h]))", "{{job}} <- {{topic}}"),
                  thresholds=GREEN_IS_ZERO),
            graph("Lag measured", "Since Kafka last said how far the topics are. When it grows, the lag beside it is an old one.",
                  (f"max by (job) (pepline_consumer_lag_measured_age_seconds{{{JOB}}})", "{{job}}"),
                  unit="s", thresholds=((None, "green"), (60, "orange"))),
            graph("Parked keys", "Senders and children of whom a record could not be handled, or an event is missing; what follows waits behind it.",
                  (f"max by (job) (pepline_consumer_parked_keys{{{JOB}}})", "{{job}}"),
                  thresholds=GREEN_IS_ZERO),
            graph("Longest parked", "Since the oldest of the parked keys waits.",
                  (f"max by (job) (pepline_consumer_parked_oldest_age_seconds{{{JOB}}})", "{{job}}"),
                  unit="s", thresholds=((None, "green"), (60, "orange"))),
            graph("Gaps and reused numbers", "Events before which one was missing, and events whose number was used before for another, in the last hour.",
                  (f"sum by (job) (increase(pepline_consumer_gaps_total{{{JOB}}}[1h]))", "{{job}} gaps"),
                  (f"sum by (job) (increase(pepline_consumer_version_reuses_total{{{JOB}}}[1h]))", "{{job}} reused"),
                  thresholds=GREEN_IS_ZERO),
            graph("Unknown events", "Events of a later version, passed over, in the last hour.",
                  ("sum by (job) (increase({__name__=~\"pepline_.+_unknown_events_total\", " + JOB + "}[1h]))", "{{job}}"),
                  thresholds=((None, "green"), (1, "orange"))),
            graph("Reconnects and rebuilds", "Connections to Redis made again, and Kafka producers built anew, in the last hour.",
                  (f"sum by (job) (increase(pepline_store_reconnects_total{{{JOB}}}[1h]))", "{{job}} Redis"),
                  (f"sum by (job) (increase(pepline_producer_rebuilds_total{{{JOB}}}[1h]))", "{{job}} Kafka")),
        ]),
        ("Upkeep", [
            number("Certificates expire in", "The time left of the certificate that expires first. No data while calls are in plain text.",
                   (f"min by (job) (pepline_tls_certificate_expiry_timestamp_seconds{{{JOB}}} > 0) - time()", "{{job}}"),
                   unit="s", width=8, thresholds=((None, "red"), (172800, "orange"), (1209600, "green")), may_be_empty="without TLS there is no certificate"),
            number("Token key reloads", "Times the file of token keys was read in the last day, and times it was refused.",
                   (f"sum by (outcome) (increase(pepline_jwks_reloads_total{{{JOB}}}[1d]))", "{{outcome}}"), width=8),
            number("Census age", "How long ago what is in the store was counted for the Virtual School's wall.",
                   (f"time() - max by (job) (pepline_census_last_success_timestamp_seconds{{{JOB}}} > 0)", "{{job}}"),
                   unit="s", width=8, thresholds=((None, "green"), (600, "orange"))),
        ]),
    ])

PEPS = f"max by (authority, state) (pepline_scheduling_peps{{{AUTHORITY}}})"
LATE = f"max by (authority) (pepline_scheduling_late_peps{{{AUTHORITY}}})"
FINALISED = f"sum by (outcome) (max by (authority, outcome) (pepline_scheduling_finalised_peps{{{AUTHORITY}}}))"
MONEY = f"max by (authority, state) (pepline_funding_line_gbp{{{AUTHORITY}}})"


def peps_in(states):
    return f"sum(max by (authority, state) (pepline_scheduling_peps{{{AUTHORITY}, state=~\"{states}\"}}))"


VIRTUAL_SCHOOL = dict(
    uid="pepline-virtual-school",
    title="Pepline: Virtual School",
    description="Where the PEPs of the children in our care stand. Each child's current PEP counts once; the numbers of a term stand until the next term's PEP opens. No school and no child can be told from it.",
    variables=["namespace", "authority"],
    rows=[
        ("This term's PEPs", [
            number("Still to be held", "PEPs that are due, scheduled or being prepared.",
                   (peps_in("due|interim|scheduled|preparing"), "PEPs")),
            number("Held, not yet finalised", "The meeting was held; the ePEP is to be finalised within 5 school days.",
                   (peps_in("held"), "PEPs")),
            number("Finalised", "ePEPs finalised, in time or late.", (peps_in("finalised"), "PEPs"), thresholds=((None, "green"),)),
            number("Finalised in time", "Share of the finalised ePEPs that were finalised within the limit.",
                   (f"sum(pepline_scheduling_finalised_peps{{{AUTHORITY}, outcome=\"within-limit\"}}) / (sum(pepline_scheduling_finalised_peps{{{AUTHORITY}}}) > 0)", "in time"),
                   unit="percentunit", thresholds=((None, "red"), (0.8, "orange"), (0.95, "green")), may_be_empty="in a new term nothing is finalised yet"),
            number("Late now", "PEPs with at least one deadline that is missed and not made good.",
                   (f"sum({LATE})", "PEPs"), thresholds=((None, "green"), (1, "orange"), (10, "red"))),
            number("SDQs missing", "Teachers' SDQs of open PEPs whose day has passed, neither scored nor settled by the Virtual School or the social worker; among what is late below, the same.",
                   (f"sum(max by (authority) (pepline_assessments_missing_sdqs{{{AUTHORITY}}}))", "SDQs"),
                   thresholds=((None, "green"), (1, "orange"), (10, "red"))),
            number("Children without a PEP", "Children in care who need a PEP and have none open, of all authorities.",
                   (f"max(pepline_scheduling_children_without_pep{{{NAMESPACE}}})", "children"), thresholds=((None, "green"), (1, "red"))),
            graph("PEPs by stage", "Every child's current PEP, by how far it has come.",
                  (f"sum by (state) ({PEPS})", "{{state}}"), width=12, height=9, stack=True),
            graph("Late PEPs", "PEPs with a deadline missed and not made good.",
                  (f"sum by (authority) ({LATE})", "{{authority}}"), width=12, height=9, stack=True),
            bars("What is late", "Deadlines that are missed and not made good, by rule.",
                 (f"sum by (rule) (max by (authority, rule) (pepline_scheduling_late_deadlines{{{AUTHORITY}}}))", "{{rule}}"),
                 width=12, height=9, thresholds=((None, "green"), (1, "orange"), (10, "red"))),
            bars("By authority", "Late PEPs of each authority that has its children here.",
                 (f"sum by (authority) ({LATE})", "{{authority}}"), width=12, height=9,
                 thresholds=((None, "green"), (1, "orange"), (10, "red"))),
        ]),
        ("Finalising", [
            graph("In time and late", "Finalised ePEPs of current PEPs, within the limit or late.",
                  (FINALISED, "{{outcome}}"), stack=True),
            number("Median until finalised", "Half of the current PEPs were finalised within this time of the meeting (all days counted).",
                   (f"max by (authority) (pepline_scheduling_finalise_median_seconds{{{AUTHORITY}}})", "{{authority}}"),
                   unit="s", width=8, height=7, thresholds=((None, "green"), (604800, "orange"), (1209600, "red"))),
            bars("School days until finalised", "All ePEPs finalised since the services started, by school days after the meeting; 5 is the limit.",
                 (f"sum by (le) (pepline_scheduling_finalise_schooldays_bucket{{{NAMESPACE}}})", "{{le}}"),
                 histogram=True),
        ]),
        ("Assessments and meetings", [
            graph("SDQs awaited and missing", "Asked for and not yet back; those of them that an open PEP waits for past their day; the gaps of PEPs that are over; and those that a school proposes to do without: these wait for you.",
                  (f"sum(max by (authority) (pepline_assessments_awaited_sdqs{{{AUTHORITY}}}))", "awaited"),
                  (f"sum(max by (authority) (pepline_assessments_missing_sdqs{{{AUTHORITY}}}))", "missing"),
                  (f"sum(max by (authority) (pepline_assessments_sdq_gaps{{{AUTHORITY}}}))", "gaps"),
                  (f"sum(max by (authority) (pepline_assessments_sdqs_to_confirm{{{AUTHORITY}}}))", "to confirm")),
            graph("Meetings held", "PEP meetings put on record, in a week.",
                  (f"sum(increase(pepline_scheduling_meetings_held_total{{{NAMESPACE}}}[7d]))", "meetings")),
            graph("Pupil views", "Pupil views put on record in a week: captured, or the child declined; and those that were corrected.",
                  (f"sum by (outcome) (increase(pepline_assessments_pupil_views_total{{{NAMESPACE}}}[7d]))", "{{outcome}}")),
            graph("Outcomes", "Outcomes of PEPs in a week: set, refined, dropped, and what became of those that were reviewed.",
                  (f"sum by (outcome) (increase(pepline_assessments_outcomes_total{{{NAMESPACE}}}[7d]))", "{{outcome}}")),
        ]),
        ("Alerts", [
            graph("Open alerts by level", "0 a reminder, 1 late, 2 the Virtual School was told, 3 the heads were told.",
                  (f"sum by (level) (max by (authority, level) (pepline_notifications_alerts_open{{{AUTHORITY}}}))", "level {{level}}"), stack=True, width=12),
            graph("Alerts resolved", "Alerts resolved in a week, by what resolved them.",
                  (f"sum by (cause) (increase(pepline_notifications_alerts_resolved_total{{{NAMESPACE}}}[7d]))", "{{cause}}"), width=12),
        ]),
        ("Pupil Premium Plus, this financial year", [
            number("Committed", "Approved and released together.",
                   (f"sum(max by (authority, state) (pepline_funding_line_gbp{{{AUTHORITY}, state=~\"approved|released\"}}))", "committed"), unit="currencyGBP", width=6),
            number("Released", "Paid out to schools this year.",
                   (f"sum(max by (authority, state) (pepline_funding_line_gbp{{{AUTHORITY}, state=\"released\"}}))", "released"), unit="currencyGBP", width=6),
            number("Left", "Neither approved nor released. What is unspent on 31 March is recovered.",
                   (f"sum(max by (authority, state) (pepline_funding_line_gbp{{{AUTHORITY}, state=\"left\"}}))", "left"), unit="currencyGBP", width=6),
            number("Requests waiting", "Drafted, submitted or approved and not yet released.",
                   (f"sum(max by (authority, state) (pepline_funding_open_requests{{{AUTHORITY}}}))", "requests"), width=6),
            graph("The fund line", "How the year's money is divided.",
                  (f"sum by (state) ({MONEY})", "{{state}}"), unit="currencyGBP", stack=True, width=12),
            graph("Requests by step", "Requests that wait for the next step.",
                  (f"sum by (state) (max by (authority, state) (pepline_funding_open_requests{{{AUTHORITY}}}))", "{{state}}"), width=12),
            bars("Late requests", "Requests not decided, and money not released, within 10 working days; by rule.",
                 (f"sum by (rule) (max by (authority, rule) (pepline_funding_late_deadlines{{{AUTHORITY}}}))", "{{rule}}"),
                 width=12, thresholds=((None, "green"), (1, "orange"), (10, "red"))),
            graph("Decided and released", "Requests decided, and money released, in a week: in time or late.",
                  (f"sum by (rule, outcome) (increase(pepline_funding_deadlines_met_total{{{NAMESPACE}}}[7d]))", "{{rule}} {{outcome}}"), width=12),
        ]),
    ])

DASHBOARDS = {"operations": OPERATIONS, "virtual-school": VIRTUAL_SCHOOL}


def panels(dashboard):
    for row, members in dashboard["rows"]:
        for member in members:
            yield row, member
