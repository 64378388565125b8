import { Writable } from 'node:stream';

/** Keeps what is written to it: a terminal of ten columns, or none. */
export class Screen extends Writable {
  readonly isTTY: boolean;
  readonly columns = 10;
  text = '';

  constructor(isTTY: boolean) {
    super();
    this.isTTY = isTTY;
  }

  override _write(chunk: Buffer, _encoding: string, done: () => void): void {
    this.text += chunk.toString('utf8');
    done();
  }
}
