import { stripVTControlCharacters } from 'node:util';
import type { Output } from '../invocation.ts';
import { shownText } from './shown-text.ts';

const eraseBelow = '\u001b[0J';

/** Lines at the end of a terminal, drawn over their last drawing. Elsewhere it draws nothing. */
export class LiveBlock {
  readonly #output: Output & { readonly rows?: number };
  readonly isShown: boolean;
  #drawnLines = 0;

  constructor(output: Output, terminal: string | undefined) {
    this.#output = output;
    this.isShown = output.isTTY === true && terminal !== 'dumb';
  }

  /** Draws as many of the last lines as fit on the screen. */
  draw(lines: readonly string[]): void {
    if (!this.isShown) return;
    const rows = (this.#output.rows || 24) - 1;
    const width = this.#output.columns || 80;
    const shown = lines.slice(-rows).map((line) => cut(shownText(line), width - 1));
    this.#output.write(`${this.#home()}${shown.map((line) => `${line}\n`).join('')}`);
    this.#drawnLines = shown.length;
  }

  /** Call before anything else is written to the terminal. */
  erase(): void {
    if (this.#drawnLines > 0) this.#output.write(this.#home());
    this.#drawnLines = 0;
  }

  #home(): string {
    return this.#drawnLines === 0 ? '' : `\u001b[${this.#drawnLines}A\r${eraseBelow}`;
  }
}

/** A line that is too long loses its colours, so that no escape sequence is cut in two. */
function cut(line: string, width: number): string {
  const plain = stripVTControlCharacters(line);
  return plain.length <= width ? line : `${plain.slice(0, width - 1)}…`;
}
