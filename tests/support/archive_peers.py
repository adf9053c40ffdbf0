"""Reads an archive with DuckDB and Polars as a user would, and prints what they see as JSON."""

import json
import sys

import duckdb
import polars as pl

pattern = sys.argv[1]
sql = f"""
SELECT venue, symbol, CAST(date AS VARCHAR), count(*), min(trade_id), max(trade_id), sum(price_e8)::VARCHAR,
  sum(qty_e8)::VARCHAR, count(event_time_us), sum(is_buyer_maker::INT), sum(source), sum(decimals),
  CAST(min(make_timestamp(trade_time_us)) AS VARCHAR)
FROM read_parquet('{pattern}', hive_partitioning = true)
GROUP BY ALL ORDER BY ALL
"""
duck = [list(row) for row in duckdb.sql(sql).fetchall()]
frame = (
    pl.scan_parquet(pattern, hive_partitioning=True)
    .group_by("venue", "symbol", pl.col("date").cast(pl.String))
    .agg(
        pl.len(),
        pl.col("trade_id").min().alias("first"),
        pl.col("trade_id").max().alias("last"),
        pl.col("price_e8").cast(pl.Int128).sum().cast(pl.String),
        pl.col("qty_e8").cast(pl.Int128).sum().cast(pl.String),
        pl.col("event_time_us").count(),
        pl.col("is_buyer_maker").cast(pl.Int64).sum(),
        pl.col("source").cast(pl.Int64).sum(),
        pl.col("decimals").cast(pl.Int64).sum(),
        pl.from_epoch(pl.col("trade_time_us").min(), time_unit="us").cast(pl.String).alias("begin"),
    )
    .sort("venue", "symbol", "date")
    .collect()
)
print(json.dumps({"duckdb": duck, "polars": [list(row) for row in frame.rows()]}))
