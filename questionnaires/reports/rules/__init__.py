"""Pure functions of the reports: periods, files, alarms."""
