"""Qualtrics: a survey as a .qsf file, which is JSON; in only, the format is closed."""
