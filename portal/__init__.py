"""The floor and the frame: what every package stands on."""
