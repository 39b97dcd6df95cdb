"""The contestants, a module each; a peer's is imported in the process that measures it, and only there."""
