const stored = 'batchyard.theme';

/** Turns the page dark or light, from now on. `theme.js` does it before the first paint. */
export function toggleTheme(): void {
  const dark = document.documentElement.classList.toggle('awsui-dark-mode');
  localStorage.setItem(stored, dark ? 'dark' : 'light');
}
