import type { Command } from 'commander';
import type { ExitCode, Invocation } from './invocation.ts';

/** Adds a command to the program; `end` is told how it ended. */
export type AddCommand = (program: Command, invocation: Invocation, end: (code: ExitCode) => void) => void;
