import { matchPath } from 'react-router';
import { pages } from '../pages/page-route.ts';

/** Whether there is a page at `path`. */
export function isPage(path: string): boolean {
  return pages.some(({ route }) => matchPath(route.path, path));
}
