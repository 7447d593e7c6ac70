"""Service level objectives: budget, burn-rate alerts, detection, several components."""
