"""Recipes: what was done in a conversation as a file, to be done to other recordings."""
