"""Rules of load, work and latency."""

from __future__ import annotations

from devops_exe.assess.words.rule import Rule

_HOST = (
    '"vm|"vms|"host|"hosts|"node|"nodes|"server|"servers|"machine|"machines|"allocation'
    '|"allocations|"process|"processes|"box|"boxes|"droplet|"droplets|"vps|"virtual_machine'
    '|"virtual_machines|"ec2_instance|"ec2_instances|"dyno|"dynos'
)
"""What a replica may run on, one on each."""

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
    Rule("\"x|\"× number fill* peak traffic?", "@multiple", (
        ("200 rps on average, x4 peak", {"average_rps": 200, "peak_rps": 800}),
    )),
    Rule("number \"x|\"times fill* peak traffic?", "@multiple", (
        ("100 rps on average with a 10x peak", {"average_rps": 100, "peak_rps": 1000}),
    )),
    Rule("rate \"/ rate peak", "@rate_pair", (
        ("150rps/600rps peak", {"average_rps": 150, "peak_rps": 600}),
    )),
    Rule("freq", "@freq", (("1200/s", {"peak_rps": 1200}),
        ("1200 per second", {"peak_rps": 1200}))),
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
    Rule("rate fill* single cpu|worker|\"user|\"customer|\"tenant", "@unused", (
        ("300 rps per core", {}),
    )),
    Rule("single replica fill* handle* ~ rate each?", "rps_per_replica:rps", (
        ("each replica handles 60 rps", {"rps_per_replica": 60}),
        ("per pod 40 rps", {"rps_per_replica": 40}),
        ("a pod can handle 150 req/s", {"rps_per_replica": 150}),
        ("one pod does 150 rps", {"rps_per_replica": 150}),
    )),
    Rule(f"rate \"per|\"/|\"each|\"every|\"a single? {_HOST}", "rps_per_replica:rps", (
        ("20 rps per VM", {"rps_per_replica": 20}), ("20 rps/node", {"rps_per_replica": 20}),
        ("20 rps per allocation", {"rps_per_replica": 20}),
    )),
    Rule(f"single single? {_HOST} fill* handle ~ rate each?", "rps_per_replica:rps", (
        ("40 rps, one VM does 20 rps", {"peak_rps": 40, "rps_per_replica": 20}),
        ("each server handles 20 rps", {"rps_per_replica": 20}),
        ("a host carries 20 rps", {"rps_per_replica": 20}),
        ("one process takes 20 rps", {"rps_per_replica": 20}),
        ("one box can do 20 rps", {"rps_per_replica": 20}),
    )),
    Rule(f"\"per|\"each|\"every {_HOST} ~ rate", "rps_per_replica:rps", (
        ("per node 20 rps", {"rps_per_replica": 20}),
    )),
    Rule(f"number replica|{_HOST} fill* handle ~ rate", "@one_handles", (
        ("1 droplet does 20 rps", {"rps_per_replica": 20}),
        ("1 pod did 80 rps", {"rps_per_replica": 80}),
    )),
    Rule(f"{_HOST} fill* handle ~ rate each", "rps_per_replica:rps", (
        ("VMs handle 20 rps each", {"rps_per_replica": 20}),
    )),
    Rule("pct \"of \"the|\"our|\"its|\"all|\"a* rate", "@share_of_rate", (
        ("5% of 1200 rps", {}),
    )),
    Rule("number product|adj* ratephrase", "@messages", (("20,000 Kafka messages/s", {}),)),
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
    Rule("rate each", "rps_per_replica:rps", (
        ("6 replicas, 60 rps each", {"rps_per_replica": 60}),)),
    Rule("each handle|doing* ~ rate", "rps_per_replica:rps", (
        ("up to 40 pods, each doing 90 rps", {"rps_per_replica": 90}),
    )),
    Rule("number per|single single? replica", "@per_replica", (
        ("4k rps, 500 per pod", {"rps_per_replica": 500}),
    )),
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
    Rule("\"handler takes ~ dur", "service_ms:ms", (("handler takes 12ms", {"service_ms": 12}),)),
    Rule("req takes ~ dur", "service_ms:ms", (("requests take 40 ms", {"service_ms": 40}),)),
    Rule("number adj? req \"within|\"in fill* dur", "@requests_in", (
        ("5000 requests within 10 seconds", {"peak_rps": 500}),
    )),
    Rule("single replica fill* handle ~ number $", "@does", (
        ("each pod does 250", {"rps_per_replica": 250}),
    )),
    Rule(f"single single? {_HOST} fill* handle ~ number $", "@does", (
        ("one VM does 250", {"rps_per_replica": 250}),
    )),
    Rule("dur fill* avg fill* latency", "@mean_latency", (
        ("500ms avg latency", {"service_ms": 500}),
    )),
    Rule("avg fill* latency ~ dur", "@mean_latency", (
        ("average latency 40 ms", {"service_ms": 40}),
        ("mean response time 80ms", {"service_ms": 80}),
    )),
    Rule("number worker", "workers:count", (
        ("8 workers", {"workers": 8}), ("4 gunicorn workers", {"workers": 4}),
    )),
    Rule("number product worker", "workers:count", (("4 uvicorn workers", {"workers": 4}),)),
    Rule("number worker \"x|\"times|\"×|per|fill|sep|and* number worker", "@workers", (
        ("4 workers x 2 threads", {"workers": 8}),
    )),
    Rule("product \"-* \"w|\"workers|\"threads number", "workers:count", (
        ("gunicorn -w 4", {"workers": 4}),
    )),
    Rule("number worker single replica", "workers:count", (("8 workers per pod", {"workers": 8}),)),
    Rule("worker fill* number $", "workers:count", (
        ("workers: 8", {"workers": 8}), ("WEB_CONCURRENCY=4", {"workers": 4}),
    )),
    Rule('number worker "nodes|"node', "@unused", (("8 worker nodes", {}),)),
    Rule("startup ~ takes* ~ dur", "startup_seconds:seconds", (
        ("starts in 45 s", {"startup_seconds": 45}),
        ("startup 90 seconds", {"startup_seconds": 90}),
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
    Rule("utilization ~ number $", "@utilization", (
        ("targetCPUUtilizationPercentage: 70", {"target_utilization": 0.7}),
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
    Rule("p99 percentile? fill* latency? objective? ~ dur", "p99_ms:ms", (
        ("p99 250 ms", {"p99_ms": 250}), ("p99 of 1.5 seconds", {"p99_ms": 1500}),
        ("p99 < 0.3s", {"p99_ms": 300}), ("99th percentile under 200ms", {"p99_ms": 200}),
        ("p99 latency should stay below 120 ms", {"p99_ms": 120}),
    )),
    Rule("p95 percentile? fill* latency? objective? ~ dur", "p95_ms:ms", (
        ("p95 < 0.3s", {"p95_ms": 300}),
    )),
    Rule("p99 latency? ~ number $", "p99_ms:ms", (("p99 250", {"p99_ms": 250}),)),
    Rule("p95 latency? ~ number $", "p95_ms:ms", (("p95: 120", {"p95_ms": 120}),)),
    Rule("dur fill* p99 latency?", "p99_ms:ms", (
        ("250 ms p99", {"p99_ms": 250}), ("250 ms at p99", {"p99_ms": 250}),
        ("300ms (p99)", {"p99_ms": 300}),
    )),
    Rule("dur fill* p95 latency?", "p95_ms:ms", (
        ("100 ms at the 95th percentile", {"p95_ms": 100}),)),
    Rule("latency fill* p99 ~ dur", "p99_ms:ms", (("latency p99 250ms", {"p99_ms": 250}),)),
    Rule("latency fill* p95 ~ dur", "p95_ms:ms", (("latency (p95): 250ms", {"p95_ms": 250}),)),
    Rule("latency ~ dur fill* p99", "p99_ms:ms", (
        ("latency under 250 ms at p99", {"p99_ms": 250}),
    )),
    Rule("latency ~ dur fill* p95", "p95_ms:ms", (("latency < 250 ms for p95", {"p95_ms": 250}),)),
    Rule("p99|p95|pother and|sep p99|p95|pother ~ dur|number and|sep dur", "@parallel", (
        ("p95/p99 80/200ms", {"p95_ms": 80, "p99_ms": 200}),
    )),
    Rule("p99|p95|pother and|sep p99|p95|pother and|sep p99|p95|pother ~"
         " dur|number and|sep dur|number and|sep dur", "@parallel"),
    Rule("latency objective ~ dur", "@latency", (("response time SLO 300 ms", {"p99_ms": 300}),)),
    Rule("latency ~ dur", "@latency", (("latency under 200 ms", {"p99_ms": 200}),)),
    Rule("dur fill* latency", "@latency", (("200 ms latency", {"p99_ms": 200}),)),
    Rule("max fill* dur latency", "@latency", ()),
    Rule("pother latency? ~ dur", "@unused", (("p50 20 ms", {}), ("median latency 30 ms", {}))),
    Rule("dur fill* pother latency?", "@unused", ()),
    Rule("pct latency? \"under|\"below|\"<|\"<=|\"≤|\"within|\"less_than|\"faster_than fill* dur",
         "@share_latency", (("99% under 300 ms", {"p99_ms": 300}),)),
    Rule("latency objective ~ pct \"under|\"below|\"<|\"<=|\"≤|\"within|\"in fill* dur",
         "@share_latency"),
    Rule("latency ~ pct \"under|\"below|\"<|\"<=|\"≤|\"within|\"in fill* dur", "@share_latency", (
        ("latency SLO: 99% under 300ms", {"p99_ms": 300}),
    )),
    Rule("latency ~ dur fill* pct fill* adj? req", "@share_latency", (
        ("respond in less than 100 ms for 99% of requests", {"p99_ms": 100}),
    )),
    Rule("dur fill* pct fill* adj? req", "@share_latency", (
        ("200 ms for 99% of requests", {"p99_ms": 200}),
    )),
    Rule("pct fill* adj? req ~ latency? ~ dur", "@share_latency", (
        ("99% of requests under 200 ms", {"p99_ms": 200}),
        ("95 % of calls within 0.1s", {"p95_ms": 100}),
    )),
)  # fmt: skip
