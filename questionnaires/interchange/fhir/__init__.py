"""FHIR: a Questionnaire resource as JSON, R4 and R5; in only."""
