"""Which damage to a trained network does a metric notice? Damage of known kind and size."""
