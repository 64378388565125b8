import { CommandError } from '../invocation.ts';

/** Codes of a key that the server does not know, and what to do. */
const unknownKeys: ReadonlySet<string> = new Set(['UnrecognizedClientException', 'InvalidClientTokenId']);
const unknownKeyHint =
  " The access key is not this server's: run batchyard env with the --data of the server, or give --data to this command.";

/** Codes of a signature that the server makes otherwise. */
const badSignatures: ReadonlySet<string> = new Set(['InvalidSignatureException', 'SignatureDoesNotMatch']);
/** What the server adds to them: the request as it signs it, which says nothing to whom the command line signs for. */
const signedText = '\n\nThe Canonical String for this request';
const wrongSecretHint =
  " The secret of the access key is not this server's, or a proxy changes the request: run batchyard env with the --data of the server.";

/** The server refused a request, in AWS's terms. */
export class ApiError extends CommandError {
  override readonly name = 'ApiError';
  /** `ClientException`, `AccessDeniedException`... */
  readonly code: string;
  readonly status: number;
  /** What the server said, without the code. */
  readonly words: string;

  constructor(code: string, words: string, status: number) {
    super(`${code}: ${wordsFor(code, words)}`);
    this.code = code;
    this.status = status;
    this.words = words;
  }

  /** The server does not know the access key. */
  get isUnknownKey(): boolean {
    return unknownKeys.has(this.code);
  }
}

/** What the server said, and what to do where that is not enough. */
function wordsFor(code: string, words: string): string {
  if (unknownKeys.has(code)) return `${words}${unknownKeyHint}`;
  const signed = badSignatures.has(code) ? words.indexOf(signedText) : -1;
  return signed < 0 ? words : `${words.slice(0, signed)}${wrongSecretHint}`;
}

/** Nobody answered at the endpoint. */
export class ServerUnreachable extends CommandError {
  override readonly name = 'ServerUnreachable';
}
