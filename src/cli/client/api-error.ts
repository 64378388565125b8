import { CommandError } from '../invocation.ts';

/** Codes of a key that the server does not know, and what to do. */
const unknownKeys: ReadonlySet<string> = new Set(['UnrecognizedClientException', 'InvalidClientTokenId']);
const unknownKeyHint =
  " The access key is not this server's: run batchyard env with the --data of the server, or give --data to this command.";

/** The server refused a request, in AWS's terms. */
export class ApiError extends CommandError {
  override readonly name = 'ApiError';
  /** `ClientException`, `AccessDeniedException`... */
  readonly code: string;
  readonly status: number;
  /** What the server said, without the code. */
  readonly words: string;

  constructor(code: string, words: string, status: number) {
    super(`${code}: ${words}${unknownKeys.has(code) ? unknownKeyHint : ''}`);
    this.code = code;
    this.status = status;
    this.words = words;
  }

  /** The server does not know the access key. */
  get isUnknownKey(): boolean {
    return unknownKeys.has(this.code);
  }
}

/** Nobody answered at the endpoint. */
export class ServerUnreachable extends CommandError {
  override readonly name = 'ServerUnreachable';
}
