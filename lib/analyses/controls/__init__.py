"""What else than pruning could make the representations differ?"""
