"""The two stores, SQLite and PostgreSQL with PostGIS, behind the Protocols of usecases.ports."""
