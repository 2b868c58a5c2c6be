"""The frame: application factory, feature registry, navigation, home page, health and the command line."""
