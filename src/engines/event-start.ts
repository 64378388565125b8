import { RE2JS } from 're2js';
import type { LogSink } from './contract.ts';

/**
 * Our own bounds: every line of a job is tried, by the process that all jobs write through. A program of this size takes some ten
 * microseconds over so much of a line.
 */
const bounds = { characters: 1_000, program: 250, lineBytes: 1_024 } as const;

/** What tells the first line of an event from those that follow it: a regular expression as Docker's driver takes it (RE2). */
export interface EventStart {
  /** Whether it is somewhere in the beginning of the line, of 1 KiB. */
  begins(line: Buffer): boolean;
  /** What asking costs, in bytes of output that would take as long to write. */
  cost(lineBytes: number): number;
}

/** Compiles it; answers in words why it cannot be, where it cannot. */
export function compileEventStart(expression: string): EventStart | string {
  if (expression.length > bounds.characters) return `it has more than ${bounds.characters} characters`;
  const program = compiled(expression);
  if (typeof program === 'string') return program;
  const size = program.programSize();
  if (size > bounds.program) return `it is too large (${size} instructions, of at most ${bounds.program})`;
  return {
    begins: (line) => program.test(line.toString('utf8', 0, bounds.lineBytes)),
    cost: (lineBytes) => Math.ceil((Math.min(lineBytes, bounds.lineBytes) * size) / 4),
  };
}

/** Of a sink, for the engine that writes to it. */
export function startOf(sink: LogSink | undefined): EventStart | undefined {
  if (sink?.eventStart === undefined) return undefined;
  const start = compileEventStart(sink.eventStart);
  if (typeof start === 'string') throw new Error(`a sink has an expression that cannot be compiled: ${start}`);
  return start;
}

function compiled(expression: string): RE2JS | string {
  try {
    return RE2JS.compile(expression);
  } catch (error) {
    return error instanceof Error ? error.message : String(error);
  }
}
