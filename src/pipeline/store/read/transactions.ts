import type Database from "better-sqlite3";

/** Reads that see one state. */
export interface Transactions {
  /** Work inside a transaction, its own or the one that is open. */
  together<T>(work: () => T): T;
  /** The same for work of a caller, who may close the database in it. */
  atOneTime<T>(work: () => T): T;
}

export function transactions(db: Database.Database): Transactions {
  const begin = db.prepare("BEGIN");
  const commit = db.prepare("COMMIT");
  /** Work that the stop button ends has no `finally`, and none outlasts its turn: what is open then would see one state for ever. */
  const endWithTurn = (): void => {
    if (db.inTransaction) return;
    setImmediate(() => {
      if (db.open && db.inTransaction) commit.run();
    }).unref();
  };
  return {
    together: (work) => {
      endWithTurn();
      return db.transaction(work)();
    },
    atOneTime: (work) => {
      if (db.inTransaction) return work();
      endWithTurn();
      begin.run();
      try {
        return work();
      } finally {
        if (db.open && db.inTransaction) commit.run();
      }
    },
  };
}
