"""Which metric notices damage to a network of one's own, and by the time it does harm?"""
