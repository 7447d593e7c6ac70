"""Products by their usual names and abbreviations, and what naming one implies.

All data. A row is ``names -> effects``; names are separated by ``|`` (``-`` and ``/`` read as
a blank), effects are ``field:value`` separated by ``;``. A ``?`` before the field marks what
is implied weakly: it holds only where the words do not say it themselves. ``+`` adds to a
list. A name in :data:`ORDINARY` is also an everyday word and is read with care.
"""

from __future__ import annotations

from functools import lru_cache

from devops_exe.assess.words.lexicon import words
from devops_exe.assess.words.platforms import AZURE_REGIONS, CI, IAC, PLATFORMS, PROVIDERS

LANGUAGES: tuple[tuple[str, str], ...] = (
    ("python|python3|py|cpython|pypy", "language:python"),
    ("golang|go lang|go", "language:go"),
    ("java|jdk|openjdk", "language:java"),
    ("jvm", "?language:java"),
    ("kotlin", "language:kotlin"),
    ("scala", "language:scala"),
    ("groovy", "language:groovy"),
    ("typescript|ts", "language:typescript"),
    ("javascript|js|node.js|nodejs|node js|node|ecmascript", "language:javascript"),
    ("deno", "?language:typescript"),
    ("bun", "?language:typescript"),
    ("ruby|jruby", "language:ruby"),
    ("php|php fpm", "language:php"),
    ("c#|csharp|c sharp", "language:csharp"),
    ("f#|fsharp", "language:fsharp"),
    (".net|dotnet|net core|.net core|dotnet core|.net framework|dot net", "?language:csharp"),
    ("rust|rustlang", "language:rust"),
    ("elixir", "language:elixir"),
    ("erlang", "language:erlang"),
    ("gleam", "language:gleam"),
    ("swift", "language:swift"),
    ("dart", "language:dart"),
    ("haskell", "language:haskell"),
    ("clojure", "language:clojure"),
    ("crystal", "language:crystal"),
    ("c++|cpp|cplusplus", "language:cpp"),
    ("perl", "language:perl"),
    ("lua|openresty", "language:lua"),
    ("julia", "language:julia"),
    ("ocaml", "language:ocaml"),
    ("zig", "language:zig"),
    ("cobol", "language:cobol"),
)  # fmt: skip

FRAMEWORKS: tuple[tuple[str, str], ...] = (
    ("django|django rest framework|drf", "framework:django;?language:python"),
    ("flask", "framework:flask;?language:python"),
    ("fastapi|fast api", "framework:fastapi;?language:python"),
    ("starlette", "framework:starlette;?language:python"),
    ("bentoml", "framework:bentoml;?language:python"),
    ("streamlit", "framework:streamlit;?language:python"),
    ("tornado", "framework:tornado;?language:python"),
    ("aiohttp", "framework:aiohttp;?language:python"),
    ("wagtail", "?framework:django;?language:python"),
    ("celery", "?language:python"),
    ("express|express.js|expressjs", "framework:express;?language:javascript"),
    ("fastify", "framework:fastify;?language:javascript"),
    ("nestjs|nest.js|nest js", "framework:nestjs;?language:typescript"),
    ("next.js|nextjs|next js", "framework:next.js;?language:javascript"),
    ("nuxt|nuxt.js|nuxtjs", "framework:nuxt;?language:javascript"),
    ("remix|remix.run", "framework:remix;?language:javascript"),
    ("angular", "framework:angular;?language:typescript"),
    ("vue|vue.js|vuejs", "framework:vue;?language:javascript"),
    ("react|react.js|reactjs", "framework:react;?language:javascript"),
    ("svelte|sveltekit", "framework:svelte;?language:javascript"),
    ("astro", "framework:astro;?language:javascript"),
    ("koa|koa.js", "framework:koa;?language:javascript"),
    ("hono", "framework:hono;?language:typescript"),
    ("spring boot|springboot|spring|spring mvc|spring webflux|spring cloud",
     "framework:spring-boot;?language:java"),
    ("quarkus", "framework:quarkus;?language:java"),
    ("micronaut", "framework:micronaut;?language:java"),
    ("ktor", "framework:ktor;?language:kotlin"),
    ("vert.x|vertx", "framework:vert.x;?language:java"),
    ("dropwizard", "framework:dropwizard;?language:java"),
    ("akka|pekko", "framework:akka;?language:scala"),
    ("play framework", "framework:play;?language:scala"),
    ("ruby on rails|rails|ror", "framework:rails;?language:ruby"),
    ("sinatra", "framework:sinatra;?language:ruby"),
    ("laravel", "framework:laravel;?language:php"),
    ("symfony", "framework:symfony;?language:php"),
    ("wordpress", "framework:wordpress;?language:php"),
    ("drupal", "framework:drupal;?language:php"),
    ("magento", "framework:magento;?language:php"),
    ("asp.net core|asp.net|aspnet core|aspnetcore|asp net core|blazor",
     "framework:asp.net-core;?language:csharp"),
    ("gin|gin gonic", "framework:gin;?language:go"),
    ("echo framework|labstack echo|echo", "framework:echo;?language:go"),
    ("fiber|gofiber", "framework:fiber;?language:go"),
    ("chi", "framework:chi;?language:go"),
    ("gorilla mux|gorilla", "framework:gorilla-mux;?language:go"),
    ("actix|actix web", "framework:actix-web;?language:rust"),
    ("axum", "framework:axum;?language:rust"),
    ("rocket|rocket.rs", "framework:rocket;?language:rust"),
    ("warp", "framework:warp;?language:rust"),
    ("phoenix|phoenix framework|phoenix liveview", "framework:phoenix;?language:elixir"),
    ("vapor", "framework:vapor;?language:swift"),
)  # fmt: skip

