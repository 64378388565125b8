import { SyntaxFault } from '../path/scanner.ts';
import type { Assertion, ParsedRegex, RegexNode } from './parse.ts';

/** One instruction of the matching machine; targets are places in the program. */
export type Instruction =
  | { readonly op: 'character'; readonly test: RegExp }
  | { readonly op: 'assert'; readonly at: Assertion }
  /** Goes on at both places, the first one preferred. */
  | { op: 'split'; first: number; second: number }
  | { op: 'jump'; to: number }
  /** Notes the position in a slot: 2n is where group n starts, 2n+1 where it ends. */
  | { readonly op: 'save'; readonly slot: number }
  | { readonly op: 'match' };

/** Repetitions are written out: `x{1000}` is a thousand instructions, and no more than this many are made. */
const longestProgram = 5000;

export function compileRegex({ body }: ParsedRegex): readonly Instruction[] {
  const program: Instruction[] = [];
  emit(program, { kind: 'group', capture: 0, body });
  add(program, { op: 'match' });
  return program;
}

function add<T extends Instruction>(program: Instruction[], instruction: T): T {
  if (program.length >= longestProgram) throw new SyntaxFault('the regular expression is too long');
  program.push(instruction);
  return instruction;
}

function emit(program: Instruction[], node: RegexNode): void {
  switch (node.kind) {
    case 'character':
      add(program, { op: 'character', test: node.test });
      return;
    case 'assertion':
      add(program, { op: 'assert', at: node.at });
      return;
    case 'sequence':
      for (const item of node.items) emit(program, item);
      return;
    case 'group':
      if (node.capture !== undefined) add(program, { op: 'save', slot: 2 * node.capture });
      emit(program, node.body);
      if (node.capture !== undefined) add(program, { op: 'save', slot: 2 * node.capture + 1 });
      return;
    case 'alternatives':
      emitAlternatives(program, node.options);
      return;
    case 'repeat':
      emitRepeat(program, node);
      return;
  }
}

function emitAlternatives(program: Instruction[], options: readonly RegexNode[]): void {
  const jumps: { op: 'jump'; to: number }[] = [];
  for (const [i, option] of options.entries()) {
    if (i === options.length - 1) {
      emit(program, option);
      continue;
    }
    const split = add(program, { op: 'split', first: program.length + 1, second: 0 });
    emit(program, option);
    jumps.push(add(program, { op: 'jump', to: 0 }));
    split.second = program.length;
  }
  for (const jump of jumps) jump.to = program.length;
}

function emitRepeat(program: Instruction[], { body, least, most, greedy }: RegexNode & { kind: 'repeat' }): void {
  for (let i = 0; i < least; i += 1) emit(program, body);
  if (most === Number.POSITIVE_INFINITY) {
    const start = program.length;
    const split = add(program, { op: 'split', first: 0, second: 0 });
    emit(program, body);
    add(program, { op: 'jump', to: start });
    aim(split, start + 1, program.length, greedy);
    return;
  }
  const splits: { split: { op: 'split'; first: number; second: number }; inside: number }[] = [];
  for (let i = least; i < most; i += 1) {
    const split = add(program, { op: 'split', first: 0, second: 0 });
    splits.push({ split, inside: program.length });
    emit(program, body);
  }
  for (const { split, inside } of splits) aim(split, inside, program.length, greedy);
}

function aim(split: { first: number; second: number }, inside: number, behind: number, greedy: boolean): void {
  split.first = greedy ? inside : behind;
  split.second = greedy ? behind : inside;
}
