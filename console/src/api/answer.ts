import { readQueryAnswer } from './query.ts';

/** What the server answered, whichever of its languages it spoke. */
export function readAnswer(text: string): unknown {
  if (text === '') return {};
  return isXml(text) ? readQueryAnswer(text) : JSON.parse(text);
}

/** Whether a text is XML: no JSON begins so. */
export function isXml(text: string): boolean {
  return text.trimStart().startsWith('<');
}
