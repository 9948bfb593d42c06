"""Where does the contrast between SVCCA and CKA come from: metrics, matrices, chance, pruning?"""
