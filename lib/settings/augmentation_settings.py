"""What is done to each training image, as data."""

from dataclasses import dataclass

from ..validation import check_types


@dataclass(frozen=True)
class Augmentation:
    """What is done to each training image; every image draws its own numbers.

    The order is that of the paper's list (section 4.1): crop, flip, affine map, cut-out.

    Attributes:
        crop: pad by this many black pixels on each side and cut out a window of the
            original size at a uniform offset, i.e. shift by an integer in [-crop, crop]
            in each direction.
        flip: mirror left to right with probability 1/2.
        degrees: rotate about the centre by a uniform angle in [-degrees, degrees].
        translate: then shift by a uniform fraction of the image size in [-translate,
            translate] in each direction.
        cutout: set a square with sides of this many pixels, entirely inside the image,
            to the mean colour; 0 for none.
    """

    crop: int = 0
    flip: bool = False
    degrees: float = 0.0
    translate: float = 0.0
    cutout: int = 0

    def __post_init__(self):
        check_types(self, crop=0, degrees=0, translate=0, cutout=0)

    def __str__(self) -> str:
        parts = {
            f"crop after padding by {self.crop}": self.crop,
            "horizontal flip": self.flip,
            f"rotation up to {self.degrees:g}°": self.degrees,
            f"shift up to {self.translate:.0%}": self.translate,
            f"cut-out of {self.cutout} x {self.cutout}": self.cutout,
        }
        return ", ".join(part for part, used in parts.items() if used) or "none"
