"""The chapter on the ICANN 2020 paper."""
