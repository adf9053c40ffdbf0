import { createRequire } from "node:module";
import type polars from "nodejs-polars";

/** Polars, loaded when something of it is used for the first time: it takes 60 MB, and most notebooks begin without it. */
export const pl: typeof polars = new Proxy({} as typeof polars, {
  get: (_, name) => Reflect.get(loaded(), name) as unknown,
});

export declare namespace pl {
  export type DataFrame = polars.DataFrame;
  export type LazyDataFrame = polars.LazyDataFrame;
  export type Expr = polars.Expr;
  export type DataType = polars.DataType;
  export type Series = polars.Series;
}

let parts: typeof polars | undefined;

function loaded(): typeof polars {
  parts ??= createRequire(import.meta.url)("nodejs-polars") as typeof polars;
  return parts;
}
