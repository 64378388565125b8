import type { Output } from '../invocation.ts';
import { shownText } from './shown-text.ts';

const frames = ['⠋', '⠙', '⠹', '⠸', '⠼', '⠴', '⠦', '⠧', '⠇', '⠏'] as const;
const eraseLine = '\r\u001b[2K';

/** The last line of a terminal, drawn again and again while something goes on. Elsewhere it draws nothing. */
export class LiveLine {
  readonly #output: Output;
  /** Whether there is a terminal to draw on. */
  readonly isShown: boolean;
  #drawn = false;
  #frame = 0;

  constructor(output: Output, terminal: string | undefined) {
    this.#output = output;
    this.isShown = output.isTTY === true && terminal !== 'dumb';
  }

  /** How many characters of a text are shown. */
  get room(): number {
    return (this.#output.columns || 80) - 3; // behind a frame and a space; the last column stays free
  }

  draw(text: string): void {
    if (!this.isShown) return;
    const frame = frames[this.#frame % frames.length];
    this.#output.write(`${eraseLine}${frame} ${shownText(text).slice(0, Math.max(0, this.room))}`);
    this.#frame += 1;
    this.#drawn = true;
  }

  /** Call before anything else is written to the terminal. */
  erase(): void {
    if (this.#drawn) this.#output.write(eraseLine);
    this.#drawn = false;
  }
}
