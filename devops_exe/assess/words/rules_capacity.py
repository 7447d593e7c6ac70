"""Rules of capacity, money and pace."""

from __future__ import annotations

from devops_exe.assess.words.rule import Rule

CAPACITY: tuple[Rule, ...] = (
    Rule("number replica", "@replicas", (
        ("6 replicas", {"replicas": 6}), ("three pods", {"replicas": 3}),
        ("3-30 pods", {"min_replicas": 3, "max_replicas": 30}),
        ("3 to 30 replicas", {"min_replicas": 3, "max_replicas": 30}),
    )),
    Rule("number \"x replica", "@replicas", (("6x replicas", {"replicas": 6}),)),
    Rule("number \"( number \") replica", "replicas:count#2", (
        ("six (6) replicas", {"replicas": 6}),
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
    Rule("number replica fill* max", "max_replicas:count", (
        ("30 pods max", {"max_replicas": 30}),)),
    Rule("scaleword \"up|\"down|\"out|\"in|\"back* \"to|\"down_to fill* number $", "@scale_to", (
        ("scale down to 4", {"replicas": 4}),
    )),
    Rule("min fill* number $", "@min_bare", (
        ("min 3 max 30", {"min_replicas": 3, "max_replicas": 30}),
    )),
    Rule("max fill* number $", "@max_bare", (("max 30", {"max_replicas": 30}),
        ("350 rps on average, up to 2,000", {"average_rps": 350, "peak_rps": 2000}),)),
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
    Rule("scaleword fill* number \"/ number $", "@bound_pair", (
        ("HPA 4/64", {"min_replicas": 4, "max_replicas": 64}),
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
    Rule("number zone|region|replica fill* \"lost|\"down|\"failure|\"failures|\"outage|\"fails"
         "|\"failing|\"offline|\"gone|\"loss", "@understood", (
        ("one zone lost", {}), ("one zone down", {}),
    )),
    Rule("\"survive|\"survives|\"tolerate|\"tolerates|\"lose|\"losing|\"loss_of|\"withstand"
         " fill* single? number? zone|region|replica", "@survives", (
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
    Rule("dur sep|and* bytes", "@millicores_bytes", (
        ("250m 512Mi", {"cpu_millicores": 250, "memory_mib": 512}),
    )),
    Rule("size fill* bytes", "@unused", (("image of 300 MB", {}),)),
    Rule("bytes fill* size", "@unused", (("300 MB image", {}),)),
    Rule("bytes fill* memory", "memory_mib:mib", (
        ("512Mi memory", {"memory_mib": 512}), ("2 GB RAM", {"memory_mib": 2048}),
        ("4 GiB of memory", {"memory_mib": 4096}),
    )),
    Rule("memory fill* bytes", "memory_mib:mib", (("memory: 1Gi", {"memory_mib": 1024}),)),
    Rule("bytes fill* single replica", "memory_mib:mib", (
        ("2 GiB per pod", {"memory_mib": 2048}),)),
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
        ("$4k monthly", {"budget_usd_month": 4000}),
        ("$120,000 per year", {"budget_usd_month": 10000}),
    )),
    Rule("money budget", "@budget", (("$4k budget", {"budget_usd_month": 4000}),)),
    Rule("money budget period", "@budget_period", (
        ("$500 budget per month", {"budget_usd_month": 500}),)),
    Rule("period budget ~ money|number $", "@budget_period", (
        ("monthly budget $4k", {"budget_usd_month": 4000}),
        ("monthly budget: 900", {"budget_usd_month": 900}),
        ("yearly budget $12k", {"budget_usd_month": 1000}),
    )),
    Rule("budget ~ money", "@budget", (
        ("budget $500", {"budget_usd_month": 500}),
        ("budget of 500 dollars", {"budget_usd_month": 500}),
    )),
    Rule("budget ~ number|freq $", "@budget", (
        ("budget 4k/month", {"budget_usd_month": 4000}),
        ("monthly budget: 900", {"budget_usd_month": 900}),
    )),
    Rule("number|freq budget", "@budget", (("4k a month budget", {"budget_usd_month": 4000}),)),
)  # fmt: skip

PACE: tuple[Rule, ...] = (
    Rule("number adj? deploy period", "@deploy_count", (
        ("25 deploys a week", {"deploys_per_week": 25}),
        ("10 deploys/day", {"deploys_per_week": 70}),
        ("25 releases weekly", {"deploys_per_week": 25}),
    )),
    Rule("number env deploy period", "@deploy_count", (
        ("20 production deploys per week", {"deploys_per_week": 20}),
    )),
    Rule("multi deploy period", "@understood", (("several deploys a day", {}),)),
    Rule("deploy fill* env? freq", "@deploy_frequency", (
        ("deploys 40 times a month", {"deploys_per_week": 9.20598388953}),
        ("deploy twice a day", {"deploys_per_week": 14}),
    )),
    Rule("freq fill* deploy", "@deploy_frequency", ()),
    Rule("deploy fill* env? period", "@deploy_period", (
        ("we deploy daily", {"deploys_per_week": 7}),
        ("releases every two weeks", {"deploys_per_week": 0.5}),
    )),
    Rule("period deploy", "@deploy_period", (("weekly releases", {"deploys_per_week": 1}),)),
    Rule("period number deploy", "@deploy_period_count", (
        ("weekly 25 deploys", {"deploys_per_week": 25}),)),
)  # fmt: skip
