/** What comes before the body of an HTTP request, as its signature sees it: as it travelled, nothing decoded. */
export interface HttpHead {
  readonly method: string;
  /** As on the wire: still percent-encoded, without the query. */
  readonly path: string;
  /** As on the wire, without the `?`; empty if there is none. */
  readonly query: string;
  /** By lower-case name. A repeated header's values are joined with `,`. */
  readonly headers: Readonly<Record<string, string | undefined>>;
}

/** A whole HTTP request as its signature sees it. */
export interface HttpMessage extends HttpHead {
  readonly body: Uint8Array | string;
}

/** What a signature is good for: one day, one region, one service. */
export interface CredentialScope {
  readonly accessKeyId: string;
  /** `YYYYMMDD` */
  readonly date: string;
  readonly region: string;
  readonly service: string;
}

export const algorithm = 'AWS4-HMAC-SHA256';
export const terminator = 'aws4_request';

/** `date/region/service/aws4_request`, the third line of the string to sign. */
export function formatScope(scope: CredentialScope): string {
  return `${scope.date}/${scope.region}/${scope.service}/${terminator}`;
}
