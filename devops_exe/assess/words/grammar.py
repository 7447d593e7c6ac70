"""The grammar: one table of phrases with what each sets and examples that run as tests.

A rule is a pattern (see ``matching``), an effect (see ``effects``) and examples. An effect is
``field:unit`` for the first quantity of the match (``#2`` for the second, ``#1<`` for the lower
end of its range), ``field=value`` for a constant, ``@name`` for a reader of its own.
"""

from __future__ import annotations

from typing import Any, NamedTuple


class Rule(NamedTuple):
    """A row of the table."""

    pattern: str
    effect: str
    examples: tuple[tuple[str, dict[str, Any]], ...] = ()


LOAD: tuple[Rule, ...] = (
    Rule("rate", "@rate", (
        ("1200 rps", {"peak_rps": 1200}), ("1.2k req/s", {"peak_rps": 1200}),
        ("1,200 requests per second", {"peak_rps": 1200}), ("72k rpm", {"peak_rps": 1200}),
        ("3M requests/day", {"monthly_requests": 91_200_000}),
        ("100M req/month", {"monthly_requests": 100_000_000}),
        ("200-400 rps", {"average_rps": 200, "peak_rps": 400}),
        ("1200 requests a second", {"peak_rps": 1200}),
        ("36,000 requests per hour", {"peak_rps": 10}),
    )),
    Rule("peak|max|min traffic? ~ rate traffic?", "@peak", (
        ("peak 5k rps", {"peak_rps": 5000}), ("up to 800 rps", {"peak_rps": 800}),
        ("at least 300 rps", {"peak_rps": 300}), ("max 2k qps", {"peak_rps": 2000}),
    )),
    Rule("traffic peak ~ rate", "@peak", (("traffic peaks at 900 rps", {"peak_rps": 900}),)),
    Rule("rate traffic? ~ peak|max traffic?", "@peak", (
        ("5k rps at peak", {"peak_rps": 5000}), ("1200 rps peak", {"peak_rps": 1200}),
    )),
    Rule("avg traffic? ~ rate traffic?", "@average", (
        ("average 2k rps", {"average_rps": 2000}), ("typically 80 rps", {"average_rps": 80}),
    )),
    Rule("traffic avg ~ rate", "@average", (("load averages 90 rps", {"average_rps": 90}),)),
    Rule("rate traffic? ~ avg traffic?", "@average", (
        ("300 rps on average", {"average_rps": 300}), ("300 rps average", {"average_rps": 300}),
    )),
    Rule("peak traffic? ~ number $", "@peak", (
        ("peak 5k, average 2k rps", {"peak_rps": 5000, "average_rps": 2000}),
    )),
    Rule("avg traffic? ~ number $", "@average", (
        ("peak 5k rps, average 2k", {"peak_rps": 5000, "average_rps": 2000}),
    )),
    Rule("number ~ peak $", "@peak", (("300 rps average, 900 peak", {"peak_rps": 900}),)),
    Rule("number ~ avg $", "@average", (("900 rps peak, 300 average", {"average_rps": 300}),)),
    Rule("peak|max traffic? ~ number \"x|\"times fill* avg", "@multiple", (
        ("average 100 rps, peak 5x average", {"average_rps": 100, "peak_rps": 500}),
    )),
    Rule("peak|max traffic? ~ number \"x|\"times", "@multiple", (
        ("average 100 rps, peak 5x", {"average_rps": 100, "peak_rps": 500}),
    )),
    Rule("number \"x|\"times fill* peak traffic?", "@multiple", (
        ("100 rps on average with a 10x peak", {"average_rps": 100, "peak_rps": 1000}),
    )),
    Rule("freq", "@freq", (("1200/s", {"peak_rps": 1200}), ("1200 per second", {"peak_rps": 1200}))),
    Rule("ratephrase ~ peak? ~ number", "@phrase_number", (
        ("requests per second: 1200", {"peak_rps": 1200}), ("rps: 300", {"peak_rps": 300}),
    )),
    Rule("peak|max ~ ratephrase ~ number", "@phrase_peak", (
        ("peak rps = 1200", {"peak_rps": 1200}),
    )),
    Rule("avg ~ ratephrase ~ number", "@phrase_average", (
        ("average rps: 400", {"average_rps": 400}),
    )),
)  # fmt: skip