DATASTORES: tuple[tuple[str, str], ...] = (
    (("postgresql|postgres|pg|psql|postgre|postgressql|pgsql|postgis|timescaledb|supabase|neon"
     "|rds postgres|aurora postgres|aurora postgresql|rds postgresql|amazon rds postgres"
     "|cloud sql postgres|cloud sql for postgresql|cloud sql postgresql|alloydb"
     "|rds for postgresql|azure database for postgresql|postgres db|postgres database"),
     "+datastores:postgresql"),
    (("mysql|aurora mysql|rds mysql|percona|planetscale|cloud sql mysql|vitess"
     "|cloud sql for mysql|rds for mysql|azure database for mysql|mysql database"),
     "+datastores:mysql"),
    ("mariadb|rds mariadb|galera", "+datastores:mariadb"),
    ("aurora|aws aurora|amazon aurora|aurora serverless", "+datastores:aurora;?provider:aws"),
    ("rds|aws rds|amazon rds", "+datastores:rds;?provider:aws"),
    ("cloud sql|cloudsql|gcp cloud sql|google cloud sql",
     "+datastores:cloud-sql;?provider:gcp"),
    (("redis|elasticache|memorydb|memorystore|redis cluster|redis sentinel|elasticache redis"
     "|azure cache for redis|aws elasticache|redis cache"), "+datastores:redis"),
    ("valkey", "+datastores:valkey"),
    ("keydb", "+datastores:keydb"),
    ("dragonflydb", "+datastores:dragonfly"),
    ("mongodb|mongo|documentdb|mongodb atlas|mongo db|atlas mongodb|mongo atlas",
     "+datastores:mongodb"),
    ("kafka|msk|apache kafka|confluent|confluent cloud|aws msk|amazon msk|confluent kafka",
     "+datastores:kafka"),
    ("redpanda", "+datastores:redpanda"),
    ("pulsar|apache pulsar", "+datastores:pulsar"),
    ("rabbitmq|rabbit mq|amazon mq|rabbit", "+datastores:rabbitmq"),
    ("activemq", "+datastores:activemq"),
    ("nats|nats jetstream|jetstream", "+datastores:nats"),
    ("sqs|aws sqs|amazon sqs", "+datastores:sqs;?provider:aws"),
    ("kinesis|aws kinesis", "+datastores:kinesis;?provider:aws"),
    ("pub sub|pubsub|gcp pubsub|google pubsub", "+datastores:pubsub;?provider:gcp"),
    ("service bus|azure service bus", "+datastores:service-bus;?provider:azure"),
    ("event hubs|azure event hubs", "+datastores:event-hubs;?provider:azure"),
    ("dynamodb|dynamo|dynamo db|aws dynamodb|amazon dynamodb",
     "+datastores:dynamodb;?provider:aws"),
    ("cosmos db|cosmosdb|azure cosmos db|azure cosmos", "+datastores:cosmosdb;?provider:azure"),
    ("firestore|cloud firestore", "+datastores:firestore;?provider:gcp"),
    ("bigtable", "+datastores:bigtable;?provider:gcp"),
    ("spanner|cloud spanner", "+datastores:spanner;?provider:gcp"),
    ("bigquery|big query", "+datastores:bigquery;?provider:gcp"),
    ("redshift", "+datastores:redshift;?provider:aws"),
    ("snowflake", "+datastores:snowflake"),
    ("elasticsearch|elastic search|elastic cloud", "+datastores:elasticsearch"),
    ("opensearch|open search", "+datastores:opensearch"),
    ("solr", "+datastores:solr"),
    ("meilisearch", "+datastores:meilisearch"),
    ("typesense", "+datastores:typesense"),
    ("sqlite|sqlite3|sq lite", "+datastores:sqlite"),
    (("sql server|sqlserver|mssql|ms sql|microsoft sql server|azure sql|azure sql database"
      "|ms sql server"),
     "+datastores:sqlserver"),
    ("oracle db|oracle database|oracle|oracledb", "+datastores:oracle"),
    ("db2", "+datastores:db2"),
    ("cassandra|scylladb|scylla|apache cassandra", "+datastores:cassandra"),
    ("cockroachdb|cockroach|cockroach db|crdb", "+datastores:cockroachdb"),
    ("tidb", "+datastores:tidb"),
    ("yugabytedb|yugabyte", "+datastores:yugabytedb"),
    ("couchbase", "+datastores:couchbase"),
    ("couchdb", "+datastores:couchdb"),
    ("neo4j", "+datastores:neo4j"),
    ("influxdb|influx", "+datastores:influxdb"),
    ("clickhouse", "+datastores:clickhouse"),
    ("memcached|memcache|elasticache memcached", "+datastores:memcached"),
    ("etcd", "+datastores:etcd"),
    ("s3|aws s3|amazon s3", "+datastores:s3"),
    ("minio", "+datastores:minio"),
    ("gcs|google cloud storage|cloud storage bucket", "+datastores:gcs;?provider:gcp"),
    ("blob storage|azure blob storage|azure blob", "+datastores:blob-storage;?provider:azure"),
    ("qdrant", "+datastores:qdrant"),
    ("weaviate", "+datastores:weaviate"),
    ("pinecone", "+datastores:pinecone"),
    ("milvus", "+datastores:milvus"),
    ("pgvector", "+datastores:postgresql"),
    ("h2|h2 database", "+datastores:h2"),
    ("hazelcast", "+datastores:hazelcast"),
)  # fmt: skip

