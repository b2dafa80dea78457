"""What is known to go wrong: a rule is an id, a condition, a message and, often, a fix."""
