import { DatabaseSync, type StatementSync } from 'node:sqlite';
import { copyOnline } from './online-copy.ts';

export type Column = string | number | Uint8Array | null;

/** A SQLite connection with its prepared statements, each prepared once. Rows come as arrays of columns. */
export class Connection {
  readonly #database: DatabaseSync;
  readonly #statements = new Map<string, StatementSync>();
  /** Numbers that stand for scopes and names, as the transaction under way sees them. */
  readonly #numbers = { scope: new Map<string, number>(), name: new Map<string, number>() };

  /** Waits at most `lockTimeout` ms for a lock that another process holds. */
  constructor(path: string, lockTimeout: number) {
    this.#database = new DatabaseSync(path, { timeout: lockTimeout, returnArrays: true });
  }

  execute(sql: string): void {
    this.#database.exec(sql);
  }

  /** The number of rows that the statement changed. */
  run(sql: string, columns: readonly Column[] = []): number {
    return Number(this.#prepare(sql).run(...columns).changes);
  }

  /** All rows, as tuples of the columns that `sql` selects. */
  all<Row extends readonly Column[]>(sql: string, columns: readonly Column[] = []): Row[] {
    return this.#prepare(sql).all(...columns) as unknown as Row[];
  }

  first<Row extends readonly Column[]>(sql: string, columns: readonly Column[] = []): Row | undefined {
    return this.#prepare(sql).get(...columns) as unknown as Row | undefined;
  }

  /** The number that stands for a scope or name, looked up once; what has none is asked for again. */
  remember(kind: 'scope' | 'name', text: string, find: () => number | undefined): number | undefined {
    const known = this.#numbers[kind].get(text);
    if (known !== undefined) return known;
    const found = find();
    if (found !== undefined) this.#numbers[kind].set(text, found);
    return found;
  }

  /** Does all of `work` or, if it throws, nothing. */
  transaction<Result>(work: () => Result): Result {
    this.#database.exec('BEGIN IMMEDIATE');
    try {
      const result = work();
      this.#database.exec('COMMIT');
      return result;
    } catch (error) {
      // What the transaction made is gone, and its number may come to stand for another name.
      for (const numbers of Object.values(this.#numbers)) numbers.clear();
      // Some failures, a full disk among them, roll back by themselves.
      if (this.#database.isTransaction) this.#database.exec('ROLLBACK');
      throw error;
    }
  }

  /** Copies the database as it is at one moment to a new file, some pages at a time; other work goes on between them. */
  async backUp(path: string): Promise<void> {
    await copyOnline(this.#database, path);
  }

  close(): void {
    this.#statements.clear();
    this.#database.close();
  }

  #prepare(sql: string): StatementSync {
    const known = this.#statements.get(sql);
    if (known) return known;
    const statement = this.#database.prepare(sql);
    this.#statements.set(sql, statement);
    return statement;
  }
}
