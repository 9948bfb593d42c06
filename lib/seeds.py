"""Independent seeds, derived from names: the same names give the same seed on every machine."""

import hashlib

import torch


def derive_seed(*names: str | int) -> int:
    """A seed in [0, 2**63), derived from what it is for, such as `derive_seed("order", 0, 3)`.

    Seeds from different names are independent for all practical purposes (SHA-256), and
    none depends on how many numbers were drawn before. So a training that is resumed at
    epoch e draws the same numbers as without the interruption.
    """
    text = "/".join(f"{type(name).__name__}:{name}" for name in names)
    return int.from_bytes(hashlib.sha256(text.encode()).digest()[:8], "big") >> 1


def generator(device: torch.device | str, *names: str | int) -> torch.Generator:
    """A generator on `device`, seeded with `derive_seed(*names)`."""
    return torch.Generator(device).manual_seed(derive_seed(*names))
