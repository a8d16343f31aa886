"""Running plans: executors, workers, models in memory."""
