/** What the adapter needs of Node, as far as it needs it. */

/** A value in a row. */
export type Cell = null | number | bigint | string | Uint8Array;

export interface Statement {
  run(...cells: Cell[]): { readonly changes: number | bigint };
  get(...cells: Cell[]): Record<string, Cell> | undefined;
  all(...cells: Cell[]): Record<string, Cell>[];
}

export interface Database {
  exec(sql: string): void;
  prepare(sql: string): Statement;
  close(): void;
}

export interface NodeSqlite {
  readonly DatabaseSync: new (path: string) => Database;
}

export interface NodeFs {
  writeFileSync(path: string, text: string, options: { readonly flag: string }): void;
  watch(path: string, listener: () => void): { close(): void; on(event: "error", listener: () => void): unknown };
}