WORK: tuple[Rule, ...] = (
    Rule("rate fill* single replica", "rps_per_replica:rps", (
        ("60 rps per pod", {"rps_per_replica": 60}), ("150 rps/instance", {"rps_per_replica": 150}),
        ("90 requests per second per replica", {"rps_per_replica": 90}),
    )),
    Rule("single replica fill* handle* ~ rate each?", "rps_per_replica:rps", (
        ("each replica handles 60 rps", {"rps_per_replica": 60}),
        ("per pod 40 rps", {"rps_per_replica": 40}),
        ("a pod can handle 150 req/s", {"rps_per_replica": 150}),
        ("one pod does 150 rps", {"rps_per_replica": 150}),
    )),
    Rule("single single replica fill* handle* ~ rate", "rps_per_replica:rps", (
        ("a single pod sustains 80 rps", {"rps_per_replica": 80}),
    )),
    Rule("replica fill* handle* ~ rate each", "rps_per_replica:rps", (
        ("pods handle 60 rps each", {"rps_per_replica": 60}),
    )),
    Rule("number replica fill* handle* ~ rate each", "replicas:count rps_per_replica:rps#2", (
        ("6 pods handling 60 rps each", {}),
        ("6 pods at 60 rps each", {"replicas": 6, "rps_per_replica": 60}),
    )),
    Rule("rate each", "rps_per_replica:rps", (("6 replicas, 60 rps each", {"rps_per_replica": 60}),)),
    Rule("handle|traffic|ratephrase single replica ~ rate|number", "rps_per_replica:rps", (
        ("capacity per pod 60 rps", {"rps_per_replica": 60}),
        ("rps per pod: 60", {"rps_per_replica": 60}),
    )),
    Rule("service_time ~ dur", "service_ms:ms", (
        ("service time 40 ms", {"service_ms": 40}),
        ("mean service time of 0.04 s", {"service_ms": 40}),
        ("processing time: 25ms", {"service_ms": 25}),
    )),
    Rule("dur fill* service_time", "service_ms:ms", (("40 ms service time", {"service_ms": 40}),)),
    Rule("dur fill* cpu? fill* single req", "service_ms:ms", (
        ("40 ms per request", {"service_ms": 40}), ("12 ms of CPU per request", {"service_ms": 12}),
    )),
    Rule("single req takes ~ dur", "service_ms:ms", (
        ("each request takes 40 ms", {"service_ms": 40}),
    )),
    Rule("req takes ~ dur", "service_ms:ms", (("requests take 40 ms", {"service_ms": 40}),)),
    Rule("avg fill* latency ~ dur", "@mean_latency", (
        ("average latency 40 ms", {"service_ms": 40}), ("mean response time 80ms", {"service_ms": 80}),
    )),
    Rule("number worker", "workers:count", (
        ("8 workers", {"workers": 8}), ("4 gunicorn workers", {"workers": 4}),
    )),
    Rule("number product worker", "workers:count", (("4 uvicorn workers", {"workers": 4}),)),
    Rule("number worker single replica", "workers:count", (("8 workers per pod", {"workers": 8}),)),
    Rule("worker fill* number $", "workers:count", (
        ("workers: 8", {"workers": 8}), ("WEB_CONCURRENCY=4", {"workers": 4}),
    )),
    Rule('number worker "nodes|"node', "@unused", (("8 worker nodes", {}),)),
    Rule("startup ~ takes* ~ dur", "startup_seconds:seconds", (
        ("starts in 45 s", {"startup_seconds": 45}), ("startup 90 seconds", {"startup_seconds": 90}),
        ("boots within 20s", {"startup_seconds": 20}), ("cold start: 3 s", {"startup_seconds": 3}),
    )),
    Rule("dur fill* startup", "startup_seconds:seconds", (
        ("45 s startup", {"startup_seconds": 45}),
        ("takes 45 s to start", {"startup_seconds": 45}),
        ("90 seconds to become ready", {"startup_seconds": 90}),
    )),
    Rule("utilization ~ pct", "target_utilization:ratio", (
        ("target utilisation 70 %", {"target_utilization": 0.7}),
    )),
    Rule("cpu ~ pct", "target_utilization:ratio", (
        ("scale at CPU 70%", {"target_utilization": 0.7}),
    )),
    Rule("pct fill* cpu? utilization", "target_utilization:ratio", (
        ("70% CPU utilization", {"target_utilization": 0.7}),
    )),
    Rule("pct fill* cpu", "target_utilization:ratio", (
        ("scale at 70% CPU", {"target_utilization": 0.7}),
    )),
    Rule("pct fill* headroom", "spare_capacity_percent:plain", (
        ("30 % headroom", {"spare_capacity_percent": 30}),
    )),
    Rule("headroom ~ pct", "spare_capacity_percent:plain", (
        ("spare capacity 50%", {"spare_capacity_percent": 50}),
    )),
)  # fmt: skip

