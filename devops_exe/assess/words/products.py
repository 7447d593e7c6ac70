"""Products by their usual names and abbreviations, and what naming one implies.

All data. A row is ``names -> effects``; names are separated by ``|`` (``-`` and ``/`` read as
a blank), effects are ``field:value`` separated by ``;``. A ``?`` before the field marks what
is implied weakly: it holds only where the words do not say it themselves. ``+`` adds to a
list. A name in :data:`ORDINARY` is also an everyday word and is read with care.
"""

from __future__ import annotations

from functools import lru_cache

_KUBERNETES = "orchestrator:kubernetes"

PLATFORMS: tuple[tuple[str, str], ...] = (
    ("eks|aws eks|amazon eks|elastic kubernetes service|eks auto mode|eks fargate"
     "|eks on fargate|eks cluster", f"platform:AWS EKS;provider:aws;{_KUBERNETES}"),
    ("gke|google gke|gcp gke|google kubernetes engine|gke autopilot|gke standard|gke cluster",
     f"platform:GCP GKE;provider:gcp;{_KUBERNETES}"),
    ("aks|azure aks|azure kubernetes service|azure kubernetes|aks cluster",
     f"platform:Azure AKS;provider:azure;{_KUBERNETES}"),
    ("ecs|aws ecs|amazon ecs|elastic container service|ecs on ec2|ecs ec2",
     "platform:AWS ECS;provider:aws;orchestrator:ecs"),
    ("fargate|aws fargate|ecs fargate|ecs on fargate|ecs with fargate|aws ecs fargate"
     "|amazon ecs fargate|aws ecs on fargate|fargate ecs",
     "platform:AWS Fargate;provider:aws;orchestrator:ecs"),
    ("cloud run|gcp cloud run|google cloud run|cloudrun|gcr run",
     "platform:GCP Cloud Run;provider:gcp;orchestrator:cloud-run"),
    ("lambda|aws lambda|lambdas|aws lambdas|amazon lambda|lambda functions|lambda function",
     "platform:AWS Lambda;provider:aws;orchestrator:lambda"),
    ("azure functions|azure function", "platform:Azure Functions;provider:azure;"
     "orchestrator:azure-functions"),
    ("cloud functions|google cloud functions|gcp cloud functions",
     "platform:GCP Cloud Functions;provider:gcp;orchestrator:cloud-functions"),
    ("app service|azure app service|azure app services|app services|azure web app"
     "|azure web apps|azure webapp", "platform:Azure App Service;provider:azure;"
     "orchestrator:app-service"),
    ("container apps|azure container apps|aca", "platform:Azure Container Apps;provider:azure;"
     "orchestrator:container-apps"),
    ("app engine|google app engine|gae|gcp app engine",
     "platform:GCP App Engine;provider:gcp;orchestrator:app-engine"),
    ("app runner|aws app runner", "platform:AWS App Runner;provider:aws;orchestrator:app-runner"),
    ("aws batch", "platform:AWS Batch;provider:aws;orchestrator:batch"),
    ("elastic beanstalk|beanstalk|aws elastic beanstalk|aws beanstalk",
     "platform:AWS Elastic Beanstalk;provider:aws;orchestrator:elastic-beanstalk"),
    ("nomad|hashicorp nomad|nomad cluster", "orchestrator:nomad"),
    ("ec2|aws ec2|amazon ec2|ec2 instances|ec2 instance|ec2 asg",
     "platform:AWS EC2;provider:aws;orchestrator:vm"),
    ("gce|compute engine|google compute engine|gcp compute engine",
     "platform:GCP Compute Engine;provider:gcp;orchestrator:vm"),
    ("azure vm|azure vms|azure virtual machines|azure virtual machine|vmss",
     "platform:Azure VM;provider:azure;orchestrator:vm"),
    ("lightsail|aws lightsail", "platform:AWS Lightsail;provider:aws;orchestrator:vm"),
    ("droplet|droplets|digitalocean droplet|digitalocean droplets",
     "platform:DigitalOcean Droplet;provider:digitalocean;orchestrator:vm"),
    ("doks|digitalocean kubernetes|do kubernetes",
     f"platform:DigitalOcean Kubernetes;provider:digitalocean;{_KUBERNETES}"),
    ("digitalocean app platform|do app platform|app platform",
     "platform:DigitalOcean App Platform;provider:digitalocean;orchestrator:app-platform"),
    ("oke|oracle kubernetes engine", f"platform:OCI OKE;provider:oci;{_KUBERNETES}"),
    ("lke|linode kubernetes engine|linode kubernetes",
     f"platform:Linode LKE;provider:linode;{_KUBERNETES}"),
    ("ack|alibaba cloud kubernetes|alibaba ack", f"platform:Alibaba Cloud ACK;"
     f"provider:alibaba;{_KUBERNETES}"),
    ("kapsule|scaleway kapsule", f"platform:Scaleway Kapsule;provider:scaleway;{_KUBERNETES}"),
    ("iks|ibm kubernetes service", f"platform:IBM IKS;provider:ibm;{_KUBERNETES}"),
    ("rosa|red hat openshift on aws|openshift on aws",
     f"platform:AWS ROSA;provider:aws;{_KUBERNETES}"),
    ("aro|azure red hat openshift|openshift on azure",
     f"platform:Azure ARO;provider:azure;{_KUBERNETES}"),
    ("openshift|open shift|red hat openshift|ocp|okd", f"platform:OpenShift;{_KUBERNETES}"),
    ("k3s|k3s cluster", f"platform:k3s;{_KUBERNETES}"),
    ("k0s", f"platform:k0s;{_KUBERNETES}"),
    ("rke|rke2|rancher", f"platform:Rancher;{_KUBERNETES}"),
    ("microk8s", f"platform:MicroK8s;{_KUBERNETES}"),
    ("tanzu|vmware tanzu|tkg", f"platform:VMware Tanzu;{_KUBERNETES}"),
    ("talos|talos linux", f"platform:Talos;{_KUBERNETES}"),
    ("minikube", f"platform:minikube;{_KUBERNETES}"),
    ("kubernetes|k8s|kube|kubernets|kubernetes cluster|k8s cluster|vanilla kubernetes|kubeadm"
     "|self managed kubernetes|self hosted kubernetes", _KUBERNETES),
    ("docker swarm|swarm|swarm mode", "platform:Docker Swarm;orchestrator:swarm"),
    ("docker compose|compose|docker compose stack", "platform:Docker Compose;"
     "orchestrator:compose"),
    ("heroku", "platform:Heroku;provider:heroku;orchestrator:heroku"),
    ("fly.io|fly|flyio", "platform:Fly.io;provider:fly;orchestrator:fly"),
    ("render|render.com", "platform:Render;provider:render;orchestrator:render"),
    ("railway|railway.app", "platform:Railway;provider:railway;orchestrator:railway"),
    ("vercel", "platform:Vercel;provider:vercel;orchestrator:vercel"),
    ("netlify", "platform:Netlify;provider:netlify;orchestrator:netlify"),
    ("cloudflare workers|cloudflare worker", "platform:Cloudflare Workers;provider:cloudflare;"
     "orchestrator:workers"),
    ("cloud foundry|pcf|cloudfoundry", "platform:Cloud Foundry;orchestrator:cloud-foundry"),
    ("systemd", "?orchestrator:vm"),
    ("bare vm|vm|vms|bare vms|virtual machine|virtual machines|plain vm|plain vms|vps"
     "|a plain vm|linux vm|linux vms|single vm", "orchestrator:vm"),
    ("bare metal|baremetal|physical servers|physical server|dedicated server"
     "|dedicated servers", "platform:Bare metal;?provider:on-prem;?orchestrator:vm"),
)  # fmt: skip

