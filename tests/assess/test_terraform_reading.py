"""Terraform by its parser and by its lines: the same facts, no comment, no text, no crash."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from devops_exe.assess.readers import terraform
from devops_exe.assess.repository import assess_repository

if TYPE_CHECKING:
    from pathlib import Path

MODULE = """terraform {
  required_version = ">= 1.5"
}
# resource "aws_elasticache_cluster" "old" {}
// provider "google" {}
/*
resource "aws_lambda_function" "gone" {}
*/
provider "aws" {
  region = "eu-west-1"
}

resource "aws_db_instance" "main" {
  engine    = "postgres" # the one store
  user_data = <<-EOT
    resource "aws_lambda_function" "text" {
    provider "azurerm" {
  EOT
  note      = "provider \\"oracle\\" { /* no comment */"
}

resource "aws_ecs_service" "api" { desired_count = 3 }
"""
WANTED = {
    ("terraform_provider", "aws", "main.tf:9"),
    ("terraform_resource", "aws_db_instance", "main.tf:13"),
    ("terraform_resource", "aws_ecs_service", "main.tf:22"),
    ("datastores", "postgresql", "main.tf:14"),
}


def facts(root: Path) -> set[tuple[str, object, str]]:
    names = {name for name, _, _ in WANTED}
    found = assess_repository(root).facts
    return {(name, fact.value, fact.where) for name, fact in found if name in names}


@pytest.fixture
def module(tmp_path: Path) -> Path:
    (tmp_path / "main.tf").write_text(MODULE)
    return tmp_path


def test_lines_alone_read_what_is_stated(module: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(terraform, "parser", lambda: None)
    assert facts(module) == WANTED
    assert terraform.HINT in assess_repository(module).notes


def test_the_parser_reads_the_same(module: Path) -> None:
    pytest.importorskip("hcl2", reason="the extra devops-exe[terraform] is not installed")
    assert facts(module) == WANTED
    assert not any("terraform" in note for note in assess_repository(module).notes)


def test_both_readings_give_the_same_statements() -> None:
    pytest.importorskip("hcl2", reason="the extra devops-exe[terraform] is not installed")
    parse = terraform.parser()
    assert parse is not None
    read = terraform.parsed(MODULE, parse)
    assert read is not None
    lines, plain = read.split("\n"), terraform.stripped(MODULE).split("\n")
    assert len(lines) == len(plain)
    for one, two in zip(lines, plain, strict=True):
        for word in ('resource "', 'provider "', "engine", "desired_count"):
            assert one.lstrip().startswith(word) == two.lstrip().startswith(word), (one, two)


@pytest.mark.parametrize("text", ['resource "x" {', "}}}}", "a = = b", '"', "<<EOT\n", "\x00"])
def test_what_the_parser_refuses_is_read_by_its_lines(text: str) -> None:
    pytest.importorskip("hcl2", reason="the extra devops-exe[terraform] is not installed")
    parse = terraform.parser()
    assert parse is not None
    assert terraform.parsed(text, parse) is None or terraform.parsed(text, parse) is not text
    assert terraform.statements(text).count("\n") == text.count("\n")


def test_a_parser_is_asked_for_no_tree_without_terraform(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    (tmp_path / "main.py").write_text("print(1)\n")

    def asked() -> None:
        raise AssertionError("the parser was looked for")

    monkeypatch.setattr(terraform, "parser", asked)
    assert assess_repository(tmp_path).notes == ()


@settings(max_examples=60, deadline=None)
@given(st.text(alphabet='ab "={}[]/*#\n<-EOT\\$', max_size=200))
def test_any_text_keeps_its_lines(text: str) -> None:
    assert terraform.stripped(text).count("\n") == text.count("\n")
    assert terraform.statements(text).count("\n") == text.count("\n")