LATENCY: tuple[Rule, ...] = (
    Rule("p99 percentile? fill* latency? ~ dur", "p99_ms:ms", (
        ("p99 250 ms", {"p99_ms": 250}), ("p99 of 1.5 seconds", {"p99_ms": 1500}),
        ("p99 < 0.3s", {"p99_ms": 300}), ("99th percentile under 200ms", {"p99_ms": 200}),
        ("p99 latency should stay below 120 ms", {"p99_ms": 120}),
    )),
    Rule("p95 percentile? fill* latency? ~ dur", "p95_ms:ms", (("p95 < 0.3s", {"p95_ms": 300}),)),
    Rule("p99 latency? ~ number $", "p99_ms:ms", (("p99 250", {"p99_ms": 250}),)),
    Rule("p95 latency? ~ number $", "p95_ms:ms", (("p95: 120", {"p95_ms": 120}),)),
    Rule("dur fill* p99 latency?", "p99_ms:ms", (
        ("250 ms p99", {"p99_ms": 250}), ("250 ms at p99", {"p99_ms": 250}),
        ("300ms (p99)", {"p99_ms": 300}),
    )),
    Rule("dur fill* p95 latency?", "p95_ms:ms", (("100 ms at the 95th percentile", {"p95_ms": 100}),)),
    Rule("latency fill* p99 ~ dur", "p99_ms:ms", (("latency p99 250ms", {"p99_ms": 250}),)),
    Rule("latency fill* p95 ~ dur", "p95_ms:ms", (("latency (p95): 250ms", {"p95_ms": 250}),)),
    Rule("latency ~ dur fill* p99", "p99_ms:ms", (
        ("latency under 250 ms at p99", {"p99_ms": 250}),
    )),
    Rule("latency ~ dur fill* p95", "p95_ms:ms", (("latency < 250 ms for p95", {"p95_ms": 250}),)),
    Rule("latency ~ dur", "@latency", (("latency under 200 ms", {"p99_ms": 200}),)),
    Rule("dur fill* latency", "@latency", (("200 ms latency", {"p99_ms": 200}),)),
    Rule("max fill* dur latency", "@latency", ()),
    Rule("pother latency? ~ dur", "@unused", (("p50 20 ms", {}), ("median latency 30 ms", {}))),
    Rule("dur fill* pother latency?", "@unused", ()),
    Rule("pct fill* adj? req ~ latency? ~ dur", "@share_latency", (
        ("99% of requests under 200 ms", {"p99_ms": 200}),
        ("95 % of calls within 0.1s", {"p95_ms": 100}),
    )),
)  # fmt: skip

OBJECTIVES: tuple[Rule, ...] = (
    Rule("pct", "@bare_percent", (("99.95 %", {"slo_percent": 99.95}),)),
    Rule("objective ~ pct", "slo_percent:slo", (
        ("availability of 99.95%", {"slo_percent": 99.95}), ("SLO: 99.9 %", {"slo_percent": 99.9}),
    )),
    Rule("pct fill* objective", "slo_percent:slo", (
        ("99.95% uptime", {"slo_percent": 99.95}), ("99.9 % available", {"slo_percent": 99.9}),
    )),
    Rule("objective ~ number $", "@objective_number", (
        ("SLO 99.9 over 30 days", {"slo_percent": 99.9, "slo_window_days": 30}),
    )),
    Rule("number fill* objective", "@objective_number", (
        ("99.9 availability", {"slo_percent": 99.9}), ("0.999 availability", {"slo_percent": 99.9}),
    )),
    Rule("number nines number $", "@nines_five", (("three nines five", {"slo_percent": 99.95}),)),
    Rule("pct fill* adj? req fill* objective", "slo_percent:slo", (
        ("99.9 % of requests succeed", {"slo_percent": 99.9}),
    )),
    Rule("objective fill* number nines", "slo_percent:nines", (
        ("availability of four nines", {"slo_percent": 99.99}),
    )),
    Rule("number nines fill* objective", "slo_percent:nines"),
    Rule("number nines", "slo_percent:nines", (
        ("three nines", {"slo_percent": 99.9}), ("four 9s", {"slo_percent": 99.99}),
        ("3 nines", {"slo_percent": 99.9}), ("five-nines", {"slo_percent": 99.999}),
        ("three and a half nines", {"slo_percent": 99.95}), ("3.5 nines", {"slo_percent": 99.95}),
    )),
    Rule("budgeterr ~ pct", "slo_percent:slo_left", (("error budget 0.1 %", {"slo_percent": 99.9}),)),
    Rule("pct budgeterr", "slo_percent:slo_left", (("0.5% error budget", {"slo_percent": 99.5}),)),
    Rule("over fill* rolling? dur rolling? window?", "@window", (
        ("three nines over 28 days", {"slo_percent": 99.9, "slo_window_days": 28}),
        ("99.9 % uptime over 4 weeks", {"slo_window_days": 28}),
    )),
    Rule("over fill* rolling? number days", "@window"),
    Rule("dur rolling? window", "@window", (
        ("99.9% SLO, 30-day window", {"slo_window_days": 30}),
        ("99.9% SLO (28-day rolling window)", {"slo_window_days": 28}),
    )),
    Rule("period rolling? window", "@window", (("99.9%, monthly window", {"slo_window_days": 30}),)),
    Rule("rolling dur", "@window", (("99.95% rolling 28 days", {"slo_window_days": 28}),)),
    Rule("window ~ dur", "@window", (("SLO 99.9%, window 28 days", {"slo_window_days": 28}),)),
    Rule("pct fill* objective? fill* period", "@objective_period", (
        ("99.9 % per month", {"slo_percent": 99.9, "slo_window_days": 30}),
    )),
    Rule("zone fill* objective ~ pct", "zone_availability:ratio", (
        ("zone availability 99.9 %", {"zone_availability": 0.999}),
    )),
    Rule("replica fill* objective ~ pct", "replica_availability:ratio", (
        ("replica availability 99.5%", {"replica_availability": 0.995}),
    )),
    Rule("single zone fill* pct objective", "zone_availability:ratio", (
        ("each zone is 99.9% available", {"zone_availability": 0.999}),
    )),
    Rule("failure ~ pct", "failure_probability:ratio", (
        ("change failure rate 5%", {"failure_probability": 0.05}),
    )),
    Rule("pct fill* failure", "failure_probability:ratio", (
        ("5 % of deploys fail", {"failure_probability": 0.05}),
    )),
)  # fmt: skip

