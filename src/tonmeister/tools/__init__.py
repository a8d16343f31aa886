"""What can be done: one typed signature for each tool."""
