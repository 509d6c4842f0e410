import { DatabaseSync, type SQLInputValue } from "node:sqlite";

/**
 * What the store uses of `better-sqlite3`, on the SQLite that Node 24 brings: the action is one file, and a native package cannot
 * be in it. Only `bundle-action.ts` puts it there.
 */
class SqliteError extends Error {
  readonly code: string;

  constructor(cause: Error) {
    super(cause.message, { cause });
    // 5 is SQLITE_BUSY (https://sqlite.org/rescode.html); the store asks for no other.
    this.code = "errcode" in cause && cause.errcode === 5 ? "SQLITE_BUSY" : "SQLITE_ERROR";
  }
}

function Database(file: string, { timeout = 0 }: { readonly timeout?: number } = {}) {
  const database = guarded(() => new DatabaseSync(file, { timeout }));
  return {
    exec: (sql: string) => guarded(() => database.exec(sql)),
    pragma: (text: string) => guarded(() => database.prepare(`PRAGMA ${text}`).all()),
    close: () => database.close(),
    prepare(sql: string) {
      const statement = guarded(() => database.prepare(sql));
      return {
        reader: statement.columns().length > 0,
        all: (parameters: SQLInputValue[]) => guarded(() => statement.all(...parameters)),
        run: (parameters: SQLInputValue[]) => guarded(() => statement.run(...parameters)),
        iterate: (parameters: SQLInputValue[]) => guarded(() => statement.iterate(...parameters)),
      };
    },
  };
}

function guarded<T>(work: () => T): T {
  try {
    return work();
  } catch (error) {
    throw error instanceof Error ? new SqliteError(error) : error;
  }
}

Database.SqliteError = SqliteError;

// biome-ignore lint/style/noDefaultExport: as the package does
export default Database;
