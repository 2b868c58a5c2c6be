"""Pure rules of this room: facts and rule in, decision out."""
