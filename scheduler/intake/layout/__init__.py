"""How a delimited file is read as events: the layout, its parts, and the reader."""
