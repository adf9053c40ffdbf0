import { refuse } from "../../../core/errors.ts";
import type { StoredTrades } from "../../store/read/stored-trades.ts";
import { decodeBlocks, type Table } from "../native/decode.ts";
import { sqlText, sqlWhole } from "../wire/sql.ts";
import { SCALE } from "./trade-rows.ts";

/** Asks for trades of a range of ids with everything that is known of them. */
export function exactQuery(venue: string, symbol: string, fromId: number, toId: number): string {
  return (
    "SELECT toFloat64(trade_id) AS id_, price AS price_, qty AS qty_, scale, decimals, toFloat64(trade_time_us) AS time_, " +
    "if(event_time_us = 0, nan, toFloat64(event_time_us)) AS event_, toFloat64(received_us) AS received_, is_buyer_maker, source " +
    `FROM trades FINAL WHERE venue = ${sqlText(venue)} AND symbol = ${sqlText(symbol)} ` +
    `AND trade_id >= ${sqlWhole(fromId)} AND trade_id < ${sqlWhole(toId)} ORDER BY trade_id FORMAT Native`
  );
}

/** Its answer; `where` refuses prices of another scale. */
export function exactRows(where: string, body: Uint8Array | Table): StoredTrades {
  const { rows, columns } = body instanceof Uint8Array ? decodeBlocks(body) : body;
  const float = (name: string): Float64Array =>
    (columns[name] as Float64Array | undefined) ?? new Float64Array();
  const small = (name: string): Uint8Array => (columns[name] as Uint8Array | undefined) ?? new Uint8Array();
  const whole = (name: string): BigInt64Array =>
    (columns[name] as BigInt64Array | undefined) ?? new BigInt64Array();
  const odd = small("scale").find((scale) => scale !== SCALE);
  if (odd !== undefined) {
    refuse({
      code: "unknown-scale",
      where,
      problem: `needs prices × 10^${SCALE}; some there are × 10^${odd}`,
      hint: "Update this Tickbook: npm run update.",
    });
  }
  return {
    length: rows,
    id: float("id_"),
    priceE8: whole("price_"),
    qtyE8: whole("qty_"),
    decimals: small("decimals"),
    tradeTimeUs: float("time_"),
    eventTimeUs: float("event_"),
    receivedUs: float("received_"),
    isBuyerMaker: small("is_buyer_maker"),
    source: small("source"),
  };
}
