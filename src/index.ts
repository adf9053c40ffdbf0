export { quote, type Refusal, refuse, TickbookError } from "./core/errors.ts";
