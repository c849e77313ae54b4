"""The law as data: one TOML file per jurisdiction, the narrower one laid over the wider one."""
