"""Typing errors of one or two letters in the words that carry requirements.

Only words that nothing knows are looked at, only long words of the vocabulary are offered,
and ordinary words that happen to lie near are listed and left alone: a wrong correction
costs more than a missed one, and each correction is said in a note.
"""

from __future__ import annotations

from functools import lru_cache

from devops_exe.assess.words.lexicon import words

VOCABULARY: tuple[str, ...] = (
    "canary", "rolling", "recreate", "bluegreen", "kubernetes", "lambda", "fargate", "openshift",
    "heroku", "terraform", "opentofu", "pulumi", "cloudformation", "jenkins", "circleci",
    "buildkite", "bitbucket", "django", "fastapi", "laravel", "symfony", "rails", "nestjs",
    "python", "golang", "typescript", "javascript", "kotlin", "postgresql", "postgres", "mysql",
    "mongodb", "rabbitmq", "elasticsearch", "opensearch", "dynamodb", "memcached", "sqlite",
    "mariadb", "cassandra", "elasticache", "replicas", "availability", "requests", "request",
    "latency", "percentile", "seconds", "second", "minutes", "minute", "regions", "stateful",
    "stateless", "downtime", "sessions", "average", "backups", "deployments", "deploys",
    "workers", "startup", "budget", "uptime", "objective", "instances", "hipaa", "azure",
    "digitalocean", "hetzner", "redis", "kafka", "migration", "sticky", "hourly", "weekly",
    "monthly", "memory", "throughput", "github", "gitlab", "nomad", "production", "staging",
    "spinnaker", "ansible", "month", "database", "milliseconds", "millisecond", "percent",
    "million", "thousand", "hundred", "compliance", "autoscaling", "gigabytes",
    "terabytes", "deployment",
    "strategy", "snapshots", "recovery", "zones",
)  # fmt: skip

LEFT_ALONE: frozenset[str] = words(
    "canal cannery carry railing roiling polling rallying recreated recreates recreation"
    " request's requested requester lamb bulletin pythons latent locally minute's reasons"
    " legions grateful station states seasons secession passions session's workers' backpack"
    " budgets gudget worker's startups object subjective objectives instant instance's assure"
    " readies radish redid credis kaftan mitigation vibration migrating sticks stick stocky"
    " memories memoir gitlabs nomads staging's stating stage's product reproduction months"
    " mouth moth databases' ruby rail rail's trails cable unable table average's coverage"
    " leverage beverage regional religions prediction instances' deployment's deployer"
    " replica's replicate replicates replicated implicates weakly houri hourly's wekly's"
    " seconded secondly beacon minuter minuted statefully ration station python's pylon azur"
    " hippo budge budgie bucket buckets gadget widget gidget fidget jenkinson rolled roller"
    " rollings ruling rollin folding holding polling tolling robbing production's introduction"
    " month's throughputs throughout roilings sessional compliant thousandth thousandths"
    " hundredth hundredths strategic zoned zonal recover percept gigabyte's appliance deploying's"
)
"""Ordinary words that lie within the distance of one of the vocabulary."""


MISSPELT: dict[str, str] = {
    "blu green": "blue-green", "blue gren": "blue-green", "bleu green": "blue-green",
}  # fmt: skip
"""Slips that the tables know as phrases, and what they are read as."""


@lru_cache(maxsize=4096)
def mend(word: str) -> str | None:
    """The word of the vocabulary that ``word`` is a slip of, or None.

    One edit (insertion, deletion, substitution, or two neighbours swapped) is allowed in
    words of five letters or more, two in words of nine or more; the first letter must be
    right, or swapped with the second.

    >>> mend("cannary"), mend("kuberentes"), mend("cannery"), mend("checkout")
    ('canary', 'kubernetes', None, None)
    """
    if len(word) < 5 or word in LEFT_ALONE or not word.isalpha():
        return None
    for known in VOCABULARY:
        allowed = 2 if len(known) >= 9 else 1
        if abs(len(known) - len(word)) > allowed:
            continue
        if word[0] != known[0] and word[:2] != known[1::-1]:
            continue
        if 0 < distance(word, known, allowed) <= allowed and word != known + "s":
            return known
    return None


_STRATEGIES = ("canary", "rolling", "recreate", "bluegreen")


def mend_strategy(word: str) -> str | None:
    """The strategy that ``word`` is a slip of two letters of, for the place of a strategy.

    >>> mend_strategy("cannarry"), mend_strategy("cannery"), mend_strategy("billing")
    ('canary', None, None)
    """
    if len(word) < 5 or word in LEFT_ALONE or not word.isalpha():
        return None
    near = [one for one in _STRATEGIES if word[0] == one[0] and distance(word, one, 2) <= 2]
    return near[0] if near else None


def distance(one: str, two: str, limit: int) -> int:
    """Edits between two words (optimal string alignment), or ``limit + 1`` when more.

    >>> distance("cnaary", "canary", 2)
    1
    """
    before: list[int] = []
    row = list(range(len(two) + 1))
    for i, a in enumerate(one, 1):
        older, before, row = before, row, [i]
        for j, b in enumerate(two, 1):
            best = min(before[j] + 1, row[-1] + 1, before[j - 1] + (a != b))
            if i > 1 and j > 1 and a == two[j - 2] and one[i - 2] == b:
                best = min(best, older[j - 2] + 1)
            row.append(best)
        if min(row) > limit:
            return limit + 1
    return row[-1]
