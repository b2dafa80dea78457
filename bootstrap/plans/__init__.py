"""One file per writing command: plan(tree, ...) -> Tree."""
