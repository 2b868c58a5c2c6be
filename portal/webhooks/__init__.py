"""Events told to other programs: endpoints, signed deliveries, their log."""
