"""Rules of what belongs elsewhere: other products, former figures, things that are denied."""

from __future__ import annotations

from devops_exe.assess.words.rule import Rule

_FIGURE = "number|rate|pct|dur|bytes|money|freq|period"
_NOUNS = "replica|zone|region|worker|machine|objective|rto|rpo|nines|traffic|p99|p95|latency|deploy"
_DENIED = (
    'notneeded|"possible|"available|"supported|"installed|"there|"wanted|"enabled|"present|"needed'
    '|"required|"used|"in_place|"configured'
)
"""What is said not to be, behind ``not``."""
_SIZES = '"small|"big|"large|"tiny|"cheap|"medium|"dedicated|"beefy|"tiny|"huge|"shared|"basic'

_DENIALS = tuple(
    Rule(f"{name} fill* no fill* {_DENIED}", f"{field}=false", ((sentence, {field: False}),))
    for name, field, sentence in (
        ("router", "traffic_routing", "traffic splitting is not possible"),
        ("flags", "feature_flags", "feature flags are not available"),
        ("analysis", "canary_analysis", "canary analysis is not installed"),
        ("autorollback", "automated_rollback", "automatic rollback is not wanted"),
        ("sticky", "session_affinity", "sticky sessions are not needed"),
    )
)

ELSEWHERE: tuple[Rule, ...] = (
    *_DENIALS,
    Rule('port fill* number "is|"for|"belongs_to|"= fill* datastores', "@other_port", (
        ("port 9200 is Elasticsearch", {"datastores": ("elasticsearch",)}),
        ("port 5432 for Postgres, port 8088", {"port": 8088}),
    )),
    Rule("datastores on|fill* port fill* number", "@other_port", (
        ("Redis on port 6379", {"datastores": ("redis",)}),
    )),
    Rule(f'"( "was|"before|"now|"today|"currently|"last|"formerly fill|"had|avg|peak*'
         f" {_FIGURE} {_NOUNS}? fill|avg|peak|\"last|\"year|\"month|\"quarter|\"week|\"ago|\"before"
         '|"previously|"launch|dur|period* ")', "@understood", (
        ("1200 rps (was 800 rps last year)", {"peak_rps": 1200}),
    )),
    Rule('"requests dur|cpu "/ bytes', "@requested", (
        ("requests 200m/256Mi", {"cpu_millicores": 200, "memory_mib": 256}),
    )),
    Rule('"limits|"limit number|cpu|dur "/ bytes', "@limited", (
        ("limits 1/1Gi", {"cpu_millicores": 1000, "memory_mib": 1024}),
    )),
    Rule('and|sep handle fill* rate', "@and_does", (
        ("each pod has 2 cores and does about 120 requests/s",
         {"cpu_millicores": 2000, "rps_per_replica": 120}),
    )),
    Rule('"tolerate|"tolerates|"accept|"accepts|"afford|"survive fill|max* dur fill* outage',
         "@tolerated", (
        ("we can tolerate up to 4 hours of outage", {"rto_minutes": 240}),
    )),
    Rule('dur "window on|fill|period|"sunday|"sundays|"saturday|"saturdays|"night|"nights|"weekend*'
         " notneeded", "zero_downtime=false", (
        ("a 10 minute window on Sunday night is ok", {"zero_downtime": False}),
    )),
    Rule(f"number {_SIZES} {_SIZES}? machine", "@machines", (("3 small droplets", {}),)),
    Rule('number "worker|"background|"job|"sidekiq|"celery replica', "@unused", (
        ("one worker dyno", {}),
    )),
    Rule('each "making|"sending|"issuing|"placing|"doing|"generating ~ rate', "@each_user", (
        ("each making 30 calls a day", {}),
    )),
    Rule('traffic|peak|avg|ratephrase fill* "doubles|"triples|"quadruples|"doubled|"tripled'
         '|"doubling|"tripling peak|fill* from fill* rate', "@grows_from", (
        ("traffic doubles at month end from 400 rps", {"average_rps": 400, "peak_rps": 800}),
    )),
    Rule('"model|"models|"weights "loads|"load|"loading|"loaded takes|fill* dur',
         "startup_seconds:seconds", (("model loads in 90s", {"startup_seconds": 90}),)),
    Rule('dur "until|"before fill* startup', "startup_seconds:seconds", (
        ("45 seconds until it is ready", {"startup_seconds": 45}),
    )),
    Rule('number replica takes|fill* dur "until|"before|"to fill* startup',
         "startup_seconds:seconds", (
        ("one pod needs 45-60 seconds until it is ready", {"startup_seconds": 60}),
    )),
    Rule('max? fill* number "failed|"failing|"bad|"broken|"rolled_back deploy fill* period?',
         "@unused", (("at most 2 failed deployments per quarter", {}),)),
    Rule('"worker? "nodes|"node fill* bytes each?', "@unused", (("nodes with 32 GB each", {}),)),
    Rule('number "worker? "nodes|"node fill* bytes each?', "@unused", (
        ("6 worker nodes with 32 GB each", {}),
    )),
    Rule('number "broke|"breaks|"crashed|"crashes|"leaks|"regressed|"broken|"faulty', "@bad_number",
         (("3.4 broke the checkout", {"bad_version": "3.4"}),)),
    Rule('tag? fill* version fill* bad', "@version_from", (
        ("release 2024.11.3 is bad", {"bad_version": "2024.11.3"}),
    )),
    Rule('"schema fill|"does|"do|"will|"is* no fill* "change|"changes|"changed|"changing|"touched',
         "schema_change=none", (("schema does not change", {"schema_change": "none"}),)),
    Rule('"schema fill|"stays|"remains* "unchanged|"same|"untouched|"stable', "schema_change=none", (
        ("schema stays the same", {"schema_change": "none"}),
    )),
    Rule('"rename|"renames|"renaming|"drop|"drops|"dropping|"delete|"deletes|"remove|"removes'
         '|"removing|"dropped|"renamed fill|number* word? word? "column|"columns|"table|"tables',
         "schema_change=incompatible", (
        ("we rename a table in this release", {"schema_change": "incompatible"}),
    )),
    Rule('"add|"adds|"adding|"added fill|number* word? word? "column|"columns|"table|"tables|"index'
         '|"indexes', "schema_change=backward_compatible", (
        ("the release adds a nullable column", {"schema_change": "backward_compatible"}),
    )),
)  # fmt: skip
