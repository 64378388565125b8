import { useSyncExternalStore } from 'react';

const darkClass = 'awsui-dark-mode';

/** How the page is now; it turns by a class of its root. */
export function useColorMode(): 'dark' | 'light' {
  return useSyncExternalStore(watch, () => (document.documentElement.classList.contains(darkClass) ? 'dark' : 'light'));
}

function watch(changed: () => void): () => void {
  const observer = new MutationObserver(changed);
  observer.observe(document.documentElement, { attributeFilter: ['class'] });
  return () => observer.disconnect();
}
