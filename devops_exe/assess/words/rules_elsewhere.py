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
    Rule('"schema fill|"stays|"remains* "unchanged|"same|"untouched|"stable',
         "schema_change=none", (
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
    Rule("pct \"of fill* word latency|\"in|fill* max|fill* dur", "@share_latency", (
        ("95% of searches in under 800 ms", {"p95_ms": 800}),
    )),
    Rule("number word period", "@counted", (("120 searches/s", {"peak_rps": 120}),)),
    Rule("period number adj? req", "@period_rate", (
        ("daily 3M requests", {"monthly_requests": 91_200_000}),
    )),
    Rule('rate "reads|"read and|sep rate "writes|"write', "@sum_of_rates", (
        ("200 rps reads and 50 rps writes", {"peak_rps": 250}),
    )),
    Rule('rate "reads|"read "/|"plus rate "writes|"write', "@sum_of_rates"),
    Rule('"rate "limit|"limits|"limiting|"limiter ~ rate', "@unused", (
        ("rate limit 100 requests per minute", {}),
    )),
    Rule('"throttle|"throttled|"throttling|"quota|"rate_limited ~ rate', "@unused", (
        ("throttled to 50 rps", {}),
    )),
    Rule('"hit|"miss|"error|"cache|"compression|"conversion|"acceptance "hit? "rate|"ratio ~ pct',
         "@unused", (("cache hit rate 95%", {}),)),
    Rule("bytes each", "@each_bytes", (
        ("3 pods 4GB each", {"replicas": 3, "memory_mib": 4096}),
    )),
    Rule("size ~ bytes", "@unused", (("uploads up to 50 MB", {}),)),
    Rule("size data ~ bytes period?", "@unused", (("log volume 5 GB per day", {}),)),
    Rule("bytes avg", "@unused", (("10 MB average", {}),)),
    Rule('cpu "/|sep|and* bytes "nodes|"node|"machines|"workers', "@unused", (
        ("8vCPU/32GB nodes", {}),
    )),
    Rule('deploy "train|"trains fill* period', "@deploy_period", (
        ("release train every 2 weeks", {"deploys_per_week": 0.5}),
    )),
    Rule('p99|p95 latency? fill|from|"drop|"drops|"reduce|"improve|"go|"down* dur dash|to|goto'
         " dur", "@to_target", (("p99 from 900 ms to 300 ms", {"p99_ms": 300}),)),
    Rule("min|max fill* number replica fill* single zone", "@per_zone", (
        ("at least 2 pods per AZ, 3 AZs", {"min_replicas": 6, "zones": 3}),
    )),
    Rule("max fill* outage ~ dur", "@tolerated", (
        ("maximum outage: 2 hours", {"rto_minutes": 120}),
    )),
    Rule('"currently|"today|"now|"presently fill* "spending|"spend|"paying|"pay|"costs|"budget'
         " ~ money", "@spent", (
        ("currently spending $2.1k", {"budget_usd_month": 2100}),
    )),
    Rule(f"product fill* no fill* {_DENIED}", "@denied_product", (
        ("canary isn't possible", {}),
    )),
    Rule("no fill|handle* product", "@not_product", (("we can't do A/B", {}),)),
    Rule('schema fill* "none|"nothing', "schema_change=none", (
        ("schema migrations: none", {"schema_change": "none"}),
    )),
    Rule("service_time avg ~ dur", "service_ms:ms", (
        ("service time averages 12ms", {"service_ms": 12}),
    )),
    Rule("single single? replica peak|max ~ rate", "rps_per_replica:rps", (
        ("one instance peaks at 220 rps", {"rps_per_replica": 220}),
    )),
    Rule('number replica "=|"≈|":|"is rate', "@one_handles", (
        ("1 pod = 180 rps", {"rps_per_replica": 180}),
    )),
    Rule('goto fill* tag* "before fill* tag* version', "@version_from", (
        ("back to the version before v2.3", {"bad_version": "v2.3"}),
    )),
    Rule('min|max "healthy|"unhealthy ~ pct|number', "@unused", (("min healthy 50%", {}),)),
    Rule('dur "model|"jvm|"cache|"pod|"container|"app startup', "startup_seconds:seconds", (
        ("8 s model warmup", {"startup_seconds": 8}),
    )),
    Rule("stateful|stateless product", "@of_product", (
        ("stateful mongodb", {"datastores": ("mongodb",)}),
    )),
    Rule('datastores version|number? fill|"(|"primary|"main|"leader|and* number? replica',
         "@store_copies", (
        ("MySQL 8.0 primary with one replica", {"datastores": ("mysql",)}),
    )),
    Rule('no fill|"run|"fewer|"less|"than* number or|and|aside fill|"more|"than* number replica',
         "min_replicas:count0 max_replicas:count#2", (
        ("never run fewer than 3 or more than 20 pods", {"min_replicas": 3, "max_replicas": 20}),
    )),
    Rule('avg "/ peak traffic? ~ number|rate "/|dash number|rate', "@average_peak", (
        ("avg/peak 250/900 rps", {"average_rps": 250, "peak_rps": 900}),
    )),
    Rule('peak "/ avg traffic? ~ number|rate "/|dash number|rate', "@average_peak", (
        ("peak/avg 900/250 rps", {"average_rps": 250, "peak_rps": 900}),
    )),
    Rule('rpo fill* "none|"nothing', "@no_data_loss", (("RPO: none", {"rpo_minutes": 0}),)),
    Rule("backup on|fill|opaque* period", "backup_interval_minutes:minutes", (
        ("backups at 2 am every day", {"backup_interval_minutes": 1440}),
    )),
    Rule('pct "less|"more|"below|"under|"above|"less_than|"more_than fill|bad* money',
         "@share_of_money", (
        ("30% less than the current $4k a month", {"budget_usd_month": 2800}),
    )),
    Rule('dur "bake|"baking "time?', "min_step_seconds:seconds", (
        ("15 min bake time", {"min_step_seconds": 900}),
    )),
    Rule('number replica? "at "a "time', "@understood", (("one pod at a time", {}),)),
    Rule('number replica? "at "a_time', "@understood"),
    Rule('schema fill* "renames|"rename|"drops|"drop|"removes|"deletes|"splits word?',
         "schema_change=incompatible", (
        ("the migration renames customer", {"schema_change": "incompatible"}),
    )),
    Rule('number "masters|"master|"control_planes|"managers sep|and* number worker', "@unused", (
        ("3 masters, 5 workers", {}),
    )),
    Rule('number nines and single? "half', "@nines_and_half", (
        ("two nines and a half", {"slo_percent": 99.5}),
    )),
    Rule('number "x|"times "growth|"increase from fill* rate', "@growth", (
        ("10x growth from 150 rps", {"average_rps": 150, "peak_rps": 1500}),
    )),
    Rule('"cache "hit|"hits|"hit_rate|"hit_ratio ~ pct', "@unused", (("cache hit 96 %", {}),)),
    Rule('backup "for|"kept|"retained|"keep|"stored fill|"for* dur', "@unused", (
        ("backups for 10 years", {}),
    )),
    Rule("startup fill* product|noun fill* dur", "@startup_of", (
        ("cold start of our lambda is 1.8 s", {"startup_seconds": 1.8}),
    )),
    Rule('p99|p95 fill* dur "today|"now|"currently and? fill|"become|"be* dur', "@to_target", (
        ("p99 is 900 ms today and must become 400 ms", {"p99_ms": 400}),
    )),
    Rule("no fill* number nines", "@understood", (("doesn't need five nines", {}),)),
    Rule('no? fill* scaleword "beyond|"past|"above fill* number replica', "max_replicas:count", (
        ("don't scale beyond 15 pods", {"max_replicas": 15}),
    )),
    Rule('number "customers|"tenants|"users|"clients|"devices|"stores|"shops sep|and* rate each',
         "@each_user", (("4 customers, 10 rps each", {}),)),
    Rule('"limits|"limit fill* cpu fill* number|dur|cpu memory fill* bytes', "@limits_named", (
        ("limits: cpu 1 mem 512Mi", {"cpu_millicores": 1000, "memory_mib": 512}),
    )),
    Rule('"rollback|"rollbacks|"roll_back fill|max|takes* dur', "@rollback_in", (
        ("rollback must take less than 3 minutes", {"rto_minutes": 3}),
    )),
    Rule("ddl", "schema_change=incompatible", (
        ("rename column email", {"schema_change": "incompatible"}),
    )),
    Rule("no fill* ddl", "schema_change=backward_compatible"),
    Rule("outage max ~ dur", "@tolerated", (("outage at most 1 hour", {"rto_minutes": 60}),)),
    Rule("period single? data? backup", "backup_interval_minutes:minutes", (
        ("every 15 minutes a backup", {"backup_interval_minutes": 15}),
    )),
    *(
        Rule(
            "strategy fill|startup* number|pct"
            + ' "for|"over fill* dur and|dash|sep|"then* number|pct' * more,
            "@canary_weights",
            examples,
        )
        for more, examples in (
            (1, (("canary 5 percent for 15 minutes, then 50 percent",
                  {"canary_weights_percent": (5, 50)}),)),
            (2, ()),
            (3, ()),
        )
    ),
    Rule('"build|"release|"tag|"revision number goto|to|dash "build|"release|"tag? number',
         "@builds", (("build 4711 to build 4708", {"bad_version": "4711", "version": "4708"}),)),
    Rule('"build|"tag|"revision|"rev number', "@build", (("build 1234", {"version": "1234"}),)),
)  # fmt: skip