RECOVERY: tuple[Rule, ...] = (
    Rule("rto ~ dur", "rto_minutes:minutes", (
        ("RTO 15 min", {"rto_minutes": 15}),
        ("recovery time objective of 10 minutes", {"rto_minutes": 10}),
        ("RTO < 1h", {"rto_minutes": 60}), ("RTO of half an hour", {"rto_minutes": 30}),
        ("recover within 15 minutes", {"rto_minutes": 15}), ("RTO 1h30", {"rto_minutes": 90}),
        ("RTO 90 s", {"rto_minutes": 1.5}),
    )),
    Rule("dur fill* rto", "rto_minutes:minutes", (
        ("15 min RTO", {"rto_minutes": 15}), ("a 5-minute RTO", {"rto_minutes": 5}),
    )),
    Rule("rto ~ number $", "rto_minutes:minutes", (("RTO 15", {"rto_minutes": 15}),)),
    Rule("rpo ~ dur fill* data", "rpo_minutes:minutes0"),
    Rule("rpo ~ dur", "rpo_minutes:minutes0", (
        ("RPO 1h", {"rpo_minutes": 60}), ("RPO: 0 s", {"rpo_minutes": 0}),
        ("lose at most 5 minutes of data", {"rpo_minutes": 5}),
    )),
    Rule("dur fill* rpo", "rpo_minutes:minutes0", (("5 min RPO", {"rpo_minutes": 5}),)),
    Rule("rpo ~ number $", "rpo_minutes:minutes0", (
        ("RPO 0", {"rpo_minutes": 0}), ("RPO of zero", {"rpo_minutes": 0}),
    )),
    Rule("zero|number rpo", "@no_loss", (
        ("no data loss", {"rpo_minutes": 0}), ("zero RPO", {"rpo_minutes": 0}),
    )),
    Rule("rto sep|and|fill* rpo ~ dur sep|and|fill* dur",
         "rto_minutes:minutes rpo_minutes:minutes0#2", (
        ("RTO/RPO 15min/1h", {"rto_minutes": 15, "rpo_minutes": 60}),
    )),
    Rule("rto and rpo ~ dur", "rto_minutes:minutes rpo_minutes:minutes0", (
        ("RTO and RPO of 15 minutes", {"rto_minutes": 15, "rpo_minutes": 15}),
    )),
    Rule("bytes fill* product? data", "data_gib:gib", (
        ("500 GiB of data", {"data_gib": 500}), ("2 TiB database", {"data_gib": 2048}),
    )),
    Rule("data fill* bytes", "data_gib:gib", (
        ("database of 500 GiB", {"data_gib": 500}), ("data: 1 TiB", {"data_gib": 1024}),
    )),
    Rule("bytes fill* datastores", "@bytes_store", (
        ("500 GiB postgres", {"data_gib": 500, "datastores": ("postgresql",)}),
    )),
    Rule("datastores fill* data? fill* bytes", "@store_bytes", (
        ("postgres with 500 GiB", {"data_gib": 500, "datastores": ("postgresql",)}),
    )),
    Rule("backup fill* period", "backup_interval_minutes:minutes", (
        ("backups every 15 minutes", {"backup_interval_minutes": 15}),
        ("backed up hourly", {"backup_interval_minutes": 60}),
        ("backups: daily", {"backup_interval_minutes": 1440}),
    )),
    Rule("backup data? fill* dur", "backup_interval_minutes:minutes", (
        ("backup interval 15 min", {"backup_interval_minutes": 15}),
    )),
    Rule("period fill* data? backup", "backup_interval_minutes:minutes", (
        ("hourly backups", {"backup_interval_minutes": 60}),
        ("nightly database dumps", {"backup_interval_minutes": 1440}),
    )),
    Rule("period product backup", "backup_interval_minutes:minutes", (
        ("hourly postgres backups", {"backup_interval_minutes": 60}),
    )),
    Rule("backup fill* freq", "@backup_frequency", (
        ("backups twice a day", {"backup_interval_minutes": 720}),
    )),
    Rule("number backup period", "@backup_count", (
        ("4 backups a day", {"backup_interval_minutes": 360}),
    )),
    Rule("period|dur|number data? backup|number dur", "@unused", ()),
    Rule("restore ~ bytes", "@restore_rate", (
        ("restore at 200 MiB/s", {"restore_mib_per_second": 200}),
    )),
    Rule("bytes fill* restore", "@restore_rate", (
        ("200 MiB/s restore rate", {"restore_mib_per_second": 200}),
    )),
)  # fmt: skip

