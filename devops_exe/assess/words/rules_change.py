"""Rules of machines, of counts a zone, of figures that are left and of relative changes."""

from __future__ import annotations

from devops_exe.assess.words.rule import Rule

_NOUNS = "replica|zone|region|worker|machine|objective|rto|rpo|nines|traffic|p99|p95|latency|deploy"
_FIGURE = "number|rate|pct|dur|bytes|money|freq|period"
_SUBJECT = "traffic|peak|avg|ratephrase|req|replica|zone|region|budget|data|memory|cpu|rto|rpo"
_MULTIPLIED = ('"double|"doubling|"triple|"tripling|"quadruple|"twice|"thrice|"half|"halve'
               '|"halving|"doubled|"tripled|"halved')  # fmt: skip
_MULTIPLIES = ('"doubles|"triples|"quadruples|"halves|"doubled|"tripled|"halved|"double|"triple'
               '|"doubling|"tripling')  # fmt: skip

MACHINES: tuple[Rule, ...] = (
    Rule("number machine", "@machines", (
        ("on 2 VMs", {"orchestrator": "vm"}), ("on 3 droplets", {"orchestrator": "vm"}),
        ("on 4 EC2 instances", {"platform": "AWS EC2"}), ("on two servers", {}),
    )),
    Rule('number "x|"× machine', "@machines", (("3x EC2", {"platform": "AWS EC2"}),)),
    Rule('number "app|"api|"web|"service|"backend|"frontend|"application|"production|"prod|"server'
         ' replica', "@replicas", (("3 app replicas", {"replicas": 3}),)),
    Rule("number adj|product machine", "@machines", (
        ("3 Hetzner servers", {"provider": "hetzner"}),
    )),
    Rule('machine "x|"×|":|"= number $', "@machines", (("droplets: 3", {}),)),
    Rule("number replica fill* single zone", "@per_zone", (
        ("2 replicas per zone, 3 zones", {"replicas": 6, "zones": 3}),
    )),
    Rule("number machine fill* single zone", "@per_zone"),
    Rule('"from number replica goto|to number $', "replicas:count#2", (
        ("from 2 pods to 4", {"replicas": 4}),
    )),
    Rule('"from number zone goto|to number $', "zones:count#2", (
        ("from 2 zones to 3", {"zones": 3}),
    )),
    Rule("number replica fill* single region", "@unused", (("2 replicas per region", {}),)),
    Rule('replica "x|"× number $', "@replicas", (("pods x 6", {"replicas": 6}),)),
    Rule('number "x|"× zone', "zones:count", (("3x AZ", {"zones": 3}),)),
    Rule('number "x|"× region', "regions:count", (("2x region", {"regions": 2}),)),
)  # fmt: skip

CHANGES: tuple[Rule, ...] = (
    Rule(f"formerly fill* {_FIGURE}|cpu {_NOUNS}?", "@understood", (
        ("10 replicas instead of 6", {"replicas": 10}),
        ("99.9% rather than 99.99%", {"slo_percent": 99.9}),
    )),
    Rule(f'"not fill* {_FIGURE}|cpu {_NOUNS}?', "@not_figure", (
        ("1500 rps, not 15000 rps", {"peak_rps": 1500}),
    )),
    Rule('number formerly|"not rate', "@rather_rate", (
        ("1500 not 15000 rps", {"peak_rps": 1500}),
    )),
    Rule(f'"( "was|"before|"now|"today|"currently fill* {_FIGURE} {_NOUNS}? ")', "@understood", (
        ("99.99 % (was 99.9%)", {"slo_percent": 99.99}),
    )),
    Rule("number formerly number replica", "replicas:count", (
        ("10 instead of 6 replicas", {"replicas": 10}),
    )),
    Rule("number formerly number zone", "zones:count", (("3 instead of 2 zones", {"zones": 3}),)),
    Rule(f"{_MULTIPLIED} fill* bad? {_SUBJECT} traffic?", "@multiply", (("double the traffic", {}),
        ("half the budget", {}))),
    Rule(f'number "x|"times|"× "the|"our|"current|"today\'s|"its bad? fill* {_SUBJECT} traffic?',
         "@multiply", (("3x the traffic", {}),)),
    Rule(f"{_SUBJECT} traffic? fill* {_MULTIPLIES}", "@multiply", (("traffic doubles", {}),)),
    Rule(f'"cut|"slash|"reduce|"reduces|"bring|"cutting fill* {_SUBJECT} fill* "half',
         "@multiply", (("cut the budget in half", {}),)),
    Rule(f'pct "more|"less|"higher|"lower|"fewer|"extra|"additional {_SUBJECT} traffic?',
         "@by_share", (("10% more traffic", {}),)),
    Rule(f'"+|"plus* pct {_SUBJECT} traffic?', "@by_sign", (("+50% traffic", {}),)),
    Rule(f'"increase|"raise|"reduce|"lower|"cut|"decrease|"grow|"bump fill* {_SUBJECT} fill* pct',
         "@by_share", (("reduce the budget by 20%", {}),)),
    Rule(f'{_SUBJECT} fill* "grows|"increases|"rises|"drops|"falls|"shrinks fill* pct',
         "@by_share", (("traffic grows by 50%", {}),)),
    Rule('"add|"plus|"with? number "more|"additional|"extra|"further replica|zone|region',
         "@more", (("add 2 more replicas", {}),)),
    Rule('number "more|"additional|"extra|"fewer|"less replica|zone|region|ratephrase', "@more", (
        ("one more zone", {}),
    )),
    Rule('number replica|zone|region "less|"fewer|"more', "@more", (("2 replicas less", {}),)),
    Rule('"add|"remove|"drop "a|"an|"another|"one replica|zone|region', "@more", (
        ("add a zone", {}),
    )),
    Rule('"another replica|zone|region', "@more", (("another replica", {}),)),
    Rule('number "x|"times|"× "the|"our|"current|"today\'s|"a|"an|"its|"of|"that* rate',
         "@times_rate", (("5x the current 400 rps", {"peak_rps": 2000}),)),
    Rule('peak|max traffic? ~ number "x|"times "of|"the|"our|"current|"a* rate', "@times_average", (
        ("spikes up to 10x of 200 rps", {"average_rps": 200, "peak_rps": 2000}),
    )),
    Rule('peak traffic? fill* number "x|"times fill* avg fill* rate', "@times_average", (
        ("peak is ten times the average of 80 rps", {"average_rps": 80, "peak_rps": 800}),
    )),
)  # fmt: skip
