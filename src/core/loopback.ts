const loopback = /^(127\.|::1$|::ffff:127\.)/;

/** Whether an address of a connection's other end is this very machine. */
export function isLoopback(address: string): boolean {
  return loopback.test(address);
}
