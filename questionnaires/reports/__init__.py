"""Figures that leave the house or are kept: reports, exports, saved views, notes on charts, frozen figures, alarms."""
