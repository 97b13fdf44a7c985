"""The `soundspot` command: one file, one subcommand."""
