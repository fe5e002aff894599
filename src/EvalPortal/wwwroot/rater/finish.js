// Copies the code at the end of a study.
const element = (id) => document.getElementById(id);

element("copy")?.addEventListener("click", async () => {
  try {
    await navigator.clipboard.writeText(element("code").textContent);
    element("copied").textContent = "Copied.";
  } catch {
    getSelection().selectAllChildren(element("code"));
    element("copied").textContent = "The browser does not let this page copy. The code is marked: copy it yourself.";
  }
});
