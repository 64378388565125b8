// Before the first paint: a page that turns dark later flashes. The name of the class is Cloudscape's.
(() => {
  const chosen = localStorage.getItem('batchyard.theme');
  const dark = chosen ? chosen === 'dark' : matchMedia('(prefers-color-scheme: dark)').matches;
  document.documentElement.classList.toggle('awsui-dark-mode', dark);
})();
