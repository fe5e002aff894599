// Light or dark: the person's choice if there is one, otherwise the system's. The cookie tells the server for the next page.
const system = matchMedia("(prefers-color-scheme: dark)");

const isDark = () => (localStorage.getItem("theme") ?? (system.matches ? "dark" : "light")) === "dark";

function apply() {
  const theme = isDark() ? "dark" : "light";
  document.documentElement.className = theme;
  document.cookie = `theme=${theme}; path=/; max-age=31536000; samesite=lax`;
}

export function start(component) {
  apply();
  system.addEventListener("change", () => {
    apply();
    component.invokeMethodAsync("SetDark", isDark());
  });
  return isDark();
}

export function choose(dark) {
  localStorage.setItem("theme", dark ? "dark" : "light");
  apply();
}

// What a person has opened stays open when a newer version of the same page takes its place.
const opened = new Map();
const folds = () => [...document.querySelectorAll("main details")];

addEventListener("toggle", ({ target }) => {
  const place = folds().indexOf(target);
  if (place < 0) return;
  const places = opened.get(location.pathname) ?? new Set();
  opened.set(location.pathname, places);
  if (target.open) places.add(place);
  else places.delete(place);
}, true);

globalThis.Blazor?.addEventListener("enhancedload", () => {
  for (const place of opened.get(location.pathname) ?? []) folds()[place]?.setAttribute("open", "");
});
