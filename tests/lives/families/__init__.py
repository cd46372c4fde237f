"""One file for each family of lives; each has its lives in `LIVES`."""
