/** The simulated market begins on 2020-01-01 UTC and is settled until 2054: 2^30 seconds. */
export const EPOCH_US = 1_577_836_800_000_000;
export const DEPTH_S = 30;
/** Trades are made a second at a time. */
export const BLOCK_US = 1_000_000;
export const HORIZON_US: number = EPOCH_US + 2 ** DEPTH_S * BLOCK_US;
/** Prices move 16 times a second. */
export const CELLS_LOG2 = 4;
export const CELLS_PER_S: number = 2 ** CELLS_LOG2;
