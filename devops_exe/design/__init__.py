"""Design: the figures. Pure calculators, the plan that calls them, the decisions that follow."""
