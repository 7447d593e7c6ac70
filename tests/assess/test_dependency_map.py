"""Who calls whom: the map by hand, by property, and drawn."""

from __future__ import annotations

import itertools
import xml.etree.ElementTree as ET
from typing import TYPE_CHECKING

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from devops_exe.assess.dependencies import DependencyMap, Edge, Node
from devops_exe.assess.dependency_svg import as_svg
from devops_exe.assess.dependency_text import as_mermaid, as_tree
from devops_exe.assess.readers.addresses import hosts_in, is_outside
from devops_exe.assess.readers.aspire import read_app_host
from devops_exe.assess.repository import RepositoryReading, assess_repository
from devops_exe.design.feasibility import in_series, point_costs
from devops_exe.ground.text import cells

if TYPE_CHECKING:
    from pathlib import Path

CLUSTER = """\
apiVersion: apps/v1
kind: Deployment
metadata: {name: web}
spec:
  replicas: 3
  template:
    spec:
      containers:
        - name: main
          image: shop/web:1
          env:
            - {name: ORDERS_ADDR, value: "orders-svc:8080"}
            - {name: PAY_URL, value: "https://u:secret@api.stripe.com/v1"}
          envFrom:
            - configMapRef: {name: web-settings}
---
apiVersion: apps/v1
kind: Deployment
metadata: {name: orders-v2}
spec:
  replicas: 1
  template:
    metadata: {labels: {app: orders}}
    spec:
      containers:
        - name: main
          image: shop/orders:1
          env:
            - {name: QUEUE, value: "amqp://user:pw@mq.shop.svc.cluster.local:5672"}
---
apiVersion: v1
kind: Service
metadata: {name: orders-svc}
spec: {selector: {app: orders}}
---
apiVersion: v1
kind: ConfigMap
metadata: {name: web-settings}
data:
  SEARCH_HOST: search
---
apiVersion: apps/v1
kind: Deployment
metadata: {name: search}
spec:
  replicas: 2
  template:
    spec:
      containers: [{name: main, image: shop/search:1}]
---
apiVersion: apps/v1
kind: StatefulSet
metadata: {name: mq}
spec:
  template:
    spec:
      containers: [{name: main, image: "rabbitmq:3"}]
"""


def read(root: Path, files: dict[str, str]) -> RepositoryReading:
    for path, text in files.items():
        target = root / path
        target.parent.mkdir(parents=True, exist_ok=True)
        target.write_text(text)
    return assess_repository(root)


def pairs(found: DependencyMap) -> dict[tuple[str, str], str]:
    return {(edge.source, edge.target): edge.by for edge in found.edges}


def small(*edges: tuple[str, str], once: str = "") -> DependencyMap:
    names = sorted({name for edge in edges for name in edge})
    nodes = [Node(n, "service", "m.yaml:1", once="m.yaml:2" if n in once else "") for n in names]
    return DependencyMap.of(nodes, [Edge(a, b, "environment", "m.yaml:3") for a, b in edges])


def test_addresses_in_a_cluster_name_services_by_their_selector(tmp_path: Path) -> None:
    found = read(tmp_path, {"k8s/all.yaml": CLUSTER}).dependencies
    assert pairs(found) == {
        ("orders-v2", "mq"): "environment",
        ("web", "api.stripe.com"): "environment",
        ("web", "orders-v2"): "environment",
        ("web", "search"): "environment",
    }
    assert found.entries() == ("web",)
    assert found.node("api.stripe.com").kind == "outside"
    assert found.node("mq").kind == "queue"
    assert [edge.where for edge in found.of_caller("web")] == [
        "k8s/all.yaml:13", "k8s/all.yaml:12", "k8s/all.yaml:40",
    ]  # fmt: skip


def test_a_variable_taken_from_one_key_of_a_config_map(tmp_path: Path) -> None:
    keyed = CLUSTER.replace(
        "envFrom:\n            - configMapRef: {name: web-settings}",
        "x: 1",
    ).replace(
        '- {name: ORDERS_ADDR, value: "orders-svc:8080"}',
        "- {name: A_HOST, valueFrom: {configMapKeyRef: {name: web-settings, key: SEARCH_HOST}}}",
    )
    found = read(tmp_path, {"k8s/all.yaml": keyed}).dependencies
    assert ("web", "search") in pairs(found)
    assert ("web", "orders-v2") not in pairs(found)


