/** For a field that is kept and read back only: the conformance test that reads back all such fields of an operation. */
export function storedFieldsTest(operation: string) {
  return { stored: `every field of ${operation} that is only stored is read back exactly as given` };
}

/** Pods of nodes, in definitions and submissions. */
export const podNodes = {
  supported: 'nodes of a job may be pods: shown as they were given, and overridden by range',
  but: 'the job waits: no Kubernetes engine is configured',
};
