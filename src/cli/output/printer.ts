import { styleText } from 'node:util';
import type { Invocation, Output } from '../invocation.ts';
import { shownText } from './shown-text.ts';

type Style = Parameters<typeof styleText>[0];

/**
 * Writes for people: colour on a terminal only (NO_COLOR and FORCE_COLOR are heeded), plain text when piped. A terminal is given no
 * control characters of a text, what is piped is the text as it is.
 */
export class Printer {
  readonly #invocation: Invocation;

  constructor(invocation: Invocation) {
    this.#invocation = invocation;
  }

  /** A line of the command's result, to standard output. */
  line(text: string): void {
    write(this.#invocation.stdout, text);
  }

  /** One JSON value a line, to standard output. */
  json(value: unknown): void {
    this.line(JSON.stringify(value));
  }

  /** A line about the progress, to standard error: what the command answers stays clean. */
  note(text: string): void {
    write(this.#invocation.stderr, text);
  }

  /** `text` in a style, where standard output shows it. */
  style(style: Style, text: string): string {
    return this.#styled(style, text, this.#invocation.stdout);
  }

  /** `text` in a style, where standard error shows it. */
  noteStyle(style: Style, text: string): string {
    return this.#styled(style, text, this.#invocation.stderr);
  }

  #styled(style: Style, text: string, output: Output): string {
    return wantsColour(output, this.#invocation.environment) ? styleText(style, text, { validateStream: false }) : text;
  }
}

function write(output: Output, text: string): void {
  output.write(`${output.isTTY ? shownText(text) : text}\n`);
}

function wantsColour(output: Output, environment: NodeJS.ProcessEnv): boolean {
  if (environment.NO_COLOR) return false;
  if (environment.FORCE_COLOR) return environment.FORCE_COLOR !== '0';
  return output.isTTY === true && environment.TERM !== 'dumb';
}
