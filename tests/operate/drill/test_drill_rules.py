"""The rule files of drills, as promtool reads them."""

from __future__ import annotations

import json
import shutil
import subprocess

import pytest
from drill_dossiers import STRATEGIES, dossier

from devops_exe.operate.drill.edge import Counters
from devops_exe.operate.drill.history import bounds, history_seconds, openmetrics
from devops_exe.operate.drill.model import Names
from devops_exe.operate.drill.plan import drill_plan
from devops_exe.operate.drill.prometheus import configuration

pytestmark = pytest.mark.skipif(shutil.which("promtool") is None, reason="no promtool")


def check(*words: str) -> None:
    done = subprocess.run(["promtool", *words], capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stdout + done.stderr


@pytest.mark.parametrize("fault", ["errors", "latency"])
@pytest.mark.parametrize("strategy", STRATEGIES)
def test_promtool_accepts_the_files(tmp_path, strategy, fault):
    plan = drill_plan(dossier(strategy), fault=fault, factor=240)
    (tmp_path / "rules.yml").write_text(plan.groups)
    text = configuration(plan.clock, plan.names.job, 9, tmp_path / "rules.yml")
    assert json.loads(text)["scrape_configs"][0]["static_configs"][0]["targets"] == ["127.0.0.1:9"]
    (tmp_path / "prometheus.yml").write_text(text)
    check("check", "config", str(tmp_path / "prometheus.yml"))


def test_the_history_becomes_blocks(tmp_path):
    plan = drill_plan(dossier("rolling"))
    assert history_seconds(plan) > 360
    file = tmp_path / "history.txt"
    file.write_text("".join(openmetrics(plan, 1_700_000_000.0, "127.0.0.1:9")))
    check("tsdb", "create-blocks-from", "openmetrics", str(file), str(tmp_path / "tsdb"))
    assert list((tmp_path / "tsdb").iterdir())


def test_a_canary_needs_no_history():
    assert history_seconds(drill_plan(dossier("canary"))) == 0


def test_the_routers_lines_become_counters():
    counters = Counters(Names(job="shop"), 0.25)
    for line in (
        "<134>Nov 24 23:05:46 haproxy[25]: v2-1 200 3",
        "<134>Nov 24 23:05:46 haproxy[25]: v2-1 504 1001",
        "<134>Nov 24 23:05:46 haproxy[25]: v1-4 -1 -1",
        "<134>Nov 24 23:05:46 haproxy[25]: <NOSRV> 503 0",
        "<137>Nov 24 23:05:46 haproxy[25]: Server app/v2-4 is going DOWN for maintenance.",
        "nonsense",
        "",
    ):
        counters.line(line)
    text = counters.text().decode()
    start = 'http_requests_total{job="shop",version='
    assert f'{start}"v2",pod_template_hash="v2",code="504"}} 1' in text
    assert f'{start}"v2",pod_template_hash="v2",code="500"}} 0' in text, "born at zero"
    assert f'{start}"v1",pod_template_hash="v1",code="502"}} 1' in text
    assert 'version="v2",pod_template_hash="v2",le="0.25"} 1' in text
    assert 'version="v2",pod_template_hash="v2",le="+Inf"} 2' in text
    assert "NOSRV" not in text
    assert bounds(0.25)[1] == "0.25"
