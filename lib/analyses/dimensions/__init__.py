"""Does intrinsic dimension explain which layers change most?"""
