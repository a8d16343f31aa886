"""How people and programs reach Tonmeister."""
