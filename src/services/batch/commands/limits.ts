/** Limits of commands that are run in jobs. Times are milliseconds. */
export const commandLimits = {
  /** Commands at once, those included that nobody has connected to yet. */
  sessions: 32,
  /** How long a session waits for its client. */
  connectTime: 30_000,
  /** A session over which nothing went for so long is ended. */
  idleTime: 60 * 60_000,
  /** How often the system asks whether a silent client is still there. */
  keepAlive: 30_000,
  /** Bytes of a command line. */
  commandBytes: 64 * 1024,
} as const;
