/** Every limit of the ways to the listener for jobs, in one place. Times are milliseconds, sizes bytes. */
export const jobListenerLimits = {
  /** A program that opens a socket in another network ends within this time, or is killed. */
  openMs: 10_000,
  /** Connections of one node in a network of its own to the server at once; more are closed as they come. */
  connections: 256,
  /** Before another forwarder is started in the place of one that has ended by itself. */
  forwarderPauseMs: 1000,
  /** The end of what a program wrote that is kept to say why it failed. */
  tailBytes: 512,
} as const;
