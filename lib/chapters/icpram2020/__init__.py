"""The chapter on the ICPRAM 2020 paper."""
