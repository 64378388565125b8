import type { DriverReads, ReadInput, ReadName, ReadOutput } from '../reads.ts';
import type { Connection } from './connection.ts';

/** A read in two halves: the worker asks the database, the main thread makes records of what crossed over. */
export interface SqliteRead<Input extends readonly unknown[], Output> {
  /** Answers what is cheap to post: columns and texts, not objects. */
  ask(connection: Connection, ...input: Input): unknown;
  decode(answer: unknown, ...input: Input): Output;
}

export type SqliteReads<Name extends ReadName> = {
  readonly [Each in Name]: SqliteRead<ReadInput<Each>, ReadOutput<Each>>;
};

/** The halves fit each other: what one answers the other takes. */
export function read<Input extends readonly unknown[], Answer, Output>(
  ask: (connection: Connection, ...input: Input) => Answer,
  decode: (answer: Answer, ...input: Input) => Output,
): SqliteRead<Input, Output> {
  return { ask, decode: (answer, ...input) => decode(answer as Answer, ...input) };
}

/** For answers that are what was asked for already. */
export function plainRead<Name extends keyof DriverReads>(
  ask: (connection: Connection, ...input: ReadInput<Name>) => ReadOutput<Name>,
): SqliteRead<ReadInput<Name>, ReadOutput<Name>> {
  return { ask, decode: (...[answer]) => answer as ReadOutput<Name> };
}
