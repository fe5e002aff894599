// Measures the window against what a study demands, and again whenever it changes. Before consent it lets nobody on in a window
// that is too small; on the page of pairs it only says so.
const element = (id) => document.getElementById(id);
const page = element("window");
const [minWidth, minHeight] = [Number(page.dataset.minWidth), Number(page.dataset.minHeight)];
const agree = element("agree"); // before consent only
let dismissed = false;

const fits = (width, height) => width >= minWidth && height >= minHeight;

function advice(width, height) {
  const size = `Yours has ${width} × ${height}`;
  if (fits(width, height)) return `${size}: large enough.`;
  const turned = height > width && fits(height, width) && matchMedia("(pointer: coarse)").matches;
  return turned ? `${size}. Turn your device on its side: then it fits.` : `${size}. Make the window larger, zoom out, or use a larger screen.`;
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
