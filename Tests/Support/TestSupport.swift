/// Real databases for the tests; filled in with the embedded cluster.
