"""The improvement register: issues, meetings, programmes."""
