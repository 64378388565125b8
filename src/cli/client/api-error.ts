import { CommandError } from '../invocation.ts';

/** The server refused a request, in AWS's terms. */
export class ApiError extends CommandError {
  override readonly name = 'ApiError';
  /** `ClientException`, `AccessDeniedException`... */
  readonly code: string;
  readonly status: number;

  constructor(code: string, message: string, status: number) {
    super(`${code}: ${message}`);
    this.code = code;
    this.status = status;
  }
}

/** Nobody answered at the endpoint. */
export class ServerUnreachable extends CommandError {
  override readonly name = 'ServerUnreachable';
}
