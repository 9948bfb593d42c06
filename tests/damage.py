"""Files with a flipped bit, and what messages tell users to do about them, done."""

import re
import shutil
from pathlib import Path


def flipped(content: bytes, bit: int) -> bytes:
    """The same bytes, but for one bit."""
    byte = content[bit // 8] ^ 1 << bit % 8
    return content[: bit // 8] + bytes([byte]) + content[bit // 8 + 1 :]


def write_anew(path: Path, content: bytes) -> None:
    """Write a file in place of the old one: some file systems flush what is written over it."""
    path.unlink()
    path.write_bytes(content)


def damage(path: Path) -> None:
    """Flip a bit in the middle of a file."""
    content = path.read_bytes()
    write_anew(path, flipped(content, len(content) // 2 * 8))


def follow(message: str) -> Path:
    """Remove what a message about damage says; returns its path."""
    [named] = set(re.findall(r"[Rr]emove (\S+) and start again", message))
    shutil.rmtree(named) if (path := Path(named)).is_dir() else path.unlink()
    return path