def test_a_single_point_runs_once_and_is_waited_for(tmp_path: Path) -> None:
    found = read(tmp_path, {"k8s/all.yaml": CLUSTER}).dependencies
    # the broker runs once too, yet no request waits for it
    assert [(p.node.name, p.breaks) for p in found.single_points()] == [("orders-v2", ("web",))]
    assert found.node("orders-v2").once == "k8s/all.yaml:21"


def test_what_a_service_waits_for_is_a_field_of_its_profile(tmp_path: Path) -> None:
    for path, text in {"k8s/all.yaml": CLUSTER}.items():
        target = tmp_path / path
        target.parent.mkdir(parents=True, exist_ok=True)
        target.write_text(text)
    profile = assess_repository(tmp_path, focus="web").profile
    assert profile.items("dependencies") == ("api.stripe.com", "orders-v2", "search")
    assert "dependencies" not in assess_repository(tmp_path, focus="search").profile


def test_compose_start_order_environment_and_drivers(tmp_path: Path) -> None:
    found = read(
        tmp_path,
        {
            "docker-compose.yml": (
                "services:\n"
                "  api:\n    build: ./api\n    depends_on: [db, migrate]\n"
                "    environment:\n      CACHE_URL: redis://cache:6379\n"
                "  worker:\n    build: ./worker\n    command: celery -A shop worker\n"
                "    depends_on:\n      mq: {condition: service_started}\n"
                "  migrate:\n    build: ./api\n"
                "  db:\n    image: postgres:16\n"
                "  cache:\n    image: redis:7\n"
                "  mq:\n    image: rabbitmq:3\n"
                "  mail:\n    image: mailpit\n"
            ),
            "api/Dockerfile": "FROM python:3.12\n",
            "api/requirements.txt": "fastapi\npsycopg\nredis\n",
            "worker/Dockerfile": "FROM python:3.12\n",
            "worker/requirements.txt": "celery\npsycopg\npika\n",
        },
    ).dependencies
    known = pairs(found)
    assert known["api", "cache"] == "environment"
    assert known["api", "db"] == "start-order"
    assert known["worker", "mq"] == "start-order"
    assert known["worker", "db"] == "driver"
    assert "mail" not in {node.name for node in found.nodes}
    assert not next(e for e in found.edges if e.target == "mq").waits


def test_clients_generated_from_proto_files(tmp_path: Path) -> None:
    found = read(
        tmp_path,
        {
            "protos/shop.proto": "service CartService {\n}\nservice MailService {}\n",
            "src/web/Dockerfile": "FROM golang:1.23\n",
            "src/web/go.mod": "module web\nrequire google.golang.org/grpc v1.6.0\n",
            "src/web/main.go": "package main\n\nvar c = pb.NewCartServiceClient(conn)\n",
            "src/web/shop.pb.go": "func NewMailServiceClient() {}\n",
            "src/cart/Dockerfile": "FROM golang:1.23\n",
            "src/cart/go.mod": "module cart\n",
            "src/cart/main.go": "package main\nvar s = pb.RegisterCartServiceServer(a)\n",
            "src/mail/Dockerfile": "FROM golang:1.23\n",
            "src/mail/go.mod": "module mail\n",
            "src/mail/main.go": "package main\n",
        },
    ).dependencies
    assert pairs(found) == {("web", "cart"): "rpc"}
    assert found.edges[0].where == "src/web/main.go:3"


APP_HOST = """\
using Projects;
var builder = DistributedApplication.CreateBuilder(args);
// var ghost = builder.AddRedis("ghost");
var cache = builder.AddRedis("cache");
var pg = builder.AddPostgres("pg")
    .WithLifetime(ContainerLifetime.Persistent);
var ordersDb = pg.AddDatabase("ordersdb");
var mq = builder.AddRabbitMQ("bus");
var api = builder.AddProject<Projects.Orders_API>("orders-api")
    .WithReference(ordersDb).WithReference(mq)
    .WithReplicas(2);
var endpoint = api.GetEndpoint("http");
builder.AddProject<Projects.Web>("web")
    .WithReference(cache)
    .WithEnvironment("Orders__Url", endpoint);
builder.Build().Run();
"""


