"""Pure rules of a questionnaire: its definition, check, paging, validation, scoring and piping."""
