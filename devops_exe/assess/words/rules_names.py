"""Rules of constraints, products and versions."""

from __future__ import annotations

from devops_exe.assess.words.rule import Rule

CONSTRAINTS: tuple[Rule, ...] = (
    Rule("zero fill* outage", "zero_downtime=true", (
        ("zero downtime", {"zero_downtime": True}), ("no downtime", {"zero_downtime": True}),
        ("without downtime", {"zero_downtime": True}), ("zero-downtime", {"zero_downtime": True}),
        ("ohne Ausfallzeit", {"zero_downtime": True}),
        ("sin tiempo de inactividad", {"zero_downtime": True}),
    )),
    Rule("no zero outage notneeded?", "zero_downtime=false", (
        ("no zero downtime needed", {"zero_downtime": False}),
    )),
    Rule("no fill* zero outage fill* notneeded?", "zero_downtime=false", (
        ("we don't need zero downtime", {"zero_downtime": False}),
    )),
    Rule("zero outage fill* notneeded", "@no_outage", (
        ("zero downtime is not needed", {"zero_downtime": False}),
        ("no downtime tolerated", {"zero_downtime": True}),
        ("no outage is allowed", {"zero_downtime": True}),
    )),
    Rule("zero outage fill* no fill* notneeded?", "zero_downtime=false", ()),
    Rule("window_of fill* notneeded", "zero_downtime=false", (
        ("downtime is acceptable", {"zero_downtime": False}),
        ("a maintenance window is fine", {"zero_downtime": False}),
    )),
    Rule("window_of fill* dur on|fill|period|\"sunday|\"sundays|\"saturday|\"night|\"nights*"
         " notneeded", "zero_downtime=false", (
        ("a maintenance window of 2 hours on Sunday is fine", {"zero_downtime": False}),
    )),
    Rule("no fill* window_of fill* notneeded?", "zero_downtime=true", (
        ("no maintenance windows are allowed", {"zero_downtime": True}),
        ("no maintenance window", {"zero_downtime": True}),
    )),
    Rule("window_of fill* no fill* notneeded|\"option", "zero_downtime=true", (
        ("downtime is not acceptable", {"zero_downtime": True}),
    )),
    Rule("window_of fill* \"unacceptable|\"forbidden", "zero_downtime=true", (
        ("downtime is unacceptable", {"zero_downtime": True}),
    )),
    Rule("max|no max? fill* dur fill* outage period?", "@unused", (
        ("at most 5 minutes of downtime", {}),
    )),
    Rule("dur fill* outage period?", "@unused", (("43 minutes of downtime per month", {}),)),
    Rule("dur fill* outage single|deploy|per|fill* notneeded", "zero_downtime=false", (
        ("15 minutes downtime ok", {"zero_downtime": False}),
    )),
    Rule("window_of ~ dur single|deploy|per|fill* notneeded", "zero_downtime=false", (
        ("downtime of up to 5 minutes per deploy is acceptable", {"zero_downtime": False}),
    )),
    Rule("\"zerodowntime|\"nodowntime", "zero_downtime=true"),
    Rule("\"can fill* \"down|\"downtime", "zero_downtime=false", ()),
    Rule("\"always \"on|\"up|\"online", "zero_downtime=true", ()),
    Rule("stateful", "stateful=true", (("stateful", {"stateful": True}),)),
    Rule("stateless", "stateful=false", (("stateless", {"stateful": False}),)),
    Rule("no fill* stateful", "stateful=false", (("not stateful", {"stateful": False}),)),
    Rule("no fill* stateless", "stateful=true", (("not stateless", {"stateful": True}),)),
    Rule("sticky", "session_affinity=true", (
        ("sticky sessions", {"session_affinity": True}),
        ("session affinity", {"session_affinity": True}),
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
    Rule("no fill* flags", "feature_flags=false", (
        ("no feature flags", {"feature_flags": False}),)),
    Rule("router", "traffic_routing=true", (("Istio", {"traffic_routing": True}),)),
    Rule("no fill* router", "@no_router", (
        ("no service mesh", {"traffic_routing": False}),
        ("linkerd mesh, no istio", {"traffic_routing": True}),
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
        ("EKS 6 replicas", {"replicas": 6}), ("node 20 and redis 7", {"datastores": ("redis",)}),
    )),
    Rule("product fill* number", "@dotted_version", (
        ("GKE 1.29 regional cluster", {"platform": "GCP GKE"}),
    )),
    Rule("no fill* product notneeded?", "@not_product", (("no canary", {}),
        ("not on Kubernetes", {}))),
    Rule("no fill* product or|\"nor product notneeded?", "@not_product", (
        ("we don't use Redis or Kafka", {}),
    )),
    Rule("from fill* product", "@left_product", (
        ("from Jenkins to GitHub Actions", {"ci": "github-actions"}),
    )),
    Rule("product fill* notneeded", "@not_product", (("canary is not needed", {}),
        ("recreate is fine", {"strategy": "Recreate"}),)),
    Rule("version", "@version", (("v1.4.2", {"version": "v1.4.2"}),)),
    Rule("goto fill* tag* fill* version|number $", "@version_to", (
        ("to v2.3.1", {"version": "v2.3.1"}), ("to version 42", {"version": "42"}),
        ("to 2.3", {"version": "2.3"}),
    )),
    Rule("\"restore|\"redeploy|\"reinstate fill* tag* version", "@version_to", (
        ("restore 1.4.2", {"version": "1.4.2"}),
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
    Rule("\"ticket|\"issue|\"bug|\"incident|\"pr|\"mr|\"case|\"story|\"epic fill* number",
         "@understood", (("ticket 48213", {}),)),
    Rule("ignore fill* number", "@unused", (("team of 5", {}),)),
    Rule("number ignore", "@unused", (("5 engineers", {}),)),
)  # fmt: skip
