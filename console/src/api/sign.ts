/** What a request is signed with: an access key, or the credentials of a session. */
export interface Credentials {
  readonly accessKeyId: string;
  readonly secretAccessKey: string;
  readonly sessionToken?: string;
}

/** A request before it is signed. `path` and `query` are encoded as they will be sent, the parts of the query in order. */
export interface Unsigned {
  readonly method: string;
  readonly host: string;
  readonly path: string;
  readonly query: string;
  readonly headers: Readonly<Record<string, string>>;
  readonly body: string;
  readonly service: string;
  readonly region: string;
  /** By the server's clock. */
  readonly now: Date;
}

/**
 * The headers of a request with Signature Version 4, its own `headers` included, Host excluded: browsers set that. Needs Web
 * Crypto, which browsers give to secure contexts only: https, or this machine.
 */
export async function signed(request: Unsigned, credentials: Credentials): Promise<Record<string, string>> {
  const time = request.now.toISOString().replace(/[-:]|\.\d{3}/g, '');
  const own: Record<string, string> = { ...request.headers, 'x-amz-date': time };
  if (credentials.sessionToken) own['x-amz-security-token'] = credentials.sessionToken;
  const all = Object.entries({ ...own, host: request.host }).sort(([left], [right]) => (left < right ? -1 : 1));
  const names = all.map(([name]) => name).join(';');
  const lines = all.map(([name, value]) => `${name}:${value.trim()}\n`).join('');
  const { method, path, query, body } = request;
  const canonical = [method, twiceEncoded(path), query, lines, names, hex(await sha256(body))].join('\n');
  const scope = [time.slice(0, 8), request.region, request.service, 'aws4_request'];
  const text = ['AWS4-HMAC-SHA256', time, scope.join('/'), hex(await sha256(canonical))].join('\n');
  let key: Secret = bytes(`AWS4${credentials.secretAccessKey}`);
  for (const part of scope) key = await hmac(key, part);
  const signature = hex(await hmac(key, text));
  const credential = `${credentials.accessKeyId}/${scope.join('/')}`;
  own.authorization = `AWS4-HMAC-SHA256 Credential=${credential}, SignedHeaders=${names}, Signature=${signature}`;
  return own;
}

type Secret = ArrayBuffer | Uint8Array<ArrayBuffer>;

/** The path as every service but S3 signs it: encoded once more. */
function twiceEncoded(path: string): string {
  return path.split('/').map(encodeURIComponent).join('/');
}

function bytes(text: string) {
  return new TextEncoder().encode(text);
}

function sha256(text: string): Promise<ArrayBuffer> {
  return crypto.subtle.digest('SHA-256', bytes(text));
}

async function hmac(secret: Secret, text: string): Promise<ArrayBuffer> {
  const key = await crypto.subtle.importKey('raw', secret, { name: 'HMAC', hash: 'SHA-256' }, false, ['sign']);
  return crypto.subtle.sign('HMAC', key, bytes(text));
}

function hex(buffer: ArrayBuffer): string {
  return new Uint8Array(buffer).toHex();
}
