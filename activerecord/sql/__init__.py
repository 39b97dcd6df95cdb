"""SQL as values: nodes, statements, dialects and the compiler that writes them as text. No I/O."""
