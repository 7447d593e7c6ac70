"""Rollouts: Deployments, Argo canaries, blue-green, disruption budgets."""
