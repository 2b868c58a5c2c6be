"""SurveyJS: a survey as JSON, in and out."""
