// More of what can be stored: the promise of tests/app/export/round-trip.test.ts.
process.env.TICKBOOK_SEEDS = "12";
await import("../app/export/round-trip.test.ts");