PROVIDERS: tuple[tuple[str, str], ...] = (
    ("aws|amazon web services|amazon|amazon cloud", "provider:aws"),
    ("gcp|google cloud|google cloud platform|google", "provider:gcp"),
    ("azure|microsoft azure|ms azure", "provider:azure"),
    ("digitalocean|digital ocean", "provider:digitalocean"),
    ("hetzner|hetzner cloud", "provider:hetzner"),
    ("ovh|ovhcloud|ovh cloud", "provider:ovh"),
    ("linode|akamai cloud", "provider:linode"),
    ("vultr", "provider:vultr"),
    ("scaleway", "provider:scaleway"),
    ("oci|oracle cloud|oracle cloud infrastructure", "provider:oci"),
    ("ibm cloud", "provider:ibm"),
    ("alibaba cloud|aliyun|alibaba", "provider:alibaba"),
    ("exoscale", "provider:exoscale"),
    ("openstack", "provider:openstack"),
    ("vmware|vsphere|esxi", "provider:on-prem;?orchestrator:vm"),
    ("proxmox", "provider:on-prem;?orchestrator:vm"),
    ("on prem|on premise|on premises|onprem|our own data center|own data center|own datacenter"
     "|our data center|our datacenter|in house data center|colo|colocation|our own servers"
     "|own servers|private cloud", "provider:on-prem"),
)  # fmt: skip

