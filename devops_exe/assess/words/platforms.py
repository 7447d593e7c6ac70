"""Platforms, providers, CI and infrastructure as code, by name; see ``products``."""

from __future__ import annotations

_KUBERNETES = "orchestrator:kubernetes"

PLATFORMS: tuple[tuple[str, str], ...] = (
    (("eks|aws eks|amazon eks|elastic kubernetes service|eks auto mode|eks fargate"
     "|eks on fargate|eks cluster"), f"platform:AWS EKS;provider:aws;{_KUBERNETES}"),
    ("gke|google gke|gcp gke|google kubernetes engine|gke autopilot|gke standard|gke cluster",
     f"platform:GCP GKE;provider:gcp;{_KUBERNETES}"),
    ("aks|azure aks|azure kubernetes service|azure kubernetes|aks cluster",
     f"platform:Azure AKS;provider:azure;{_KUBERNETES}"),
    ("ecs|aws ecs|amazon ecs|elastic container service|ecs on ec2|ecs ec2",
     "platform:AWS ECS;provider:aws;orchestrator:ecs"),
    (("fargate|aws fargate|ecs fargate|ecs on fargate|ecs with fargate|aws ecs fargate"
     "|amazon ecs fargate|aws ecs on fargate|fargate ecs"),
     "platform:AWS Fargate;provider:aws;orchestrator:ecs"),
    ("cloud run|gcp cloud run|google cloud run|cloudrun|gcr run",
     "platform:GCP Cloud Run;provider:gcp;orchestrator:cloud-run"),
    ("lambda|aws lambda|lambdas|aws lambdas|amazon lambda|lambda functions|lambda function",
     "platform:AWS Lambda;provider:aws;orchestrator:lambda"),
    ("azure functions|azure function", ("platform:Azure Functions;provider:azure;"
     "orchestrator:azure-functions")),
    ("cloud functions|google cloud functions|gcp cloud functions",
     "platform:GCP Cloud Functions;provider:gcp;orchestrator:cloud-functions"),
    (("app service|azure app service|azure app services|app services|azure web app"
     "|azure web apps|azure webapp"), ("platform:Azure App Service;provider:azure;"
     "orchestrator:app-service")),
    ("container apps|azure container apps|aca", ("platform:Azure Container Apps;provider:azure;"
     "orchestrator:container-apps")),
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
    ("ack|alibaba cloud kubernetes|alibaba ack", (f"platform:Alibaba Cloud ACK;"
     f"provider:alibaba;{_KUBERNETES}")),
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
    (("kubernetes|k8s|kube|kubernets|kubernetes cluster|k8s cluster|vanilla kubernetes|kubeadm"
     "|self managed kubernetes|self hosted kubernetes"), _KUBERNETES),
    ("docker swarm|swarm|swarm mode", "platform:Docker Swarm;orchestrator:swarm"),
    ("docker compose|compose|docker compose stack", ("platform:Docker Compose;"
     "orchestrator:compose")),
    ("heroku", "platform:Heroku;provider:heroku;orchestrator:heroku"),
    ("fly.io|fly|flyio", "platform:Fly.io;provider:fly;orchestrator:fly"),
    ("render|render.com", "platform:Render;provider:render;orchestrator:render"),
    ("railway|railway.app", "platform:Railway;provider:railway;orchestrator:railway"),
    ("vercel", "platform:Vercel;provider:vercel;orchestrator:vercel"),
    ("netlify", "platform:Netlify;provider:netlify;orchestrator:netlify"),
    ("cloudflare workers|cloudflare worker", ("platform:Cloudflare Workers;provider:cloudflare;"
     "orchestrator:workers")),
    ("cloud foundry|pcf|cloudfoundry", "platform:Cloud Foundry;orchestrator:cloud-foundry"),
    ("systemd", "?orchestrator:vm"),
    (("bare vm|vm|vms|bare vms|virtual machine|virtual machines|plain vm|plain vms|vps"
     "|a plain vm|linux vm|linux vms|single vm"), "orchestrator:vm"),
    (("bare metal|baremetal|bare metal servers|bare metal machines|bare metal hosts"
     "|physical servers|physical server|dedicated server"
     "|dedicated servers"), "platform:Bare metal;?provider:on-prem;?orchestrator:vm"),
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
    (("on prem|on premise|on premises|onprem|our own data center|own data center|own datacenter"
     "|our data center|our datacenter|in house data center|colo|colocation|our own servers"
     "|own servers|private cloud"), "provider:on-prem"),
)  # fmt: skip

CI: tuple[tuple[str, str], ...] = (
    ("github actions|gh actions|gha|github action|github workflows|github workflow",
     "ci:github-actions"),
    (("gitlab ci|gitlab|gitlab ci cd|gitlabci|gitlab pipelines|gitlab pipeline|gitlab runner"
     "|.gitlab ci.yml"), "ci:gitlab-ci"),
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

PROVIDER_NAMES: dict[str, str] = {
    "aws": "AWS", "gcp": "GCP", "azure": "Azure", "digitalocean": "DigitalOcean",
    "hetzner": "Hetzner", "ovh": "OVHcloud", "linode": "Linode", "vultr": "Vultr",
    "scaleway": "Scaleway", "oci": "OCI", "ibm": "IBM Cloud", "alibaba": "Alibaba Cloud",
    "exoscale": "Exoscale", "openstack": "OpenStack", "on-prem": "On-premises",
}  # fmt: skip

ORCHESTRATOR_NAMES: dict[str, str] = {"kubernetes": "Kubernetes", "nomad": "Nomad", "vm": "VM"}

AZURE_REGIONS: str = (
    "westeurope|northeurope|eastus|eastus2|westus|westus2|westus3|centralus|uksouth|ukwest"
    "|germanywestcentral|francecentral|swedencentral|southeastasia|eastasia|japaneast"
    "|australiaeast|canadacentral|brazilsouth|norwayeast|switzerlandnorth|southcentralus"
)