STRATEGIES: tuple[tuple[str, str], ...] = (
    (("blue green|bluegreen|blu green|blue gren|bleu green|blue green deployment"
     "|blue green deployments|blue green deploy"
     "|green blue|b g|red black|blue green release|blue green strategy|blue and green"
     "|blau grün|bleu vert|azul verde"), "strategy:Blue-Green"),
    (("canary|canaries|canary release|canary releases|canary deployment|canary deployments"
     "|canary deploy|canary rollout|canary deploys|canary rollouts|canary strategy|canarying"
     "|canari|canario|despliegue canario"), "strategy:Canary"),
    (("rolling update|rolling updates|rolling deployment|rolling deploy|rolling deploys"
     "|rolling deployments|rolling release|rolling releases|rolling upgrade|rolling upgrades"
     "|rolling|rollingupdate|rolling strategy|rolling restart|rolling rollout"),
     "strategy:Rolling"),
    (("recreate|recreate deployment|recreate strategy|recreate deploy|stop and start"
     "|stop the world|recreate deployments"), "strategy:Recreate"),
    (("a b testing|a b test|a b tests|ab testing|ab test|ab tests|a b experiment"
     "|a b experiments|a b testing strategy|split testing|a b deployment"),
     "?strategy:A/B Testing;feature_validation:true"),
    ("a b|a / b", "feature_validation:true"),
    (("feature validation|feature experiment|validate features|validate the feature"
     "|validate a feature|product experiment|feature experiments"),
     "feature_validation:true"),
)  # fmt: skip

COMPLIANCE: tuple[tuple[str, str], ...] = (
    ("pci|pci dss|pcidss|pci compliant|pci compliance|pci dss compliant",
     "+compliance:pci-dss"),
    ("soc2|soc 2|soc ii|soc 2 type 2|soc 2 type ii|soc2 type 2|soc2 type ii",
     "+compliance:soc2"),
    ("soc 1|soc1", "+compliance:soc1"),
    ("hipaa|hippa", "+compliance:hipaa"),
    ("gdpr|dsgvo|rgpd", "+compliance:gdpr"),
    ("iso 27001|iso27001|iso iec 27001", "+compliance:iso-27001"),
    ("fedramp|fed ramp", "+compliance:fedramp"),
    ("hitrust", "+compliance:hitrust"),
    ("ccpa", "+compliance:ccpa"),
    ("dora regulation", "+compliance:dora"),
    ("nis2|nis 2", "+compliance:nis2"),
    ("sox|sarbanes oxley", "+compliance:sox"),
    ("fips|fips 140 2|fips 140 3", "+compliance:fips"),
    ("bsi c5", "+compliance:c5"),
)  # fmt: skip

