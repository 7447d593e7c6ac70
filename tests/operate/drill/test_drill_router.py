"""The router's configuration: accepted by HAProxy, and loopback alone."""

from __future__ import annotations

import re
import shutil
import subprocess
from typing import TYPE_CHECKING

import pytest

from devops_exe.operate.drill.router import configuration, write_maps

if TYPE_CHECKING:
    from pathlib import Path

    from devops_exe.operate.drill.router import Layout

LAYOUTS: tuple[Layout, ...] = ("weights", "switch", "cohort")


def text_of(layout: Layout, folder: Path) -> str:
    slots = {"v1": 2, "v2": 2}
    return configuration(layout, slots, port=39123, folder=folder, server_timeout_ms=1000)


@pytest.mark.parametrize("layout", LAYOUTS)
def test_every_address_is_loopback_and_the_nameservers_of_the_machine_are_not_taken(
    layout: Layout, tmp_path: Path
) -> None:
    text = text_of(layout, tmp_path)
    # without this section HAProxy opens a socket to each nameserver of /etc/resolv.conf
    assert "\nresolvers default\n" in text
    found = re.findall(r"\b(\d+\.\d+\.\d+\.\d+):\d+", text)
    assert set(found) == {"127.0.0.1"}


@pytest.mark.skipif(shutil.which("haproxy") is None, reason="no haproxy")
@pytest.mark.parametrize("layout", LAYOUTS)
def test_haproxy_takes_it_without_a_warning(layout: Layout, tmp_path: Path) -> None:
    write_maps(layout, tmp_path)
    file = tmp_path / "haproxy.cfg"
    file.write_text(text_of(layout, tmp_path))
    done = subprocess.run(
        ["haproxy", "-c", "-f", str(file)], capture_output=True, text=True, check=False
    )
    assert done.returncode == 0, done.stderr
    assert "WARNING" not in done.stdout + done.stderr
