"""What each act of the trail is called, by area; one file a package of the house."""