CI: tuple[tuple[str, str], ...] = (
    ("github actions|gh actions|gha|github action|github workflows|github workflow",
     "ci:github-actions"),
    ("gitlab ci|gitlab|gitlab ci cd|gitlabci|gitlab pipelines|gitlab pipeline|gitlab runner"
     "|.gitlab ci.yml", "ci:gitlab-ci"),
    ("github", "?ci:github-actions"),
    ("jenkins|jenkinsfile|cloudbees|jenkins pipeline", "ci:jenkins"),
    ("circleci|circle ci", "ci:circleci"),
    ("azure devops|azure pipelines|azure pipeline|ado pipelines|vsts|azure devops pipelines",
     "ci:azure-pipelines"),
    ("cloud build|google cloud build|gcp cloud build|cloudbuild", "ci:cloud-build"),
    ("codepipeline|aws codepipeline|codebuild|aws codebuild", "ci:codepipeline"),
    ("bitbucket|bitbucket pipelines|bitbucket pipeline", "ci:bitbucket-pipelines"),
    ("travis|travis ci", "ci:travis-ci"),
    ("buildkite", "ci:buildkite"),
    ("tekton|tekton pipelines", "ci:tekton"),
    ("teamcity|team city", "ci:teamcity"),
    ("drone|drone ci|droneci", "ci:drone"),
    ("woodpecker|woodpecker ci", "ci:woodpecker"),
    ("concourse|concourse ci", "ci:concourse"),
    ("argo workflows", "ci:argo-workflows"),
    ("bamboo|atlassian bamboo", "ci:bamboo"),
    ("gocd|go cd", "ci:gocd"),
    ("semaphore ci|semaphoreci", "ci:semaphore"),
    ("harness|harness ci", "ci:harness"),
    ("dagger|dagger.io", "ci:dagger"),
    ("gitea actions|forgejo actions", "ci:gitea-actions"),
    ("appveyor", "ci:appveyor"),
)  # fmt: skip

IAC: tuple[tuple[str, str], ...] = (
    ("terraform|tf|hashicorp terraform|terraform cloud|terraform modules", "iac:terraform"),
    ("opentofu|open tofu|tofu", "iac:opentofu"),
    ("terragrunt", "iac:terragrunt"),
    ("pulumi", "iac:pulumi"),
    ("cloudformation|cfn|cloud formation|aws sam", "iac:cloudformation"),
    ("cdk|aws cdk", "iac:cdk"),
    ("bicep", "iac:bicep"),
    ("arm templates|arm template", "iac:arm"),
    ("ansible|ansible playbooks", "iac:ansible"),
    ("crossplane", "iac:crossplane"),
    ("chef", "?iac:chef"),
    ("puppet", "?iac:puppet"),
    ("saltstack", "iac:salt"),
    ("deployment manager", "iac:deployment-manager"),
    ("helm|helm charts|helm chart", "?iac:helm;?orchestrator:kubernetes"),
    ("kustomize", "?iac:kustomize;?orchestrator:kubernetes"),
    ("helmfile", "?iac:helmfile;?orchestrator:kubernetes"),
)  # fmt: skip

