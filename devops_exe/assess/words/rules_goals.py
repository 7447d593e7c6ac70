"""Rules of objectives and recovery."""

from __future__ import annotations

from devops_exe.assess.words.rule import Rule

OBJECTIVES: tuple[Rule, ...] = (
    Rule("pct", "@bare_percent", (("99.95 %", {"slo_percent": 99.95}),)),
    Rule("number aside? $", "@bare_objective", (
        ("600 rps, 99.95", {"peak_rps": 600, "slo_percent": 99.95}),
        ("600 rps, 99, 3 zones", {"slo_percent": 99}), ("make it 99.99", {"slo_percent": 99.99}),
        ("99.99 instead", {"slo_percent": 99.99}),
    )),
    Rule("objective ~ pct", "slo_percent:slo", (
        ("availability of 99.95%", {"slo_percent": 99.95}), ("SLO: 99.9 %", {"slo_percent": 99.9}),
    )),
    Rule("pct fill* objective", "slo_percent:slo", (
        ("99.95% uptime", {"slo_percent": 99.95}), ("99.9 % available", {"slo_percent": 99.9}),
    )),
    Rule("pct fill* objective? dur", "@objective_span", (
        ("99.9% slo 30d", {"slo_percent": 99.9, "slo_window_days": 30}),
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
    Rule("objective ~ number nines", "slo_percent:nines", (
        ("availability of four nines", {"slo_percent": 99.99}),
    )),
    Rule("min|max fill* number nines fill* objective?", "slo_percent:nines", (
        ("at least three nines", {"slo_percent": 99.9}),
    )),
    Rule("number nines fill* objective", "slo_percent:nines"),
    Rule("number nines", "slo_percent:nines", (
        ("three nines", {"slo_percent": 99.9}), ("four 9s", {"slo_percent": 99.99}),
        ("3 nines", {"slo_percent": 99.9}), ("five-nines", {"slo_percent": 99.999}),
        ("three and a half nines", {"slo_percent": 99.95}), ("3.5 nines", {"slo_percent": 99.95}),
    )),
    Rule("budgeterr ~ pct", "slo_percent:slo_left", (
        ("error budget 0.1 %", {"slo_percent": 99.9}),)),
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
    Rule("period rolling? window", "@window", (
        ("99.9%, monthly window", {"slo_window_days": 30}),)),
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
    Rule("\"failover|\"fail_over \"under|\"below|\"in|\"<|\"less_than|max fill* dur",
         "rto_minutes:minutes", (("failover under 5 minutes", {"rto_minutes": 5}),)),
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
    Rule("rpo sep|and|fill* rto ~ dur sep|and|fill* dur",
         "rpo_minutes:minutes0 rto_minutes:minutes#2", (
        ("RPO/RTO 5m/30m", {"rpo_minutes": 5, "rto_minutes": 30}),
    )),
    Rule("rto|restore from|fill* backup ~ dur", "rto_minutes:minutes", (
        ("restore from backup within 4 hours", {"rto_minutes": 240}),
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
    Rule("backup data? fill* dur", "@backup_every", (
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
    Rule("period|dur|number data? backup dur", "@unused", ()),
    Rule("restore ~ bytes", "@restore_rate", (
        ("restore at 200 MiB/s", {"restore_mib_per_second": 200}),
    )),
    Rule("bytes fill* restore", "@restore_rate", (
        ("200 MiB/s restore rate", {"restore_mib_per_second": 200}),
    )),
)  # fmt: skip
