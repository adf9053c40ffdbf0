export { TickbookError, refuse, quote, type Refusal } from "./core/errors.ts";
