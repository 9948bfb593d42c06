"""Commands for a whole study of the catalogue: start, plan, collect, publish, verify."""
