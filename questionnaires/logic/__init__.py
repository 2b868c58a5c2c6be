"""Pure questionnaire logic: definition, conditions, paging, piping, validation, scoring."""
