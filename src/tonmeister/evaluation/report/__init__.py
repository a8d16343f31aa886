"""What was found: a JSON file to compare, and a page that shows it."""
