export interface Credentials {
  readonly username: string;
  readonly password: string;
}

/** What an operator says of one registry, under its name in images: `docker.io`, `registry.example:5000`. */
export interface RegistrySettings {
  /** Certificates (PEM) that are trusted for it beside the system's. */
  readonly ca?: string;
  /** Certificates are not looked at, and where it speaks no TLS, plain http will do. So it is by default on this machine's loopback. */
  readonly insecure?: boolean;
  /** For requests that bring none of their own. */
  readonly credentials?: Credentials;
}

/** Whether a host is this machine: what is said to it nobody else hears. */
export function isLoopback(hostname: string): boolean {
  return hostname === 'localhost' || hostname === '[::1]' || /^127\.\d+\.\d+\.\d+$/.test(hostname);
}
