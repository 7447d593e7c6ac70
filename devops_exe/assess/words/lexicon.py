"""What single words and fixed phrases mean to the grammar: their classes.

All data. A class is what the patterns of ``grammar`` name; a word may have several. English
is whole; German, French and Spanish have the words that requirements are made of.
"""

from __future__ import annotations

from functools import lru_cache

from devops_exe.assess.words.measures import (
    BYTES,
    NUMBERS,
    PERCENT,
    PERIODS,
    RATE_UNITS,
    SCALES,
    SECONDS,
    TIMES,
)

CLASSES: dict[str, str] = {
    # load
    "req": "req|reqs|request|requests|call|calls|hit|hits|query|queries|message|messages|msg|msgs"
    "|event|events|transaction|transactions|txn|txns|operation|operations|ops|lookup|lookups"
    "|pageview|pageviews|page view|page views|invocation|invocations|inference|inferences"
    "|prediction|predictions|read|reads|write|writes|order|orders|checkouts|payment|payments"
    "|webhook|webhooks|job|jobs|rqs|rqsts|reqests|rpc|rpcs|grpc calls"
    "|anfragen|anfrage|aufrufe|requêtes|requetes|requête|requete|peticiones|petición|peticion"
    "|solicitudes|consultas",
    "shortreq": "r|q|t",
    "adj": "http|https|api|grpc|rest|graphql|incoming|user|web|new|total|inbound|concurrent"
    "|customer|page|search|all|payment|client|sustained|steady|good|successful|production",
    "peak": "sometimes|occasionally|manchmal|parfois|a veces|peak|peaks|peaking|burst|bursts"
    "|bursty|spike|spikes|spiking|peak load|peak traffic"
    "|peak rate|peak throughput|peak hour|peak hours|at peak|rush hour|worst case|busiest"
    "|spitze|spitzen|spitzenlast|pic|pico|pointe|in der spitze|en pointe|black friday|month end"
    "|at month end|end of month|market open|at market open",
    "avg": "ø|avg.|sonst|ansonsten|sinon|si no|avg|average|averages|averaging|mean|typical"
    "|typically|usual|usually|normal|normally"
    "|sustained|steady|steady state|baseline|base|off peak|day to day|regular|regularly|otherwise"
    "|rest of the time|off hours|quiet hours|off season"
    "|on average|in average|durchschnitt|durchschnittlich|im schnitt|im mittel|im durchschnitt"
    "|mittel|schnitt|moyenne|en moyenne|promedio|en promedio|de media",
    "traffic": "traffic|load|throughput|volume|demand|rate|last|trafic|charge|tráfico|trafico"
    "|carga|requests rate|request rate|arrival rate",
    "replica": "replica|replicas|pod|pods|instance|instances|container|containers|copy|copies"
    "|task|tasks|repliken|replik|instanz|instanzen|réplicas|réplica|réplique|répliques"
    "|instancias|instancia|replica's|pod's|replikas|replica count|replicacount|desired replicas"
    "|desired count|dyno|dynos|web dynos|web dyno",
    "handle": "handling|serving|processing|doing|does|do|handle|handles|serve|serves|sustain"
    "|sustains|process|processes|take|takes"
    "|did|handled|carries|carry|carried|took|served|can carry"
    "|manage|manages|can do|can handle|can take|can serve|can sustain|is good for|delivers"
    "|deliver|supports|support|capacity|gives|give|schafft|verarbeitet|traite|gère|maneja"
    "|tops out at|saturates at|caps out at|falls over at|breaks at|dies at|maxes out at|gets"
    "|achieves|reaches|copes with|can manage|can process|yields"
    "|tested at|load tested at|measured at|throughput",
    "doing": "handling|serving|processing|receiving|getting|doing|seeing|taking",
    "sub": "sub",
    "single": "single|one|1|/|a|an|each|every|per|pro|par|por|jede|jeder|chaque|cada|ein|eine|une"
    "|un|una|any",
    "det": "d'une|d'un|a|an|each|every|the|one|single",
    "each": "each|apiece|a piece|jeweils|chacun|chacune|cada uno",
    # time and rate joints
    "per": "per|a|an|each|every|pro|je|par|por|al|alle|im|in the|a la|à la|toutes les|tous les"
    "|cada|jede|jeden|jeder|/|p.|times per|d'une|d'un",
    "every": "every|each|alle|toutes les|tous les|cada",
    "times": "times|x|mal|fois|veces|time",
    # filler between a field and its value
    "fill": "einer|einem|eines|sub|of|is|are|at|under|below|less than|lower than|better than"
    "|faster than|within|in"
    "|the|a|an|our|my|its|for|with|to|be|should|must|shall|can|could|will|would|stay|stays"
    "|keep|kept|target|targets|targeting|goal|about|around|approx|approximately|roughly|circa"
    "|ca|ca.|approx.|etwa|environ|unos|unas|some|nearly|almost|over|above|more than|greater than"
    "|have|has|having|need|needs|needed|require|requires|required|want|wants|set|equals|equal"
    "|was|were|get|gets|that|which|it|we|i|by|just|only|currently|now|today|it's|unter|weniger"
    "|als|von|bei|mit|ist|soll|muss|sous|moins|de|du|des|la|le|les|est|doit|être|por debajo"
    "|menos|debe|ser|del|el|los|las|on|from|die|der|das|een|aim|aiming|value|figure|inside"
    "|exactly|say|like|hit|hits|run|runs|running|using|use|uses|up|between|entre|zwischen"
    "|goes|exceeds|exceed|crosses|rises|climbs|hovers|sits|than or equal to|equal to"
    "|<|>|<=|>=|≤|≥|=|:|~|≈|±|(|)|[|]|`|*|\"|'|“|”|„|«|»|well|still|also|than|per month budget"
    "|sla of|as|not more than|tops|tolerate|tolerates|allow|allows|allowed|expect|expects"
    "|expected|any|taken|made|scheduled|performed|see|sees|seeing|limit|max latency|maximal"
    "|höchstens|anything",
    "max": "max|maximum|at most|up to|no more than|max.|upper|ceiling|cap|capped at|limit"
    "|limited to|highest|höchstens|bis zu|maximal|jusqu'à|au plus|hasta|como máximo|au maximum"
    "|im maximum|máximo"
    "|máx|maxi|maxreplicas|max replicas|max_replicas|maxsize|max size|maxcount|not more than"
    "|no larger than|upper bound|up to a maximum of|peaks at most|max instances|maxinstances"
    "|max-instances|maximum instances|not exceed|must not exceed|should not exceed|may not exceed"
    "|cannot exceed|can't exceed"
    "|never exceed|never exceeding|not to exceed|without exceeding|not go over|must not go over"
    "|never go over"
    "|not be above|must not be above|should not be above|not be over|must not be over|never above"
    "|never over|not above|not over|no higher than|no slower than|no greater than|no longer than"
    "|never more than|must never exceed|should never exceed|no worse than|not be more than"
    "|must not be more than|inférieure à|inférieur à|inferieure a|menor de|menor que|menor a"
    "|inferior a|menos de|weniger als|nicht mehr als|kleiner als|nicht über|pas plus de",
    "min": "min|minimum|at least|no fewer than|no less than|min.|lower|floor|not fewer than"
    "|mindestens|wenigstens|como mínimo|au minimum|im minimum|au moins|al menos|mínimo|mín|mini"
    "|minreplicas|min replicas"
    "|min_replicas|minsize|min size|mincount|never fewer than|never less than|lower bound"
    "|min instances|mininstances|min-instances|minimum instances",
    "to": "to|and|bis|à|a|until|up to|through|hasta|y|und|et",
    "dash": "-|->|→|–|—|..|...|…|~",
    "between": "between|entre|zwischen|von",
    "and": "and|&|+|und|et|y|plus|/",
    "or": "or|vs|vs.|versus|oder|ou|o",
    # latency
    "p99": "p99|p_99|99th|99th percentile|99 percentile|99th-percentile|percentile 99|p99.0|tp99"
    "|perzentil 99|99e percentile|percentil 99|99. perzentil|99th pct|99th pctl|99 pct|99th percent"
    "|99th %ile|99 percentil|99th pctile|p99s|99% percentile",
    "p95": "p95|p_95|95th|95th percentile|95 percentile|percentile 95|tp95|95e percentile"
    "|percentil 95|95th pct|95th pctl|95 pct|95th percent|95th %ile|95th pctile|p95s"
    "|95% percentile",
    "pother": "p50|p75|p80|p90|p99.9|p999|p9999|p99.99|p98|50th percentile|90th percentile"
    "|90th|50th|median|99.9th percentile",
    "latency": "latency|latency budget|latency target|latency slo|latency objective|complete"
    "|completes|completed|finish|finishes|finished|answered|served|return|returned|latencies"
    "|response time|response times|latenz|antwortzeit|antwortzeiten"
    "|latence|temps de réponse|latencia|tiempo de respuesta|round trip|responses|response"
    "|respond|responds|answer|answers|reply|replies|reaction time|tail latency",
    "percentile": "percentile|percentiles|perzentil|percentil",
    # work
    "service_time": "service time|mean service time|average service time|processing time"
    "|handling time|busy time|execution time|cpu time|bedienzeit|bearbeitungszeit"
    "|temps de service|temps de traitement|tiempo de servicio|work per request"
    "|cost per request|request time|request duration|time per request|request takes"
    "|requests take|execution duration|handler time",
    "worker": "worker|workers|worker process|worker processes|worker threads|threads|thread"
    "|processes|gunicorn workers|uvicorn workers|puma workers|puma threads|gunicorn threads"
    "|arbeiter|ouvriers|trabajadores|web_concurrency|uwsgi workers|goroutines|web workers"
    "|sync workers|async workers|tomcat threads|unicorn workers",
    "startup": "temps de démarrage|tiempo de arranque|startup|start up|start-up|startup time"
    "|start-up time|start up time|starts|start"
    "|boots|boot|boot time|boots up|starts up|cold start|cold starts|warm up|warmup|warm-up"
    "|warms up|warmup time|warm up time|ready|becomes ready|become ready|comes up|spin up"
    "|spins up|readiness|pod startup|pod startup time|container startup time|startup duration"
    "|to start|to boot|to start up|to boot up|to become ready"
    "|to come up|to warm up|to be ready|to initialise|to initialize|initialises|initializes"
    "|initialisation|initialization|init time|pod start|cold boot|startzeit|startet|démarrage"
    "|démarre|arranque|arranca|starting|booting|time to ready|launch time|launches|spin-up"
    "|until ready|startup probe",
    # objectives
    "objective": "slo|slos|slo's|sla's|sla|slas|availability|available|uptime|objective|reliability"
    "|service level objective|service level|availability target|uptime target|service level"
    " agreement|availability slo|availability objective|up time|avail|reliable|uptime slo"
    "|availability sla|verfügbarkeit|verfügbar|disponibilité|disponible|disponibilidad|target"
    " availability|slo target|success rate|successful|succeed|success",
    "nines": "nines|neufs|9s|9's|nine's|neunen|neuf|nueves|x9s",
    "window": "window|rolling window|slo window|period|fenster|fenêtre|ventana|compliance window"
    "|sliding window|time window",
    "rolling": "rolling|sliding|calendar|trailing",
    "over": "over|/|(|in|per|across|during|for|über|auf|sur|sobre|en|every|each|a|any|within",
    "budgeterr": "error budget|fehlerbudget",
    # recovery
    "rto": "rto|rtos|recovery|restore service|restore the service|service restored|fail over in"
    "|failover in|failover within|recovered|restored|bring it back|recovery time objective"
    "|recovery time|time to recover|time to restore"
    "|recovery objective|mttr|restore time|recovery within|recover within|recover in"
    "|restore within|recovered within|recovered in|recovers in|recovers within|restored within"
    "|restored in|back up in|back up within|back online in|back online within|recover"
    "|wiederherstellungszeit|wiederherstellung|restauración|reprise|wiederanlauf|temps de reprise"
    "|tiempo de recuperación"
    "|roll back within|rollback within|rolled back within|rollback in|roll back in"
    "|rto target|rto objective|back in",
    "rpo": "rpo|rpos|recovery point objective|recovery point|data loss|max data loss|lose"
    "|maximum data loss|data loss window|lost data|loss of data|datenverlust|perte de données"
    "|pérdida de datos|acceptable data loss|tolerable data loss|rpo target|rpo objective"
    "|data loss of|loss of",
    "data": "data|database|db|dataset|data set|storage|disk|disks|volume|volumes|datastore"
    "|database size|db size|data size|daten|datenbank|données|base de données|datos"
    "|base de datos|stored|state|pvc|persistent volume|persistent storage|warehouse|tables"
    "|data volume|datenmenge|primary|ssd|on disk|databases",
    "backup": "copia de seguridad|backup|backups|backed up|back up|backup interval|snapshot"
    "|snapshots|dump|dumps"
    "|backup frequency|backup schedule|db backups|database backups|database backup|sicherung"
    "|sicherungen|backups run|backups taken|sauvegarde|sauvegardes|copias de seguridad|pg_dump"
    "|db backup|full backups|incremental backups|snapshotted|backup taken|back-up|back-ups"
    "|full backup|volume snapshots|etcd snapshots",
    "restore": "restore|restore rate|restore speed|restores|restoring|restore throughput",
    # capacity
    "zone": "zone|zones|zone's|az|azs|a-z|availability zone|availability zones|avail zones|zonen"
    "|verfügbarkeitszonen|zonas|failure domains|az's|zones de disponibilité"
    "|zonas de disponibilidad",
    "region": "region|regions|regionen|régions|région|regiones|región|cloud regions"
    "|aws regions|geo regions",
    "cpu": "requests.cpu|limits.cpu|resources.requests.cpu|cpu|cpus|vcpu|vcpus|core|cores"
    "|cpu request|cpu requests|cpu limit|cpu limits"
    "|virtual cpus|v-cpu|v-cpus|kerne|kern|coeurs|cœurs|núcleos|nucleos",
    "millicpu": "millicores|millicore|mcpu|mcores|milli cpu|millicpu|mcore",
    "memory": "requests.memory|limits.memory|resources.limits.memory|memory|ram|mem"
    "|memory request|memory requests|memory limit|memory limits|heap"
    "|speicher|arbeitsspeicher|mémoire|memoire|memoria",
    "utilization": "targetcpu|utilization|utilisation|usage|target utilization|target utilisation"
    "|cpu utilization|cpu utilisation|cpu target|target cpu|cpu usage|average utilization"
    "|averageutilization|cpu load|auslastung|hpa target|targetcpuutilizationpercentage",
    "headroom": "headroom|spare capacity|spare|slack|buffer|reserve capacity",
    # money and pace
    "budget": "budget|budgets|cost cap|cost limit|spend|spending|cloud bill|bill|costs|cost"
    "|cloud budget|infra budget|infrastructure budget|cloud spend|kosten"
    "|presupuesto|coût|spend cap|budget cap|cost ceiling|cloud cost|cloud costs|run cost",
    "usd": "usd|us$|dollar|dollars|bucks|dólares|us dollars|usd/mo",
    "othermoney": "eur|euro|euros|gbp|pounds|chf|yen|jpy|inr|rupees|cad|aud",
    "deploy": "mise en production|mises en production|déployons|veröffentlichen|deploy|deploys"
    "|deployment|deployments|release|releases|ship|ships|rollouts"
    "|rollout|deployed|released|releasing|deploying|prod deploys|production deploys|pushes"
    "|production deployments|deploy to production|deploy to prod|shipping|déploiements"
    "|déploiement|despliegues|despliegue|ausrollungen|bereitstellungen|go live|lieferungen"
    "|deployt|deployen|deploy frequency|release cadence|deploy cadence|deployment cadence"
    "|release cycle|deployment frequency|release frequency|prod releases"
    "|releases to production|releases to prod|deploys to production|deploys to prod"
    "|production releases|déploie|desplegamos",
    # yes and no
    "no": "left|moved away from|moved off|got off|no|skip|skipping|ditch|ditching|remove"
    "|removing|disable|disabled|get rid of|abandon"
    "|scrap|not|without|never|isn't|aren't|don't|doesn't|zero|non|nicht|kein|keine|keinen"
    "|ohne|sans|pas|sin|ningún|nunca|not need|don't need|do not need|doesn't need|don't want"
    "|do not want|cannot use|can't use|can't have|must not|avoid|avoiding|no need for"
    "|no longer|instead of|rather than|away from|leaving|replacing|dropping|drop|except"
    "|anything but|other than|not on|not using|don't use|do not use|unlike|excluding"
    "|not yet|won't|will not|neither|nor|cannot|can't|unable to do|no more",
    "notneeded": "accepted|is accepted|not needed|not required|not necessary|isn't needed|isn't"
    " required|unnecessary"
    "|is not needed|is not required|is ok|is okay|is fine|is acceptable|are fine|are ok"
    "|are acceptable|acceptable|ok|okay|fine|allowed|tolerable|tolerated|optional|not important"
    "|is allowed|is tolerable|not an issue|doesn't matter|does not matter|nicht nötig"
    "|are not needed|are not required|aren't needed|not a requirement|is unnecessary|permitted"
    "|can be tolerated|is no problem|no problem",
    "suffix": "based|backed|hosted|native|powered|style|only|managed|wide|like|safe|day|days"
    "|minute|hour|second|week|month|percent|built|driven|heavy|less|flavoured|compatible",
    "window_of": "maintenance window|maintenance windows|downtime window|planned downtime"
    "|scheduled downtime|short downtime|brief downtime|some downtime|downtime",
    "zero": "pas|zéro|cero|pas de|pas d'|keinen|zero|no|without|0|ohne|sans|sin|null|kein|keine"
    "|keinerlei|aucune|aucun|ningún"
    "|ninguna|never any|avoid|avoiding|minimise to zero",
    "port": "port|listens on|listening on|listen on|containerport|container port|http port"
    "|exposes|exposed on|puerto|bound to|binds to|lauscht auf|écoute sur|app port",
    "breaking": "breaking|destructive|incompatible|backward incompatible|backwards incompatible"
    "|non backward compatible|not backward compatible|not backwards compatible|irreversible"
    "|drop column|drop columns|dropping a column|rename column|drops columns|drop table"
    "|that break compatibility|that breaks compatibility|break compatibility|non additive"
    "|non backwards compatible|backwards-incompatible|column drop|drops a column",
    "ddl": "drop column|drop columns|dropping a column|rename column|drops columns|drop table"
    "|drops a table|column drop|drops a column|renames a column|rename a column",
    "compatible": "backward compatible|backwards compatible|compatible|additive|expand contract"
    "|expand/contract|online|non breaking|nonbreaking|expand and contract|harmless",
    "schema": "schema migration|schema migrations|schema change|schema changes|database migration"
    "|database migrations|db migration|db migrations|migration|migrations|ddl changes"
    "|ddl change|schema update|schema updates|schema|schema-migration|alter table"
    "|changes the schema|change the schema|changes schema|schemaänderung|schemamigration"
    "|migration de schéma|migración de esquema|changing the schema|alters the schema"
    "|database schema change|database schema changes|db schema change|db schema changes"
    "|database schema migration|db schema migration",
    "sticky": "stickiness|sesiones pegajosas|sitzungsaffinität|sticky sessions|sticky session"
    "|session affinity|session stickiness|sticky|affinity"
    "|client affinity|sessions sticky|pinned sessions|sticky cookies|session pinning"
    "|session persistence|sessions are sticky|sessions must be sticky|in memory sessions"
    "|in-memory sessions|server side sessions|sessions in memory",
    "sessions": "session|sessions|sitzungen",
    "stateful": "stateful|statefulset|statefulsets|holds state|keeps state|zustandsbehaftet"
    "|à état|con estado|state in memory|local state|with state|keep state|has state",
    "stateless": "stateless|zustandslos|sans état|sin estado|no state|without state",
    "from": "from|off|off of|moving off|migrating from|migrate from|coming from|away from|depuis"
    "|desde|von|migrating off|moving from|switch from|switching from|moved from|migrated from"
    "|leave|leaving|replace|replacing|currently on|out of|instead of|not",
    "goto": "to|back to|return to|roll back to|rollback to|rolled back to|revert to|auf|vers|a"
    "|restore to|down to|into|onto|reverting to|go back to|target|zurück auf|zu|version",
    "tag": "version|release|tag|build|revision|rev|v|commit|sha|image|ver|ver.|versión",
    "bad": "crashed|crashes|failed|broke|breaks|leaks|regressed|bad|broken|faulty|failing|buggy"
    "|current|crashing|defective|kaputte|leaking",
    "because": "because|undo|revert|since|as|due to|broken by|caused by|introduced in"
    "|introduced by",
    "on": "on|onto|in|at|runs on|running on|hosted on|deployed on|deployed to|deploy to|auf|sur"
    "|en|via|using|under|inside|into|@|→|->|over",
    "named": "called|named|namens|appelé|appelée|nommé|llamado|llamada|name:",
    "depends": "depends on|depend on|depending on|dependencies|dependency|relies on|calls"
    "|downstream|downstream of|upstream|upstreams|upstream of|hängt ab von|dépend de"
    "|depende de|dependent on|consumes|talks to|integrates with|relying on|rely on",
    "environment": "environment|environments|env|envs|stages|umgebungen|environnements|entornos"
    "|umgebung",
    "ignore": "team of|engineers|people|developers|devs|teams|squads|http|status|error code"
    "|phase|step|chapter|rfc|section|level|layer|tier|page|day|week|sprint|year",
    "year": "in|since|by|until|before|after|jan|feb|mar|apr|may|jun|jul|aug|sep|oct|nov|dec"
    "|january|february|march|april|june|july|august|september|october|november|december",
    "sep": ",|;|.|!|?|newline|•|·|→|->|—",
    "scrape": "scrape interval|scrape_interval|prometheus interval|scrapes|scraped|scrape",
    "evaluation": "evaluation interval|rule interval|evaluation_interval",
    "failure": "change failure rate|failure rate|failure probability|of deploys fail"
    "|of releases fail|of deployments fail|cfr|deploy failure rate|deployment failure rate",
    "exclusive": "readwriteonce|rwo|single writer|exclusive volume|rwo volume|block volume",
    "flags": "feature flags|feature flag|feature toggles|launchdarkly|unleash|flagsmith"
    "|openfeature|split.io",
    "router": "istio|linkerd|service mesh|gateway api|argo rollouts|flagger|traffic splitting"
    "|weighted routing|consul connect|app mesh|kuma|traffic routing|weighted traffic",
    "analysis": "canary analysis|automated analysis|analysistemplate|kayenta"
    "|automated canary analysis",
    "autorollback": "automated rollback|automatic rollback|auto rollback|auto-rollback"
    "|rollback automatically|rolls back automatically|automated rollbacks|automatic rollbacks",
    "manualrollback": "manual rollback|manual rollbacks|rollback by hand|rollbacks by hand",
    "takes": "burns|costs|lasts|spends|takes|take|needs|in|after|within|dauert|prend|tarda|for",
    "size": "image|images|file|files|upload|uploads|payload|payloads|bundle|artifact|artifacts"
    "|binary|log|logs|model|models|weights|body|bodies|attachment|attachments|video|videos"
    "|bandwidth|egress|ingress|page weight|docker image|container image|jar|package",
    "noun": "service|services|api|apis|app|apps|application|applications|backend|backends|frontend"
    "|microservice|microservices|monolith|server|servers|stack|codebase|program|project|spa|ui"
    "|svc|srv|microservices|bff|daemon|website|site|dashboard|client|worker|cluster|clusters"
    "|gateway|proxy|bot|consumer"
    "|producer|processor|scheduler|pipeline|platform|system|engine|portal|store|shop",
    "multi": "multi|multiple|several",
    "scaleword": "autoscaling|autoscale|autoscales|autoscaled|autoscaler|scale|scales|scaling|hpa"
    "|scaled|skaliert|scale out",
    "machine": "vm|vms|bare vms|virtual machine|virtual machines|plain vms|linux vm|linux vms|vps"
    "|ec2"
    "|ec2 instance|ec2 instances|aws ec2|amazon ec2|droplet|droplets|digitalocean droplets"
    "|gce instances|gce vms|gce vm|compute engine instances|compute engine vms|azure vm|azure vms"
    "|azure virtual machines|lightsail instances|server|servers|app servers|application servers"
    "|web servers|webservers|dedicated server|dedicated servers|physical server|physical servers"
    "|bare metal servers|bare metal machines|bare metal hosts|machine|machines|host|hosts|box"
    "|boxes|virtual servers|cloud servers|servern|maschinen|maschine|serveurs|serveur|servidores"
    "|servidor|máquinas|máquina|rechner|máquinas virtuales|machines virtuelles",
    "outage": "d'interruption|d'interruptions|d'arrêt|de coupure|downtime|downtimes|down time"
    "|outage|outages|interruption|interruptions|ausfallzeit"
    "|ausfallzeiten|ausfälle|ausfall|inactividad|interrupción|interrupciones|unterbrechung"
    "|unterbrechungen|service interruption|tiempo de inactividad|tiempo de caída|caídas"
    "|temps d'arrêt|interruption de service|coupure|coupures|indisponibilité|stillstand"
    "|interrupción del servicio|service interruptions|disruption|service disruption",
    "formerly": "instead of|rather than|up from|down from|as opposed to|formerly|previously"
    "|used to be|it was|statt|anstatt|au lieu de|en lugar de|en vez de",
    "aside": "ourselves|internally|instead|please|then|realistic|possible|feasible|achievable"
    "|enough|overkill|too|ok"
    "|okay|maybe|perhaps|again|overall|guaranteed|or better|or more|or higher|or above|or so"
    "|bitte|stattdessen|plutôt|mejor|por favor",
    "split": "% traffic|traffic|of traffic|weight|canary weight|steps|step|of users",
}
"""Class → the words and phrases of it, separated by ``|``; ``-`` and ``/`` read as a blank."""


def words(text: str) -> frozenset[str]:
    """The words of a table written as one text."""
    return frozenset(text.split())


@lru_cache(maxsize=1)
def phrases() -> dict[str, frozenset[str]]:
    """Phrase (blanks for ``-`` and ``/``) → its classes; built at the first use."""
    built: dict[str, set[str]] = {}
    for name, words in CLASSES.items():
        for word in words.split("|"):
            built.setdefault(phrase_key(word), set()).add(name)
    for table, name in ((NUMBERS, "numword"), (SECONDS, "time"), (PERIODS, "periodword"),
                        (TIMES, "timesword"), (RATE_UNITS, "rateunit"), (BYTES, "byteunit"),
                        (SCALES, "scale")):  # fmt: skip
        for word in table:
            built.setdefault(phrase_key(word), set()).add(name)
    for word in PERCENT:
        built.setdefault(word, set()).add("percent")
    return {word: frozenset(classes) for word, classes in built.items()}


def phrase_key(phrase: str) -> str:
    """The form in which phrases are looked up: blanks for hyphens and slashes."""
    if len(phrase) < 3 and not phrase.isalpha():
        return phrase
    return " ".join(phrase.replace("-", " ").replace("/", " ").replace("’", "'").split())
