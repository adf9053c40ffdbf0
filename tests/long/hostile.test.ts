// Every hostile value in every way: the promise of tests/kernel/hostile.test.ts, without its gaps.
process.env.TICKBOOK_HOSTILE_EVERY = "1";
await import("../kernel/hostile.test.ts");
