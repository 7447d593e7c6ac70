"""Rules of the platform's own settings: what a plan assumes when nobody says them."""

from __future__ import annotations

from devops_exe.assess.words.rule import Rule

_SEPARATED = ' and|dash|sep|"/|"→|"then* number|pct'

_STARTS = 'strategy fill|startup|from|"weights|"steps|"first* number|pct'

ROLLOUT: tuple[Rule, ...] = (
    Rule("max \"surge fill* pct|number", "@max_surge", (
        ("max surge 50%", {"max_surge": "50%"}), ("max surge of 2", {"max_surge": 2}),
    )),
    Rule("pct|number max \"surge", "@max_surge", (("25% max surge", {"max_surge": "25%"}),)),
    Rule("pct|number max \"unavailable", "@max_unavailable", (
        ("0 max unavailable", {"max_unavailable": 0}),
    )),
    Rule("\"maxsurge fill* pct|number", "@max_surge", (("maxSurge: 25%", {"max_surge": "25%"}),)),
    Rule("max \"unavailable fill* pct|number", "@max_unavailable", (
        ("max unavailable 0%", {"max_unavailable": "0%"}),
        ("max unavailable 1", {"max_unavailable": 1}),
    )),
    Rule("\"maxunavailable fill* pct|number", "@max_unavailable", (
        ("maxUnavailable: 0", {"max_unavailable": 0}),
    )),
    Rule("min \"ready \"time? fill* dur", "min_ready_seconds:seconds0", (
        ("min ready 10 s", {"min_ready_seconds": 10}),
        ("minimum ready time of 10 s", {"min_ready_seconds": 10}),
    )),
    Rule("dur min \"ready", "min_ready_seconds:seconds0", (
        ("10 s min ready", {"min_ready_seconds": 10}),
    )),
    Rule("dur \"termination \"grace \"period?", "termination_grace_seconds:seconds0", (
        ("30s termination grace", {"termination_grace_seconds": 30}),
    )),
    Rule("\"termination \"grace \"period? fill* dur", "termination_grace_seconds:seconds0", (
        ("termination grace 60 s", {"termination_grace_seconds": 60}),
        ("termination grace period of 2 min", {"termination_grace_seconds": 120}),
    )),
    Rule("\"progress \"deadline fill* dur", "progress_deadline_seconds:seconds", (
        ("progress deadline 900 s", {"progress_deadline_seconds": 900}),
    )),
    Rule("\"switch|\"switching|\"switchover handle? fill* dur", "switch_seconds:seconds0", (
        ("switch takes 10 s", {"switch_seconds": 10}), ("switchover 10 s", {"switch_seconds": 10}),
    )),
    Rule("\"load \"balancer \"propagation handle? fill* dur", "lb_propagation_seconds:seconds0", (
        ("load balancer propagation 60 s", {"lb_propagation_seconds": 60}),
    )),
    Rule("\"lb|\"load_balancer \"propagation handle? fill* dur",
         "lb_propagation_seconds:seconds0", (
        ("LB propagation takes 1 min", {"lb_propagation_seconds": 60}),
    )),
    Rule("\"weight \"reset handle? fill* dur", "weight_reset_seconds:seconds0", (
        ("weight reset 10 s", {"weight_reset_seconds": 10}),
    )),
    Rule("\"flag|\"flags \"propagation handle? fill* dur", "flag_propagation_seconds:seconds0", (
        ("flag propagation 60 s", {"flag_propagation_seconds": 60}),
    )),
    Rule("\"scale \"down \"delay fill* dur", "scale_down_delay_seconds:seconds0", (
        ("scale-down delay 600 s", {"scale_down_delay_seconds": 600}),
    )),
    Rule("\"scale-down|\"scaledown \"delay fill* dur", "scale_down_delay_seconds:seconds0"),
    Rule("\"scale \"down \"after fill* dur", "downscale_stabilization_seconds:seconds0", (
        ("scale down after 10 min", {"downscale_stabilization_seconds": 600}),
    )),
    Rule("\"analysis handle? fill* dur", "analysis_seconds:seconds0", (
        ("analysis 600 s", {"analysis_seconds": 600}),
        ("analysis of 5 min", {"analysis_seconds": 300}),
    )),
    *(
        Rule(_STARTS + _SEPARATED * more, "@canary_weights")
        for more in range(1, 15)
    ),
    Rule(_STARTS + _SEPARATED, "@canary_weights", (
        ("canary 5% then 25% then 100%", {"canary_weights_percent": (5, 25)}),
        ("canary 5 20 50 %", {"canary_weights_percent": (5, 20, 50)}),
        ("canary 5/20/50 %", {"strategy": "Canary", "canary_weights_percent": (5, 20, 50)}),
        ("canary 10%, 50%", {"strategy": "Canary", "canary_weights_percent": (10, 50)}),
        ("canary 1 → 10 → 100 %", {"canary_weights_percent": (1, 10)}),
    )),
    Rule(_STARTS, "@first_weight"),
    Rule("\"bake|\"bakes fill|min* dur", "min_step_seconds:seconds", (
        ("bake at least 10 min", {"min_step_seconds": 600}),
    )),
    Rule("\"steps|\"step fill|max* dur", "max_step_hours:hours", (
        ("steps up to 48 h", {"max_step_hours": 48}),
    )),
    Rule("\"cohort fill* pct", "cohort_percent:percent", (
        ("cohort 20 %", {"cohort_percent": 20}), ("cohort of 5 %", {"cohort_percent": 5}),
    )),
    Rule("\"experiment|\"experiments handle? fill* dur", "experiment_seconds:seconds", (
        ("experiment 48 h", {"experiment_seconds": 172800}),
    )),
    Rule("bad deploy \"fails|\"failing fill* pct", "bad_error_ratio:ratio", (
        ("bad release fails 20 %", {"bad_error_ratio": 0.2}),
    )),
    Rule("\"preview|\"previews \"detection fill* pct", "preview_detection:ratio", (
        ("preview detection 90 %", {"preview_detection": 0.9}),
    )),
    Rule("\"alpha fill* pct|number", "@alpha", (
        ("alpha 0.01", {"alpha": 0.01}), ("alpha 1 %", {"alpha": 0.01}),
    )),
    Rule("\"power fill* pct|number", "@power", (
        ("power 0.9", {"power": 0.9}), ("power 90 %", {"power": 0.9}),
    )),
)  # fmt: skip

