"""LimeSurvey: surveys, groups and questions as XML (.lss, .lsg, .lsq) or tab-separated; surveys out as .lss."""
