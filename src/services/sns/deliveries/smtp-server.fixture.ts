import { once } from 'node:events';
import { type AddressInfo, createServer, type Server, type Socket } from 'node:net';

/** A mail as a server was given it. */
interface ReceivedMail {
  readonly from: string;
  readonly to: string;
  /** Names in small letters; of headers that come twice, the last. */
  readonly headers: Readonly<Record<string, string>>;
  readonly text: string;
  /** The lines as they came, dots taken off. */
  readonly raw: string;
}

/** What a server answers instead of taking something: a line, or silence for ever. */
type SmtpAnswer = { readonly kind: 'line'; readonly line: string } | { readonly kind: 'silence' };

/** A mail server that keeps what it is given. */
export class SmtpServer {
  readonly mails: ReceivedMail[] = [];
  /** What AUTH PLAIN brought. */
  readonly logins: string[] = [];
  /** Asked about each line of a client. @default everything is taken */
  answer: (line: string) => SmtpAnswer | undefined = () => undefined;
  readonly #server: Server;
  readonly #sockets = new Set<Socket>();

  private constructor() {
    this.#server = createServer((socket) => this.#serve(socket));
  }

  static async open(): Promise<SmtpServer> {
    const server = new SmtpServer();
    server.#server.listen(0, '127.0.0.1');
    await once(server.#server, 'listening');
    return server;
  }

  get url(): string {
    return `smtp://127.0.0.1:${(this.#server.address() as AddressInfo).port}`;
  }

  close(): void {
    for (const socket of this.#sockets) socket.destroy();
    this.#server.close();
  }

  #serve(socket: Socket): void {
    this.#sockets.add(socket);
    socket.on('close', () => this.#sockets.delete(socket));
    socket.on('error', () => undefined);
    const session = new Session(this, (line) => socket.write(`${line}\r\n`));
    let rest = '';
    socket.on('data', (bytes) => {
      const lines = (rest + bytes.toString('latin1')).split('\r\n');
      rest = lines.pop() ?? '';
      for (const line of lines) session.take(line);
    });
    session.greet();
  }
}

/** What is said to a verb that is not just taken. */
const usual: Readonly<Record<string, string>> = {
  EHLO: '250-mail.test\r\n250 AUTH PLAIN',
  AUTH: '235 welcome',
  DATA: '354 go on',
  QUIT: '221 bye',
};

/** One connection. */
class Session {
  readonly #server: SmtpServer;
  readonly #say: (line: string) => void;
  #from = '';
  #to = '';
  /** While a mail's own lines come. */
  #data: string[] | undefined;

  constructor(server: SmtpServer, say: (line: string) => void) {
    this.#server = server;
    this.#say = say;
  }

  greet(): void {
    this.#reply('connect', '220 mail.test ESMTP');
  }

  take(line: string): void {
    if (this.#data) this.#takeData(this.#data, line);
    else this.#obey(line);
  }

  #obey(line: string): void {
    const [verb = ''] = line.toUpperCase().split(' ');
    if (verb === 'AUTH') this.#server.logins.push(Buffer.from(line.split(' ')[2] ?? '', 'base64').toString());
    if (verb === 'MAIL') this.#from = addressIn(line);
    if (verb === 'RCPT') this.#to = addressIn(line);
    const begin = () => {
      if (verb === 'DATA') this.#data = [];
    };
    this.#reply(line, usual[verb] ?? '250 ok', begin);
  }

  #takeData(data: string[], line: string): void {
    if (line !== '.') {
      data.push(line.startsWith('.') ? line.slice(1) : line);
      return;
    }
    this.#data = undefined;
    this.#reply('.', '250 taken', () => this.#server.mails.push(readMail(this.#from, this.#to, data)));
  }

  #reply(line: string, words: string, whenTaken: () => void = () => undefined): void {
    const answer = this.#server.answer(line);
    if (answer?.kind === 'silence') return;
    if (!answer) whenTaken();
    this.#say(answer ? answer.line : words);
  }
}

function addressIn(line: string): string {
  return /<([^>]*)>/.exec(line)?.[1] ?? '';
}

function readMail(from: string, to: string, lines: readonly string[]): ReceivedMail {
  const end = lines.indexOf('');
  const unfolded = lines
    .slice(0, end)
    .join('\r\n')
    .replace(/\r\n[ \t]+/g, ' ');
  const headers = Object.fromEntries(
    unfolded.split('\r\n').map((line) => {
      const colon = line.indexOf(':');
      return [line.slice(0, colon).toLowerCase(), line.slice(colon + 1).trim()];
    }),
  );
  const body = lines.slice(end + 1).join('\n');
  return { from, to, headers, text: decoded(body, headers['content-transfer-encoding']), raw: lines.join('\n') };
}

function decoded(body: string, encoding = '7bit'): string {
  if (encoding === 'base64') return Buffer.from(body, 'base64').toString();
  if (encoding !== 'quoted-printable') return Buffer.from(body, 'latin1').toString();
  const bytes = body
    .replace(/=\n/g, '')
    .replace(/=([0-9A-F]{2})/g, (_, hex) => String.fromCharCode(Number.parseInt(hex, 16)));
  return Buffer.from(bytes, 'latin1').toString();
}
