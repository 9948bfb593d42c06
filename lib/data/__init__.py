"""Data sets as device tensors, and their augmentation on the device."""

from .augmentation import Augmentation, augment
from .dataset import Dataset, Images, normalise
from .loading import DATASETS, DataUnavailableError, load_dataset