WATCHING: tuple[Rule, ...] = (
    Rule("\"evaluation|\"evaluations \"interval? fill* every? period|dur",
         "evaluation_interval_seconds:seconds", (
        ("evaluation 15 s", {"evaluation_interval_seconds": 15}),
        ("evaluation every 30 s", {"evaluation_interval_seconds": 30}),
    )),
    Rule("\"group \"wait fill* dur", "group_wait_seconds:seconds0", (
        ("group wait 10 s", {"group_wait_seconds": 10}),
    )),
    Rule("\"decide|\"decides|\"decision fill* dur", "decide_seconds:seconds0", (
        ("decide in 2 min", {"decide_seconds": 120}),
        ("decision within 60 s", {"decide_seconds": 60}),
    )),
    Rule("\"verify|\"verifies|\"verification handle? fill* dur", "verify_seconds:seconds0", (
        ("verify 30 s", {"verify_seconds": 30}),
        ("verification takes 2 min", {"verify_seconds": 120}),
    )),
    Rule("\"probe|\"probes|\"probed fill* every? period|dur", "probe_period_seconds:seconds", (
        ("probe every 5 s", {"probe_period_seconds": 5}),
    )),
    Rule("\"probe|\"probes \"timeout fill* dur", "probe_timeout_seconds:seconds", (
        ("probe timeout 2 s", {"probe_timeout_seconds": 2}),
    )),
    Rule("\"probe|\"probes \"failure? \"threshold fill* number", "probe_failure_threshold:count", (
        ("probe threshold 5", {"probe_failure_threshold": 5}),
    )),
    Rule("\"connection|\"connections \"pool fill* number", "pool_size:count", (
        ("connection pool of 5", {"pool_size": 5}),
    )),
    Rule("\"pool \"size fill* number", "pool_size:count", (("pool size 20", {"pool_size": 20}),)),
)  # fmt: skip

PRICES: tuple[Rule, ...] = (
    Rule("money single|per|every* cpu \"hour|\"h|\"hr|period", "@cpu_price", (
        ("$0.03 per vCPU hour", {"price_per_vcpu_hour": 0.03}),
    )),
    Rule("money single|per|every* \"gib|\"gb|byteunit \"hour|\"h|\"hr|period", "@memory_price", (
        ("$0.004 per GiB hour", {"price_per_gib_hour": 0.004}),
    )),
)  # fmt: skip