CAPACITY: tuple[Rule, ...] = (
    Rule("number replica", "@replicas", (
        ("6 replicas", {"replicas": 6}), ("three pods", {"replicas": 3}),
        ("3-30 pods", {"min_replicas": 3, "max_replicas": 30}),
        ("3 to 30 replicas", {"min_replicas": 3, "max_replicas": 30}),
    )),
    Rule("number product replica", "@product_replicas", (("3 nginx pods", {"replicas": 3}),)),
    Rule("replica fill* number $", "@replicas", (
        ("replicas: 6", {"replicas": 6}), ("replica count of 6", {"replicas": 6}),
    )),
    Rule("number max replica?", "max_replicas:count", (("min 3, 30 max", {"max_replicas": 30}),)),
    Rule("number min replica?", "min_replicas:count0", (
        ("3 min, 30 max", {"min_replicas": 3, "max_replicas": 30}),
    )),
    Rule("number replica fill* min|\"minimum", "min_replicas:count0", (
        ("3 replicas minimum", {"min_replicas": 3}),
    )),
    Rule("number replica fill* max", "max_replicas:count", (("30 pods max", {"max_replicas": 30}),)),
    Rule("min fill* number $", "min_replicas:count0", (
        ("min 3 max 30", {"min_replicas": 3, "max_replicas": 30}),
    )),
    Rule("max fill* number $", "max_replicas:count", (("max 30", {"max_replicas": 30}),)),
    Rule("min fill* number replica", "min_replicas:count0", (
        ("at least 3 replicas", {"min_replicas": 3}), ("minimum of 3 pods", {"min_replicas": 3}),
    )),
    Rule("max fill* number replica", "max_replicas:count", (
        ("up to 30 replicas", {"max_replicas": 30}), ("no more than 30 pods", {"max_replicas": 30}),
    )),
    Rule("min replica fill* number", "min_replicas:count0", (
        ("minReplicas: 3", {"min_replicas": 3}), ("minimum replicas 3", {"min_replicas": 3}),
    )),
    Rule("max replica fill* number", "max_replicas:count", (
        ("maxReplicas=30", {"max_replicas": 30}), ("max replicas: 30", {"max_replicas": 30}),
    )),
    Rule("replica fill* min fill* number", "min_replicas:count0", (
        ("replicas min 3 max 30", {"min_replicas": 3, "max_replicas": 30}),
    )),
    Rule("scaleword fill|from|to* number $", "@replica_range", (
        ("autoscaling between 2 and 20", {"min_replicas": 2, "max_replicas": 20}),
        ("scale from 2 to 20", {"min_replicas": 2, "max_replicas": 20}),
    )),
    Rule("replica fill* max fill* number", "max_replicas:count", ()),
    Rule("min and max replica? fill* number and|dash number replica?",
         "min_replicas:count0 max_replicas:count#2", (
        ("min/max 3/30", {"min_replicas": 3, "max_replicas": 30}),
    )),
    Rule("min and max replica? fill* number replica?", "@replicas", (
        ("min/max replicas 3-30", {"min_replicas": 3, "max_replicas": 30}),
    )),
    Rule("number zone", "zones:count", (
        ("3 zones", {"zones": 3}), ("across three availability zones", {"zones": 3}),
        ("2 AZs", {"zones": 2}), ("3-AZ", {"zones": 3}), ("single zone", {"zones": 1}),
    )),
    Rule("zone fill* number $", "zones:count", (("zones: 3", {"zones": 3}),)),
    Rule("number zone|region|replica fill* \"lost|\"down|\"failure|\"failures|\"outage|\"fails|\"failing"
         "|\"offline|\"gone|\"loss", "@understood", (("one zone lost", {}), ("one zone down", {}))),
    Rule("\"survive|\"survives|\"tolerate|\"tolerates|\"lose|\"losing|\"loss_of|\"withstand|\"losing"
         " fill* single? number? zone|region|replica", "@understood", (
        ("survive one zone", {}), ("lose a zone", {}),
    )),
    Rule("number region", "regions:count", (
        ("2 regions", {"regions": 2}), ("single-region", {"regions": 1}),
    )),
    Rule("number product zone|region", "@product_places", (("2 AWS regions", {"regions": 2}),)),
    Rule("region fill* number $", "regions:count", (("regions: 2", {"regions": 2}),)),
    Rule("multi zone|region", "@multi", (("multi-AZ", {}), ("multi-region", {}))),
    Rule("cpu single replica", "@cpu"),
    Rule("cpu", "@cpu", (
        ("500m CPU", {"cpu_millicores": 500}), ("2 vCPU", {"cpu_millicores": 2000}),
        ("0.5 cores", {"cpu_millicores": 500}), ("250 millicores", {"cpu_millicores": 250}),
    )),
    Rule("cpu fill* dur|number|cpu $", "@cpu_behind", (
        ("cpu: 500m", {"cpu_millicores": 500}), ("CPU 2", {"cpu_millicores": 2000}),
    )),
    Rule("bytes", "@bare_bytes", (("2 GiB", {"memory_mib": 2048}), ("512Mi", {"memory_mib": 512}))),
    Rule("size fill* bytes", "@unused", (("image of 300 MB", {}),)),
    Rule("bytes fill* size", "@unused", (("300 MB image", {}),)),
    Rule("bytes fill* memory", "memory_mib:mib", (
        ("512Mi memory", {"memory_mib": 512}), ("2 GB RAM", {"memory_mib": 2048}),
        ("4 GiB of memory", {"memory_mib": 4096}),
    )),
    Rule("memory fill* bytes", "memory_mib:mib", (("memory: 1Gi", {"memory_mib": 1024}),)),
    Rule("bytes fill* single replica", "memory_mib:mib", (("2 GiB per pod", {"memory_mib": 2048}),)),
    Rule("port fill* number", "port:port", (
        ("port 8080", {"port": 8080}), ("listens on 3000", {"port": 3000}),
    )),
    Rule("port fill* number and number", "port:port", (("ports 8080 and 9090", {}),)),
    Rule("scrape fill* every? period|dur", "scrape_interval_seconds:seconds", (
        ("scrape interval 15 s", {"scrape_interval_seconds": 15}),
    )),
    Rule("evaluation fill* period|dur", "evaluation_interval_seconds:seconds", (
        ("evaluation interval 30s", {"evaluation_interval_seconds": 30}),
    )),
)  # fmt: skip