LANGUAGES: tuple[tuple[str, str], ...] = (
    ("python|python3|py|cpython|pypy", "language:python"),
    ("golang|go lang|go", "language:go"),
    ("java|jdk|jvm|openjdk", "language:java"),
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
    ("postgresql|postgres|pg|psql|postgre|postgressql|pgsql|postgis|timescaledb|supabase|neon"
     "|rds postgres|aurora postgres|aurora postgresql|rds postgresql|amazon rds postgres"
     "|cloud sql postgres|cloud sql for postgresql|cloud sql postgresql|alloydb"
     "|rds for postgresql|azure database for postgresql|postgres db|postgres database",
     "+datastores:postgresql"),
    ("mysql|aurora mysql|rds mysql|percona|planetscale|cloud sql mysql|vitess"
     "|cloud sql for mysql|rds for mysql|azure database for mysql|mysql database",
     "+datastores:mysql"),
    ("mariadb|rds mariadb|galera", "+datastores:mariadb"),
    ("aurora|aws aurora|amazon aurora|aurora serverless", "+datastores:aurora;?provider:aws"),
    ("rds|aws rds|amazon rds", "+datastores:rds;?provider:aws"),
    ("cloud sql|cloudsql|gcp cloud sql|google cloud sql",
     "+datastores:cloud-sql;?provider:gcp"),
    ("redis|elasticache|memorydb|memorystore|redis cluster|redis sentinel|elasticache redis"
     "|azure cache for redis|aws elasticache|redis cache", "+datastores:redis"),
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
    ("sql server|mssql|ms sql|microsoft sql server|azure sql|azure sql database|ms sql server",
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
    ("blue green|bluegreen|blue green deployment|blue green deployments|blue green deploy"
     "|green blue|b g|red black|blue green release|blue green strategy|blue and green"
     "|blau grün|bleu vert|azul verde", "strategy:Blue-Green"),
    ("canary|canaries|canary release|canary releases|canary deployment|canary deployments"
     "|canary deploy|canary rollout|canary deploys|canary rollouts|canary strategy|canarying"
     "|canari", "strategy:Canary"),
    ("rolling update|rolling updates|rolling deployment|rolling deploy|rolling deploys"
     "|rolling deployments|rolling release|rolling releases|rolling upgrade|rolling upgrades"
     "|rolling|rollingupdate|rolling strategy|rolling restart|rolling rollout",
     "strategy:Rolling"),
    ("recreate|recreate deployment|recreate strategy|recreate deploy|stop and start"
     "|stop the world|recreate deployments", "strategy:Recreate"),
    ("a b testing|a b test|a b tests|ab testing|ab test|ab tests|a b experiment"
     "|a b experiments|a b testing strategy|split testing|a b deployment",
     "?strategy:A/B Testing;feature_validation:true"),
    ("a b|a / b", "feature_validation:true"),
    ("feature validation|feature experiment|validate features|validate the feature"
     "|validate a feature|product experiment|feature experiments",
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

ORDINARY: frozenset[str] = frozenset(
    "go node swift rust spring express echo rocket phoenix gin chi fiber warp fly render compose"
    " railway amazon google neon rabbit ack chef puppet bamboo drone harness concourse crystal"
    " dart remix tornado swarm react vapor gorilla spanner dagger julia celery colo percona"
    " pulsar".split()
)
"""Names that are ordinary words too: read as products only in certain company (``items``)."""

PROVIDER_NAMES: dict[str, str] = {
    "aws": "AWS", "gcp": "GCP", "azure": "Azure", "digitalocean": "DigitalOcean",
    "hetzner": "Hetzner", "ovh": "OVHcloud", "linode": "Linode", "vultr": "Vultr",
    "scaleway": "Scaleway", "oci": "OCI", "ibm": "IBM Cloud", "alibaba": "Alibaba Cloud",
    "exoscale": "Exoscale", "openstack": "OpenStack", "on-prem": "On-premises",
}  # fmt: skip

ORCHESTRATOR_NAMES: dict[str, str] = {"kubernetes": "Kubernetes", "nomad": "Nomad", "vm": "VM"}

REGION_PROVIDERS: tuple[tuple[str, str], ...] = (
    (r"(?:us|eu|ap|sa|ca|me|af|il|cn)-(?:gov-)?[a-z]+-\d[a-z]?", "aws"),
    (r"[a-z]+-[a-z]+\d(?:-[a-f])?", "gcp"),
)

AZURE_REGIONS: str = (
    "westeurope|northeurope|eastus|eastus2|westus|westus2|westus3|centralus|uksouth|ukwest"
    "|germanywestcentral|francecentral|swedencentral|southeastasia|eastasia|japaneast"
    "|australiaeast|canadacentral|brazilsouth|norwayeast|switzerlandnorth|southcentralus"
)


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
