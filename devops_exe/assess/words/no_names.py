"""Words that stand around a system's name, or in its place, and are none."""

from __future__ import annotations

from devops_exe.assess.words.lexicon import words

PROSE = words(
    "how what why when which where who can could should would do does did is are was we i you"
    " please help need want have let let's make give show tell explain create set write build"
    " design plan draft propose deploy run ship migrate move hello hi hey thanks thank yes ok"
    " okay if think consider add change use compare recommend suggest switch reduce increase"
    " it this that there they and but so because also now then go roll rolling what's i'm we're"
    " we've i'd it's there's that's here's let us started opened closed fixed increase decrease"
    " we'd i'd we'll i'll you'd they"
    " läuft laufen necesitamos"
    " tenemos brauchen haben besoin avons tourne corre hmm oh ah well alright perfect understood"
    " right wrong maybe perhaps currently today"
    " review check my-own describe prepare generate produce get put try same more less cheaper"
    " faster again undo redo next instead actually sorry great good nice cool sure no not never"
    " wie was warum wir ich bitte comment pourquoi nous quiero necesito cómo para pour für"
)
NO_NAME = words(
    "previous last latest prior version release old stable older earlier pipeline deploy"
    " deployment rollback strategy plan scale blueprint system environment environments"
    " production traffic load peak budget objective requirements requirement app application"
    " service cluster website site api backend server project platform infrastructure new big"
    " small large simple web everything something anything today tomorrow release-candidate"
    " build tag commit ci cd ci/cd cost costs test tests testing users region regions zone"
    " zones update updates rollout steps step shop's strategy: type months days hours seconds"
    " minutes years monthly weekly daily bytes memory cpu data database availability uptime slo"
    " latency rto rpo backups replicas pods instances nodes workers requests security users'"
    " concurrent team people engineers highly available scalable secure fast reliable cheap"
    " modern cloud the a an me us autoscale autoscaling autoscaled spread written scales scaled out"
    " hybrid multi-cloud serverless cookies-based distributed event-driven real-time active passive"
    " primary secondary standby migrating moving health check progressive gradual safe simple"
    " point-in-time cpu-bound memory-bound io-bound error errors monorepo repo repository"
    " monolith active-active active-passive hosted"
    " exposed highly-available team squad company boss customer customers manager known good"
    " physical virtual regional zonal read write read-heavy write-heavy"
    " redundant resilient reads writes sla rpo time being moment phone digest sha256 call me"
    " tolerancia tolérance toleranz measured counted calculated averaged observed continuous"
    " storage eu us uk europe germany"
    " weekday weekdays weekend weekends slow best-effort ttfb pitr websockets websocket"
    " semi-stateful restore hosting either neither both whether first later second afterwards swarm"
    " workload workloads factor legal xmx xms compliance bucket file files uploads topic table"
    " index resources"
    " limits specs parameters"
    " settings config values"
    " upgrade hundreds thousands dozens several many few lots plenty cache batch log logs"
)
GENERIC = words(
    "app application service cluster website site api backend server project platform system"
    " frontend monolith microservice web services apps nodes machine machines host hosts"
)

MEASURES = words(
    "drill pool depth lag digest size count retention rate ratio limit quota length interval"
    " timeout timeouts"
    " usage number amount duration retries retry hours threads connections"
)
"""What a noun at the end makes of words: a measure and no name."""
DETERMINERS = words(
    "la le les el los die der das den the a an our all every new my this that these those some any"
)
PLANNED = words("deployment rollout release migration plan move upgrade launch hosting operation")
OWNING = words(
    "maintain maintains own owns operate operates run runs running migrate moving move deploy"
    " release ship launch build host rewrite replatform rehost port develop support manages"
    " size sizing scale scaling upgrade upgrading promote containerise containerize dockerise"
    " dockerize"
)
PLANS = words("plan blueprint rollout design dossier about")
CREWS = words("team squad crew guild tribe department dept")
"""``Team Falcon owns quote-engine``: who owns a system is none."""
ASKED_FOR = words(
    "promote size sizing"
    " deploy scale run ship migrate move rollback release plan design build host autoscale"
    " revert create set up please migrating moving running deploying building planning hosting"
    " using"
) | {"roll back", "scale up", "set up"}  # fmt: skip
