// Measures the window against what a study demands, and again whenever it changes. Before consent it lets nobody on in a window
// that is too small; on the page of pairs it only says so.
import { element, say } from "./page.js";

const page = element("window");
const [minWidth, minHeight] = [Number(page.dataset.minWidth), Number(page.dataset.minHeight)];
const agree = element("agree"); // before consent only
let dismissed = false;

const fits = (width, height) => width >= minWidth && height >= minHeight;

function advice(width, height) {
  const size = `${width} × ${height}`;
  if (fits(width, height)) return say("Window_Enough", size);
  const turned = height > width && fits(height, width) && matchMedia("(pointer: coarse)").matches;
  return say(turned ? "Window_Turn" : "Window_Enlarge", size);
}

function measure() {
  const { innerWidth: width, innerHeight: height } = window;
  element("window-size").textContent = advice(width, height);
  if (agree) {
    agree.disabled = !fits(width, height);
    document.querySelector("[name=viewportW]").value = width;
    document.querySelector("[name=viewportH]").value = height;
  } else {
    if (fits(width, height)) dismissed = false;
    page.hidden = dismissed || fits(width, height);
  }
}

element("window-close")?.addEventListener("click", () => {
  dismissed = true;
  measure();
});
addEventListener("resize", measure);
measure();