def test_the_topology_of_an_app_host_is_read(tmp_path: Path) -> None:
    resources = {one.name: one for one in read_app_host(APP_HOST)}
    assert list(resources) == ["cache", "pg", "bus", "orders-api", "web"]
    assert resources["orders-api"].uses == (("pg", 10), ("bus", 10))
    assert resources["orders-api"].replicas == 2
    web = '<Project Sdk="Microsoft.NET.Sdk.Web"/>'
    reading = read(
        tmp_path,
        {
            "AppHost/Program.cs": APP_HOST,
            "AppHost/AppHost.csproj": '<Project Sdk="Microsoft.NET.Sdk"/>',
            "Orders.API/Orders.API.csproj": web,
            "Web/Web.csproj": web,
        },
    )
    assert reading.repository["datastores"] == ["postgresql", "rabbitmq", "redis"]
    services = reading.repository["services"]
    assert isinstance(services, dict)
    assert services["orders-api"]["path"] == "Orders.API"
    assert services["orders-api"]["datastores"] == ["postgresql", "rabbitmq"]
    assert pairs(reading.dependencies)["web", "orders-api"] == "app-host"
    assert reading.dependencies.critical_path() == ("web", "orders-api", "pg")


@pytest.mark.parametrize(
    ("name", "value", "hosts"),
    [
        ("DATABASE_URL", "postgres://app:p@ss@db:5432/shop", ("db",)),
        ("DATABASE_URL", "postgres://app:pass@db:5432/shop", ("db",)),
        ("KAFKA_BROKERS", "kafka-1:9092,kafka-2:9092", ("kafka-1", "kafka-2")),
        ("REDIS_HOST", "cache", ("cache",)),
        ("CART_ADDR", '"cart:7070"', ("cart",)),
        ("ConnectionStrings__Db", "Server=sql;Database=shop;User=sa", ("sql",)),
        ("SPRING_DATASOURCE_URL", "jdbc:mysql://mysql/shop", ("mysql",)),
        ("LOG_LEVEL", "info", ()),
        ("REDIS_URL", "${REDIS_URL:-redis://x}", ()),
        ("API_URL", "$(API)", ()),
        ("TIME", "12:30", ()),
        ("WORKERS", "4", ()),
    ],
)
def test_hosts_in_values(name: str, value: str, hosts: tuple[str, ...]) -> None:
    assert hosts_in(name, value) == hosts


@pytest.mark.parametrize(
    ("name", "host", "outside"),
    [
        ("PAYMENT_URL", "api.stripe.com", True),
        ("SENTRY_DSN", "o1.ingest.sentry.io", True),
        ("APP_URL", "shop.com", False),
        ("CORS_ORIGIN", "shop.com", False),
        ("API_URL", "api.example.com", False),
        ("API_URL", "localhost", False),
        ("API_URL", "127.0.0.1", False),
        ("API_URL", "cart", False),
        ("CONFIG_URL", "settings.yml", False),
        ("API_HOST", "svc.cluster.local", False),
    ],
)
def test_an_outside_service_is_a_full_name_that_is_not_ours(
    name: str, host: str, outside: bool
) -> None:
    assert is_outside(name, host) is outside


def test_circles_end_and_are_left_out_of_the_critical_path() -> None:
    found = small(("a", "b"), ("b", "c"), ("c", "a"), ("c", "d"), once="d")
    assert found.entries() == ("a",)
    assert found.critical_path() == ("a", "b", "c", "d")
    assert found.hard("c") == ("a", "d", "b")
    assert [p.breaks for p in found.single_points()] == [("a",)]
    assert as_tree(found, 40) == ["a", "└─ b", "   └─ c", "      ├─ a ↑", "      └─ d (once)"]


