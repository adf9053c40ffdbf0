// More trades in more pieces: the promise of tests/pipeline/bars/builder.test.ts.
process.env.TICKBOOK_SEEDS = "12";
await import("../pipeline/bars/builder.test.ts");
