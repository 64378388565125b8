import { connect, type Socket } from 'node:net';
import { takeAnswer, type WireAnswer } from './wire-answer.ts';

/** A keep-alive connection that many requests go over, several at a time; connects again after the server closed it. */
export class LoadConnection {
  readonly #port: number;
  readonly #take: (answer: WireAnswer) => void;
  #socket: Socket | undefined;
  #bytes: Buffer = Buffer.alloc(0);
  #expected = 0;
  #answered = 0;
  #done = Promise.withResolvers<void>();

  constructor(port: number, take: (answer: WireAnswer) => void) {
    this.#port = port;
    this.#take = take;
  }

  /** Sends the requests at once and resolves with how many were answered: all, or fewer if the server closed. */
  async send(requests: readonly Buffer[]): Promise<number> {
    const socket = this.#socket ?? this.#open();
    this.#expected = requests.length;
    this.#answered = 0;
    const done = Promise.withResolvers<void>();
    this.#done = done;
    socket.write(Buffer.concat(requests));
    await done.promise;
    return this.#answered;
  }

  close(): void {
    this.#socket?.destroy();
  }

  #open(): Socket {
    const socket = connect(this.#port, '127.0.0.1');
    this.#socket = socket;
    this.#bytes = Buffer.alloc(0);
    socket.on('data', (chunk: Buffer) => this.#receive(chunk));
    socket.on('error', () => {}); // 'close' follows
    socket.on('close', () => {
      if (this.#socket === socket) this.#socket = undefined;
      this.#done.resolve();
    });
    return socket;
  }

  #receive(chunk: Buffer): void {
    this.#bytes = this.#bytes.length === 0 ? chunk : Buffer.concat([this.#bytes, chunk]);
    for (let taken = takeAnswer(this.#bytes); taken; taken = takeAnswer(this.#bytes)) {
      this.#bytes = Buffer.from(taken.rest);
      this.#answered += 1;
      this.#take(taken.answer);
    }
    if (this.#answered === this.#expected) this.#done.resolve();
  }
}
