// Each global in each way: the promise of tests/kernel/builtins.test.ts, without its gaps.
process.env.TICKBOOK_BUILTINS_EVERY = "1";
await import("../kernel/builtins.test.ts");
