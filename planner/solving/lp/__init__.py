"""The linear programs: model, cuts, columns, dual prices."""
