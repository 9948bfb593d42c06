"""Data sets as device tensors, and their augmentation on the device."""

from .augmentation import Augmentation, augment
from .dataset import Dataset, Images, normalise
from .loading import DATASET_TITLES, DATASETS, DataUnavailableError, load_dataset
