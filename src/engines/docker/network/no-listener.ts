/** In words what a job or a node does without that does not come to the listener for jobs, and why. */
export function noListener(who: 'job' | 'node', why: string): string {
  return `the ${who} has no credentials and does not reach this server’s API (AWS_ENDPOINT_URL): ${why}`;
}
