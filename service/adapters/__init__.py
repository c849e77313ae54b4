"""Where the registry meets the outside: databases, files, brokers, identity providers."""
