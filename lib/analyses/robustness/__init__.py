"""Does it matter how one measures?"""
