// Sends a folder, a zip or files to an import, piece by piece. What is on the server already is not sent again, so an upload that was
// broken off goes on when the same things are chosen once more.
const pieceBytes = 8 << 20;
const atOnce = 3;
const waits = [500, 1000, 2000, 4000, 8000, 16000];
const manifest = /(^|\/)(manifest\.(csv|tsv|jsonl?)|metadata\.(csv|jsonl))$/i;
const wanted = /\.(png|jpe?g|webp)$/i;
const zip = /^[^/]+\.zip$/i;

export function start(zone, address) {
  const token = document.querySelector("[name=__RequestVerificationToken]").value; // of the form that signs out, which every page has
  const part = (name) => zone.querySelector(`[data-part=${name}]`);
  const pick = (name) => part(name).addEventListener("change", ({ target }) => {
    const files = [...target.files].map((file) => ({ path: file.webkitRelativePath || file.name, file }));
    target.value = "";
    take(files);
  });
  let sending = null; // set while something is sent
  let chosen = [];

  pick("folder-input");
  pick("files-input");
  part("folder").addEventListener("click", () => part("folder-input").click());
  part("files").addEventListener("click", () => part("files-input").click());
  part("stop").addEventListener("click", () => sending?.abort());
  part("go-on").addEventListener("click", () => send(chosen));
  part("check").addEventListener("click", check);
  for (const name of ["dragenter", "dragover", "dragleave", "drop"]) {
    zone.addEventListener(name, (event) => {
      event.preventDefault();
      zone.classList.toggle("over", name.startsWith("drage") || name === "dragover");
    });
  }
  zone.addEventListener("drop", async ({ dataTransfer }) => {
    const entries = [...dataTransfer.items].map((item) => item.webkitGetAsEntry()).filter(Boolean); // gone after the first await
    say("Looking through what was dropped …");
    const files = [];
    for (const entry of entries) await walk(entry, "", files);
    take(files);
  });
  const guard = (event) => sending && event.preventDefault();
  addEventListener("beforeunload", guard);

  function take(files) {
    const usable = files.filter(({ path }) => manifest.test(path) || wanted.test(path) || zip.test(path));
    if (usable.length === 0) {
      say("There is no PNG, JPEG or WebP image, no manifest and no zip among these. Choose a folder or zip with images.");
      return;
    }
    chosen = usable;
    send(usable, files.length - usable.length);
  }

  async function send(files, skipped = 0) {
    if (sending) return;
    sending = new AbortController();
    const { signal } = sending;
    const problems = [];
    const total = files.reduce((sum, { file }) => sum + file.size, 0);
    const begun = performance.now();
    let bytes = 0, sent = 0, done = 0, ended = "";
    show(true);
    const draw = () => {
      const rate = sent / ((performance.now() - begun) / 1000);
      part("bar").max = Math.max(1, total);
      part("bar").value = bytes;
      say(`${done.toLocaleString("en")} of ${count(files.length, "file")}, ${size(bytes)} of ${size(total)}` +
        (rate > 0 && bytes < total ? `, ${size(rate)}/s, ${duration((total - bytes) / rate)} left` : ""));
    };
    const timer = setInterval(draw, 500);
    try {
      const there = new Map(Object.entries(await (await ask("files")).json()));
      const queue = files.values();
      await Promise.all(Array.from({ length: atOnce }, async () => {
        for (const next of queue) {
          const problem = await sendFile(next, there.get(next.path) ?? 0);
          if (problem) problems.push(problem);
          done++;
        }
      }));
    } catch (error) {
      ended = signal.aborted ? "Stopped. What was sent is kept." : error.message;
      sending.abort();
    }
    clearInterval(timer);
    sending = null;
    show(false);
    list(problems, skipped);
    if (ended) {
      say(ended);
      part("go-on").hidden = false;
    } else if (problems.length > 0) {
      say(`${count(problems.length, "file")} could not be sent. Check the rest, or choose them again.`);
      part("check").hidden = false;
    } else {
      draw();
      await check();
    }

    async function sendFile({ path, file }, there) {
      // What is one piece is there whole or not at all: with another length it was corrected, as a manifest may have been in any case.
      const anew = manifest.test(path) || (there !== file.size && (file.size <= pieceBytes || there > file.size));
      let at = anew ? 0 : there;
      bytes += at;
      if (!anew && at === file.size) return null;
      do {
        const query = new URLSearchParams({ path, at, anew: anew && at === 0 });
        const answer = await ask(`files?${query}`, { method: "PUT", body: file.slice(at, at + pieceBytes) });
        const { length, problem } = await answer.json();
        if (answer.status === 422) return problem;
        if (answer.status === 400) throw new Error(problem);
        bytes += length - at;
        sent += Math.max(0, length - at);
        at = length;
      } while (at < file.size);
      return null;
    }

    // A lost connection is waited for; anything else ends the sending.
    async function ask(what, options = {}) {
      for (const wait of [...waits, null]) {
        try {
          const answer = await fetch(`${address}/${what}`, { ...options, signal, redirect: "manual", headers: { RequestVerificationToken: token } });
          if (answer.type === "opaqueredirect") throw new Error("You are signed out. Sign in again in another tab, then go on.");
          if (answer.status < 500) return answer;
        } catch (error) {
          if (!(error instanceof TypeError)) throw error;
        }
        if (wait === null) throw new Error("The portal does not answer. What was sent is kept: go on when it is back.");
        say("The connection is lost; trying again …");
        await new Promise((resolve) => setTimeout(resolve, wait));
      }
    }
  }

  async function check() {
    const answer = await fetch(`${address}/check`, { method: "POST", headers: { RequestVerificationToken: token }, redirect: "manual" });
    if (!answer.ok) say("The files are sent, and could not be checked: reload the page.");
  }

  const say = (text) => (part("status").textContent = text);

  function show(busy) {
    for (const name of ["folder", "files"]) part(name).disabled = busy;
    for (const name of ["stop", "bar"]) part(name).hidden = !busy;
    for (const name of ["go-on", "check"]) part(name).hidden = true;
  }

  function list(problems, skipped) {
    const lines = [...problems.slice(0, 50), ...(problems.length > 50 ? [`and ${problems.length - 50} more`] : []),
      ...(skipped > 0 ? [`${count(skipped, "file")} of other kinds ${skipped === 1 ? "was" : "were"} not sent.`] : [])];
    part("problems").replaceChildren(...lines.map((line) => Object.assign(document.createElement("li"), { textContent: line })));
  }

  return {
    stop() {
      sending?.abort();
      removeEventListener("beforeunload", guard);
    },
  };
}

async function walk(entry, folder, files) {
  const path = folder + entry.name;
  if (entry.isFile) {
    files.push({ path, file: await new Promise((resolve, reject) => entry.file(resolve, reject)) });
    return;
  }
  const reader = entry.createReader();
  for (;;) {
    const batch = await new Promise((resolve, reject) => reader.readEntries(resolve, reject)); // 100 at most
    if (batch.length === 0) return;
    for (const child of batch) await walk(child, `${path}/`, files);
  }
}

const count = (number, thing) => `${number.toLocaleString("en")} ${thing}${number === 1 ? "" : "s"}`;
const size = (bytes) => (bytes < 999.5e6 ? `${(bytes / 1e6).toFixed(1)} MB` : `${(bytes / 1e9).toFixed(2)} GB`);
const duration = (seconds) => (seconds < 90 ? `${Math.ceil(seconds)} s` : seconds < 5400 ? `${Math.round(seconds / 60)} min` : `${Math.round(seconds / 3600)} h`);
