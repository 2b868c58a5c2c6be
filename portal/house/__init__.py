"""How the house is run: switches of its parts, and documents that people read and sign for."""
