/** Instances, jobs and their children, and tasks: of many that failed alike each would else have words of its own. */
const ids = /\bi-[0-9a-f]{8,17}\b|\b[0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12}(?::\d+)?|\b[0-9a-f]{32}\b/g;

/** Words without what names a single instance, job or task. */
export function withoutIds(text: string): string {
  return text.replaceAll(ids, '…');
}
