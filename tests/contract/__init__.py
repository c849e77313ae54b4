"""One suite for every store: SQLite, PostgreSQL with PostGIS, and the use cases' fake."""