MONEY: tuple[Rule, ...] = (
    Rule("money $", "@money", (
        ("$4k/month", {"budget_usd_month": 4000}), ("4000 USD a month", {"budget_usd_month": 4000}),
        ("$4k monthly", {"budget_usd_month": 4000}), ("$120,000 per year", {"budget_usd_month": 10000}),
    )),
    Rule("money budget", "@budget", (("$4k budget", {"budget_usd_month": 4000}),)),
    Rule("money budget period", "@budget_period", (("$500 budget per month", {"budget_usd_month": 500}),)),
    Rule("budget ~ money", "@budget", (
        ("budget $500", {"budget_usd_month": 500}), ("budget of 500 dollars", {"budget_usd_month": 500}),
    )),
    Rule("budget ~ number|freq $", "@budget", (
        ("budget 4k/month", {"budget_usd_month": 4000}), ("monthly budget: 900", {"budget_usd_month": 900}),
    )),
    Rule("number|freq budget", "@budget", (("4k a month budget", {"budget_usd_month": 4000}),)),
)  # fmt: skip

PACE: tuple[Rule, ...] = (
    Rule("number adj? deploy period", "@deploy_count", (
        ("25 deploys a week", {"deploys_per_week": 25}), ("10 deploys/day", {"deploys_per_week": 70}),
        ("25 releases weekly", {"deploys_per_week": 25}),
    )),
    Rule("number env deploy period", "@deploy_count", (
        ("20 production deploys per week", {"deploys_per_week": 20}),
    )),
    Rule("deploy fill* env? freq", "@deploy_frequency", (
        ("deploys 40 times a month", {"deploys_per_week": 9.20598388953}),
        ("deploy twice a day", {"deploys_per_week": 14}),
    )),
    Rule("freq fill* deploy", "@deploy_frequency", ()),
    Rule("deploy fill* env? period", "@deploy_period", (
        ("we deploy daily", {"deploys_per_week": 7}), ("releases every two weeks", {"deploys_per_week": 0.5}),
    )),
    Rule("period deploy", "@deploy_period", (("weekly releases", {"deploys_per_week": 1}),)),
    Rule("period number deploy", "@deploy_period_count", (("weekly 25 deploys", {"deploys_per_week": 25}),)),
)  # fmt: skip