def test_single_points_cost_what_the_calculator_says(tmp_path: Path) -> None:
    reading = read(tmp_path, {"k8s/all.yaml": CLUSTER})
    (cost,) = point_costs(reading.dependencies, reading.profile)
    # 0.999 × 0.999, of 43,200 minutes
    assert cost.availability_percent == pytest.approx(99.8001)
    assert cost.minutes_per_30_days == pytest.approx((1 - 0.998001) * 43_200)
    assert in_series((cost, cost)) == pytest.approx(100 * 0.998001**2)
    assert point_costs(DependencyMap(), reading.profile) == ()


def test_the_published_object(tmp_path: Path) -> None:
    raw = read(tmp_path, {"k8s/all.yaml": CLUSTER}).as_json()["dependencies"]
    assert isinstance(raw, dict)
    assert list(raw) == ["nodes", "edges", "critical_path", "single_points"]
    assert raw["critical_path"][0] == "web"
    assert {"name": "mq", "kind": "queue", "where": "k8s/all.yaml:57", "product": "rabbitmq",
            "once": "k8s/all.yaml:52", "why_once": "no replicas stated, Kubernetes runs one",
            } in raw["nodes"]  # fmt: skip
    assert "secret" not in str(raw)


NAMES = st.text(st.characters(exclude_categories=("Cs", "Cc")), min_size=1, max_size=30)
KINDS = st.sampled_from(["service", "worker", "datastore", "queue", "infrastructure", "outside"])


@st.composite
def maps(draw: st.DrawFn) -> DependencyMap:
    names = draw(st.lists(NAMES, min_size=1, max_size=8, unique=True))
    nodes = [Node(n, draw(KINDS), "f:1", once="f:2" if draw(st.booleans()) else "") for n in names]
    ends = st.sampled_from(names)
    edges = draw(st.lists(st.tuples(ends, ends, st.booleans()), max_size=20))
    return DependencyMap.of(nodes, [Edge(a, b, "rpc", "f:3", w) for a, b, w in edges])


@settings(max_examples=80, deadline=None)
@given(found=maps(), width=st.integers(20, 100))
def test_every_map_is_drawn_within_its_width(found: DependencyMap, width: int) -> None:
    lines = as_tree(found, width)
    assert all(cells(line) <= width for line in lines)
    drawn = "".join("".join(lines).split())
    for node in found.nodes:
        assert all(letter in drawn for letter in node.name if not letter.isspace())


@settings(max_examples=80, deadline=None)
@given(found=maps())
def test_every_map_is_well_formed_svg_and_mermaid(found: DependencyMap) -> None:
    svg = as_svg(found)
    root = ET.fromstring(svg)
    boxes = [e for e in root.iter() if e.tag.endswith("rect")]
    arrows = [e for e in root.iter() if e.tag.endswith("path") and "marker-end" in e.attrib]
    assert len(boxes) == len(found.nodes) + 1
    assert len(arrows) == len(found.edges)
    corners = {(e.attrib["x"], e.attrib["y"]) for e in boxes if "x" in e.attrib}
    assert len(corners) == len(found.nodes)
    assert svg == as_svg(found)
    mermaid = as_mermaid(found).splitlines()
    assert sum("-->" in line or "-.->" in line for line in mermaid) == len(found.edges)
    assert all('"' not in line.replace('"', "", 2) for line in mermaid)


@settings(max_examples=80, deadline=None)
@given(found=maps())
def test_the_critical_path_is_a_chain_of_calls(found: DependencyMap) -> None:
    path = found.critical_path()
    calls = {(edge.source, edge.target) for edge in found.edges if edge.waits}
    assert all(pair in calls for pair in itertools.pairwise(path))
    assert len(set(path)) == len(path)
    services = {node.name for node in found.nodes if node.kind == "service"}
    reached = set(found.entries()) | {n for e in found.entries() for n in found.hard(e)}
    assert services <= reached
    for point in found.single_points():
        assert point.node.once
        assert all(
            point.node.name == entry or point.node.name in found.hard(entry)
            for entry in point.breaks
        )


def test_a_dotted_arm_keeps_its_place_in_ascii() -> None:
    from devops_exe.terminal.view.ascii import to_ascii

    assert to_ascii("├┄ metrics") == "+. metrics"
