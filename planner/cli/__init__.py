"""The command line, one module per command: arguments in, one function called, one result out."""
