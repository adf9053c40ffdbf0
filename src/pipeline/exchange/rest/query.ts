/** An answer of REST: what goes on the wire apart from the headers that every answer has. */
export interface RestReply {
  readonly status: number;
  readonly headers: Readonly<Record<string, string>>;
  readonly body: string;
}

export function json(value: unknown, status = 200): RestReply {
  return {
    status,
    headers: { "content-type": "application/json;charset=UTF-8" },
    body: JSON.stringify(value),
  };
}

/** Thrown while a request is read; becomes HTTP 400 with Binance's code and text. */
export class RestRefusal extends Error {
  readonly code: number;

  constructor(code: number, message: string) {
    super(message);
    this.code = code;
  }
}

/** The parameters of one request, each checked when it is asked for. */
export interface Query {
  has(name: string): boolean;
  symbolText(): string | undefined;
  text(name: string): string | undefined;
  whole(name: string): number | undefined;
}

const SYMBOL = /^[\p{L}\p{N}\-._]{1,50}$/u;

/** Refuses repeated, unknown and empty parameters; `known` are those that the endpoint reads. */
export function readQuery(params: URLSearchParams, known: readonly string[]): Query {
  const names = [...params.keys()];
  for (const name of names) {
    if (params.getAll(name).length > 1) {
      throw new RestRefusal(-1101, `Duplicate values for parameter '${name}' detected.`);
    }
  }
  const read = names.filter((name) => known.includes(name)).length;
  if (read < names.length) {
    throw new RestRefusal(
      -1104,
      `Not all sent parameters were read; read '${read}' parameter(s) but was sent '${names.length}'.`,
    );
  }
  const text = (name: string): string | undefined => {
    const value = params.get(name);
    if (value === "") throw new RestRefusal(-1105, `Parameter '${name}' was empty.`);
    return value ?? undefined;
  };
  const illegal = (name: string, range: string): never => {
    throw new RestRefusal(
      -1100,
      `Illegal characters found in parameter '${name}'; legal range is '${range}'.`,
    );
  };
  return {
    has: (name) => params.has(name),
    text,
    symbolText() {
      const value = text("symbol");
      if (value !== undefined && (!SYMBOL.test(value) || /[a-z]/.test(value))) {
        illegal("symbol", "^[\\w\\-._&&[^a-z]]{1,50}$");
      }
      return value;
    },
    whole(name) {
      const value = text(name);
      if (value === undefined) return undefined;
      if (!/^[0-9]{1,20}$/.test(value)) illegal(name, "^[0-9]{1,20}$");
      return Number(value);
    },
  };
}
