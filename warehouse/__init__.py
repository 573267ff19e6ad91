"""Where data lies: the build database, its append-only versions, the run ledger and atomic publication."""
