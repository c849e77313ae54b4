"""One statement for both databases: insert a row, or bring the one that is there up to date."""

from collections.abc import Collection

from sqlalchemy import Table, TextClause, bindparam, text


def upsert(table: Table, key: str, updated: Collection[str]) -> TextClause:
    """The statement; `key` names the columns that conflict, `updated` those then overwritten.

    It takes a parameter for every column but a number that the database gives by itself.
    """
    columns = [column for column in table.columns if column is not table.autoincrement_column]
    names = [column.name for column in columns]
    values = ", ".join(f":{name}" for name in names)
    news = ", ".join(f"{name} = excluded.{name}" for name in updated)
    return text(
        f"INSERT INTO {table.name} ({', '.join(names)}) VALUES ({values})"
        f" ON CONFLICT ({key}) DO UPDATE SET {news}"
    ).bindparams(*(bindparam(column.name, type_=column.type) for column in columns))