CONSTRAINTS: tuple[Rule, ...] = (
    Rule("zero fill* \"downtime|\"down_time|\"outage|\"outages|\"interruption|\"interruptions"
         "|\"ausfallzeit|\"inactividad|\"interrupción|\"unterbrechung|\"service_interruption",
         "zero_downtime=true", (
        ("zero downtime", {"zero_downtime": True}), ("no downtime", {"zero_downtime": True}),
        ("without downtime", {"zero_downtime": True}), ("zero-downtime", {"zero_downtime": True}),
        ("ohne Ausfallzeit", {"zero_downtime": True}),
    )),
    Rule("no zero \"downtime notneeded?", "zero_downtime=false", (
        ("no zero downtime needed", {"zero_downtime": False}),
    )),
    Rule("no fill* zero \"downtime|\"down_time fill* notneeded?", "zero_downtime=false", (
        ("we don't need zero downtime", {"zero_downtime": False}),
    )),
    Rule("zero \"downtime|\"down_time fill* notneeded", "zero_downtime=false", (
        ("zero downtime is not needed", {"zero_downtime": False}),
    )),
    Rule("zero \"downtime|\"down_time fill* no fill* notneeded?", "zero_downtime=false", ()),
    Rule("window_of fill* notneeded", "zero_downtime=false", (
        ("downtime is acceptable", {"zero_downtime": False}),
        ("a maintenance window is fine", {"zero_downtime": False}),
    )),
    Rule("window_of fill* no fill* notneeded|\"option", "zero_downtime=true", (
        ("downtime is not acceptable", {"zero_downtime": True}),
    )),
    Rule("window_of fill* \"unacceptable|\"forbidden", "zero_downtime=true", (
        ("downtime is unacceptable", {"zero_downtime": True}),
    )),
    Rule("max|no max? fill* dur fill* \"downtime period?", "@unused", (
        ("at most 5 minutes of downtime", {}),
    )),
    Rule("dur fill* \"downtime period?", "@unused", (("43 minutes of downtime per month", {}),)),
    Rule("\"can fill* \"down|\"downtime", "zero_downtime=false", ()),
    Rule("\"always \"on|\"up|\"online", "zero_downtime=true", ()),
    Rule("stateful", "stateful=true", (("stateful", {"stateful": True}),)),
    Rule("stateless", "stateful=false", (("stateless", {"stateful": False}),)),
    Rule("no fill* stateful", "stateful=false", (("not stateful", {"stateful": False}),)),
    Rule("no fill* stateless", "stateful=true", (("not stateless", {"stateful": True}),)),
    Rule("sticky", "session_affinity=true", (
        ("sticky sessions", {"session_affinity": True}), ("session affinity", {"session_affinity": True}),
    )),
    Rule("no fill* sticky notneeded?", "session_affinity=false", (
        ("no sticky sessions", {"session_affinity": False}),
    )),
    Rule("sticky fill* notneeded", "session_affinity=false", (
        ("sticky sessions not needed", {"session_affinity": False}),
    )),
    Rule("sessions fill* no fill* sticky", "session_affinity=false", (
        ("sessions not sticky", {"session_affinity": False}),
    )),
    Rule("sessions fill* sticky", "session_affinity=true", ()),
    Rule("schema", "@schema", (("schema migration", {"schema_change": "backward_compatible"}),)),
    Rule("compatible schema", "schema_change=backward_compatible", (
        ("backward compatible schema change", {"schema_change": "backward_compatible"}),
    )),
    Rule("breaking fill* schema", "schema_change=incompatible", (
        ("destructive schema migration", {"schema_change": "incompatible"}),
        ("a breaking migration", {"schema_change": "incompatible"}),
    )),
    Rule("schema fill* breaking", "schema_change=incompatible", (
        ("the schema change is not backward compatible", {"schema_change": "incompatible"}),
    )),
    Rule("schema fill* compatible", "schema_change=backward_compatible", (
        ("schema migrations are backward compatible", {"schema_change": "backward_compatible"}),
    )),
    Rule("no fill* breaking? schema notneeded?", "@no_schema", (
        ("no schema change", {"schema_change": "none"}),
        ("no breaking schema changes", {"schema_change": "backward_compatible"}),
    )),
    Rule("no fill* breaking fill* schema", "schema_change=backward_compatible", ()),
    Rule("exclusive", "exclusive_volume=true", (("ReadWriteOnce", {"exclusive_volume": True}),)),
    Rule("flags", "feature_flags=true", (("feature flags", {"feature_flags": True}),)),
    Rule("no fill* flags", "feature_flags=false", (("no feature flags", {"feature_flags": False}),)),
    Rule("router", "traffic_routing=true", (("Istio", {"traffic_routing": True}),)),
    Rule("no fill* router", "traffic_routing=false", (
        ("no service mesh", {"traffic_routing": False}),
    )),
    Rule("analysis", "canary_analysis=true", (("canary analysis", {"canary_analysis": True}),)),
    Rule("no fill* analysis", "canary_analysis=false", ()),
    Rule("autorollback", "automated_rollback=true", (
        ("automatic rollback", {"automated_rollback": True}),
    )),
    Rule("manualrollback", "automated_rollback=false", (
        ("manual rollbacks", {"automated_rollback": False}),
    )),
    Rule("no fill* autorollback", "automated_rollback=false", ()),
)  # fmt: skip

