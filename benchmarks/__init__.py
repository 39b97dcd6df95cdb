"""Our verbs beside the raw driver on the same work."""
