import type { Column, Connection } from './connection.ts';

/** The number that stands for a name; undefined when it has none. */
export function nameNumber(connection: Connection, name: Column): number | undefined {
  return connection.remember(
    `name ${name}`,
    () => connection.first<[number]>('SELECT number FROM name WHERE text = ?', [name])?.[0],
  );
}

/** Makes the number if there is none yet. */
export function newNameNumber(connection: Connection, name: Column): number {
  const known = nameNumber(connection, name);
  if (known !== undefined) return known;
  const made = connection.first<[number]>('INSERT INTO name (text) VALUES (?) RETURNING number', [name])?.[0];
  return connection.remember(`name ${name}`, () => made) ?? 0;
}

/** What numbers stand for, in an answer: each name crosses to the main thread once, however many rows have it. */
export type Names = Readonly<Record<number, string>>;

export function namesOf(connection: Connection, numbers: Iterable<number>): Names {
  const names: Record<number, string> = {};
  for (const number of numbers) {
    const text = connection.first<[string]>('SELECT text FROM name WHERE number = ?', [number])?.[0];
    if (text !== undefined) names[number] = text;
  }
  return names;
}