ENVIRONMENTS: dict[str, str] = {
    "dev": "development", "development": "development", "entwicklung": "development",
    "develop": "development", "staging": "staging", "stage": "staging", "stg": "staging",
    "prod": "production", "production": "production", "live": "production",
    "produktion": "production", "prd": "production", "qa": "qa", "uat": "uat", "test": "test",
    "testing": "test", "tst": "test", "preprod": "pre-production",
    "pre production": "pre-production", "pre prod": "pre-production", "sandbox": "sandbox",
    "integration": "integration", "demo": "demo", "preview": "preview",
    "dr": "dr", "perf": "performance", "local": "local",
    "développement": "development", "desarrollo": "development", "producción": "production",
    "acceptance": "acceptance",
}  # fmt: skip

NO_REQUIREMENT: str = (
    "argo cd|argocd|flux|fluxcd|spinnaker|prometheus|grafana|datadog|new relic|newrelic|splunk"
    "|loki|tempo|jaeger|opentelemetry|otel|cloudwatch|sentry|pagerduty|opsgenie|nginx|haproxy"
    "|traefik|envoy|caddy|alb|nlb|elb|cloudfront|cloudflare|fastly|route 53|docker|podman"
    "|containerd|buildpacks|kaniko|buildkit|trivy|snyk|sonarqube|vault|consul|keycloak|auth0"
    "|okta|karpenter|keda|hpa|vpa|cluster autoscaler|gunicorn|uvicorn|puma|uwsgi|tomcat|ubuntu"
    "|debian|alpine|linux|windows|windows server|rhel|centos|tls|ssl|http|https|oauth|grpc"
    "|graphql|rest|npm|yarn|pnpm|maven|gradle|pip|poetry|webpack|vite|json|yaml|sql|tcp|udp"
    "|ipv4|ipv6|dns|cdn|vpc|iam|waf|php fpm|harbor|ecr|artifactory|nexus|quay|ghcr|dockerhub"
    "|gateway api|flyway|liquibase|alembic|macos|fedora|cuda|pytorch|tensorflow|utf|sha|md5"
    "|log4j|logstash|kibana|fluentd|fluent bit|vector|dynatrace|honeycomb|signoz|rfc|cve|bash"
    "|git|nodejs lts|amazon linux|linkerd|istio|argo rollouts|flagger|gitops"
)
"""Products that change no field: a version number behind them is no requirement."""

ORDINARY: frozenset[str] = words(
    "go node swift rust spring express echo rocket phoenix gin chi fiber warp fly render compose"
    " railway amazon google neon rabbit ack chef puppet bamboo drone harness concourse crystal"
    " dart remix tornado swarm react vapor gorilla spanner dagger julia celery colo percona"
    " pulsar"
)
"""Names that are ordinary words too: read as products only in certain company (``items``)."""


class Product:
    """What naming a product says."""

    __slots__ = ("effects", "name")

    def __init__(self, name: str, effects: str) -> None:
        self.name = name
        self.effects = effects

    def says(self, field: str) -> bool:
        """Whether the product has a strong or weak effect on ``field``."""
        return any(
            effect.lstrip("?+").partition(":")[0] == field for effect in self.effects.split(";")
        )


@lru_cache(maxsize=1)
def products() -> dict[str, Product]:
    """Name (blanks for ``-`` and ``/``) → product; built at the first use."""
    built: dict[str, Product] = {}
    for table in (PLATFORMS, PROVIDERS, CI, IAC, LANGUAGES, FRAMEWORKS, DATASTORES, STRATEGIES,
                  COMPLIANCE):  # fmt: skip
        for names, effects in table:
            row = names.split("|")
            product = Product(row[0], effects)
            for name in row:
                built.setdefault(name, product)
    for name in NO_REQUIREMENT.split("|"):
        built.setdefault(name, Product(name, ""))
    for name in AZURE_REGIONS.split("|"):
        built.setdefault(name, Product(name, "?provider:azure"))
    return built
