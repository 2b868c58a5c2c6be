"""XLSForm: a form as a spreadsheet of rows, in and out."""
