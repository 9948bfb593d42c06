"""The chapter on the WACV 2020 paper."""
