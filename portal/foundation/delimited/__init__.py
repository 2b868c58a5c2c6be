"""Delimited files (CSV, TSV, gzip) read by a layout: rows, tests of rows, templates over columns."""