NAMES: tuple[Rule, ...] = (
    Rule("product", "@product", (
        ("EKS", {"platform": "AWS EKS", "provider": "aws", "orchestrator": "kubernetes"}),
        ("Postgres and Redis", {"datastores": ("postgresql", "redis")}),
        ("blue/green", {"strategy": "Blue-Green"}), ("canary", {"strategy": "Canary"}),
        ("Django on Cloud Run", {"framework": "django", "language": "python"}),
    )),
    Rule("product fill* version|number $", "@product_version", (
        ("python 3.12", {"language": "python"}), ("postgres 15", {"datastores": ("postgresql",)}),
    )),
    Rule("no fill* product notneeded?", "@not_product", (("no canary", {}), ("not on Kubernetes", {}))),
    Rule("from fill* product", "@left_product", (
        ("from Jenkins to GitHub Actions", {"ci": "github-actions"}),
    )),
    Rule("product fill* notneeded", "@not_product", (("canary is not needed", {}),)),
    Rule("version", "@version", (("v1.4.2", {"version": "v1.4.2"}),)),
    Rule("goto fill* tag* fill* version|number $", "@version_to", (
        ("to v2.3.1", {"version": "v2.3.1"}), ("to version 42", {"version": "42"}),
        ("to 2.3", {"version": "2.3"}),
    )),
    Rule("tag fill* version", "@version_to", (("release 1.4.2", {"version": "1.4.2"}),)),
    Rule("from fill* bad? tag* fill* version", "@version_from", (
        ("from v2.4.0", {"bad_version": "v2.4.0"}),
        ("from 2.4.0 to 2.3.1", {"version": "2.3.1", "bad_version": "2.4.0"}),
    )),
    Rule("version \"->|\"→|\"=>|\"to|\"back_to version", "@version_arrow", (
        ("v2.4.0 -> v2.3.1", {"bad_version": "v2.4.0", "version": "v2.3.1"}),
    )),
    Rule("from fill* tag* number goto tag* number $", "@versions", (
        ("from 2.4 to 2.3", {"bad_version": "2.4", "version": "2.3"}),
    )),
    Rule("because|bad fill* bad? tag* version", "@version_from", (
        ("bad version v2.4.0", {"bad_version": "v2.4.0"}),
    )),
    Rule("version fill* bad", "@version_from", (("v2.4.0 is broken", {"bad_version": "v2.4.0"}),)),
    Rule("ignore fill* number", "@unused", (("team of 5", {}),)),
    Rule("number ignore", "@unused", (("5 engineers", {}),)),
)  # fmt: skip

GRAMMAR: tuple[Rule, ...] = (
    *LOAD, *WORK, *LATENCY, *OBJECTIVES, *RECOVERY, *CAPACITY, *MONEY, *PACE, *CONSTRAINTS,
    *NAMES,
)  # fmt: skip
"""The whole table, in the order that decides between matches of one length."""
