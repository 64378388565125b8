const stored = 'batchyard.theme';
const dark = 'awsui-dark-mode';

export function isDark(): boolean {
  return document.documentElement.classList.contains(dark);
}

/** Turns the page dark or light, from now on. `theme.js` does it before the first paint. */
export function toggleTheme(): void {
  const isNowDark = document.documentElement.classList.toggle(dark);
  localStorage.setItem(stored, isNowDark ? 'dark' : 'light');
}
