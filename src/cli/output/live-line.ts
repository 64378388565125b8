import type { Output } from '../invocation.ts';
import { shownText } from './shown-text.ts';

const frames = ['⠋', '⠙', '⠹', '⠸', '⠼', '⠴', '⠦', '⠧', '⠇', '⠏'] as const;
const eraseLine = '\r\u001b[2K';

/** The last line of a terminal, drawn again and again while something goes on. Elsewhere it draws nothing. */
export class LiveLine {
  readonly #output: Output;
  readonly #isShown: boolean;
  #drawn = false;
  #frame = 0;

  constructor(output: Output, terminal: string | undefined) {
    this.#output = output;
    this.#isShown = output.isTTY === true && terminal !== 'dumb';
  }

  draw(text: string): void {
    if (!this.#isShown) return;
    const line = `${frames[this.#frame % frames.length]} ${shownText(text)}`.slice(0, (this.#output.columns || 80) - 1);
    this.#output.write(`${eraseLine}${line}`);
    this.#frame += 1;
    this.#drawn = true;
  }

  /** Call before anything else is written to the terminal. */
  erase(): void {
    if (this.#drawn) this.#output.write(eraseLine);
    this.#drawn = false;
  }
}
