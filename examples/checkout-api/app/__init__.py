"""checkout-api: takes orders."""
