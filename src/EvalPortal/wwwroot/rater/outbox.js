// Everything a rater sends goes through here: it is written to IndexedDB first and sent until the portal has answered, so that
// neither a reload nor a closed tab nor a restart of the portal loses it. What is sent twice counts once.
const FIRST_DELAY = 1_000;
const LONGEST_DELAY = 15_000;
const TIMEOUT = 15_000;
const STATE_EVERY = 5_000; // of votes made in this time the portal hears at once
const STATE_AT_ONCE = 500;
const TRY_AGAIN = [401, 408, 425, 429]; // and everything from 500: the portal cannot answer now

/** A UUID that begins with the time (RFC 9562, version 7). */
export function uuid7() {
  const bytes = crypto.getRandomValues(new Uint8Array(10));
  const hex = Array.from(bytes, (byte) => byte.toString(16).padStart(2, "0")).join("");
  const time = Date.now().toString(16).padStart(12, "0");
  return `${time.slice(0, 8)}-${time.slice(8)}-7${hex.slice(1, 4)}-${"89ab"[bytes[0] >> 6]}${hex.slice(5, 8)}-${hex.slice(8)}`;
}

/** Says "change" whenever something was added or answered, and "back" when the portal answers again. */
export class Outbox extends EventTarget {
  #address;
  #database;
  #owner; // the rater in the study: what another person sent from this browser is none of theirs
  #records = []; // oldest first: { key, owner, voteId, vote and pair, flaw, or none of them for a retraction, state, sentence }
  #sending = false;
  #stating = null; // a timer, while there is something to state

  /** True after a try that got no answer. */
  offline = false;

  /** False where the browser stores nothing, e.g. because the disk is full: then the page must stay open until all is sent. */
  kept = true;

  /** Opens what this browser keeps of a rater in a study, and goes on sending it. A preview, at another address, begins anew. */
  static async open({ link, rater, address }) {
    if (address) await Outbox.forget({ link, rater });
    const outbox = new Outbox();
    outbox.#address = address ?? `/api/rate/${link}`;
    outbox.#owner = `${link} ${rater}`;
    await outbox.#read();
    outbox.#send();
    outbox.#stateSoon();
    document.addEventListener("visibilitychange", () => document.visibilityState === "hidden" && outbox.#state());
    return outbox;
  }

  /** Deletes all that this browser keeps of a rater in a study. */
  static async forget({ link, rater }) {
    const outbox = new Outbox();
    outbox.#owner = `${link} ${rater}`;
    await outbox.#read();
    if (!outbox.kept) return;
    const store = outbox.#database.transaction("sent", "readwrite").objectStore("sent");
    await Promise.all(outbox.#records.map(({ key }) => settled(store.delete(key))));
  }

  /** What the portal has not answered yet. */
  get waiting() {
    return this.#records.filter((record) => record.state === "waiting");
  }

  /** True when this browser has written down all that waits: then the page may be closed. */
  get written() {
    return this.waiting.every(({ written }) => written);
  }

  /** What the portal will not store, each with its sentence. */
  get refused() {
    return this.#records.filter((record) => record.state === "refused");
  }

  /** The votes that were neither taken back nor replaced nor refused, oldest first. */
  get votes() {
    const good = this.#records.filter((record) => record.state !== "refused");
    const gone = new Set(good.filter(({ flaw }) => !flaw).map((record) => (record.vote ? record.vote.supersedes : record.voteId)));
    return good.filter((record) => record.vote && !gone.has(record.voteId));
  }

  /** The rater's latest vote on a pair, taken back or not: the next one has to supersede it. */
  lastVoteOn(assignmentId) {
    return this.#records.findLast(({ vote, state }) => vote?.assignmentId === assignmentId && state !== "refused")?.voteId;
  }

  /** Sends a vote; the pair is kept beside it, so that it can be shown again. */
  vote(vote, pair) {
    return this.#add({ voteId: uuid7(), vote, pair });
  }

  /** Sends what the rater pointed out after a vote. */
  flaw(voteId, flaw) {
    return this.#add({ voteId, flaw });
  }

  /** Takes a vote back. */
  retract(voteId) {
    return this.#add({ voteId });
  }

  /** Asks the portal something about the study until there is an answer; with something sent along, null when that is refused. */
  async ask(path, sent = null) {
    for (let delay = FIRST_DELAY; ; delay = Math.min(2 * delay, LONGEST_DELAY)) {
      const answer = await this.#fetch(path, sent ? json(sent) : undefined);
      if (answer?.ok) return answer.body;
      if (sent && isRefusal(answer)) return null;
      if (answer?.status === 401) {
        location.reload(); // the page says what became of this browser's place in the study
        return new Promise(() => {});
      }
      await this.#pause(delay);
    }
  }

  /** Resolves when nothing waits. */
  async drained() {
    while (this.waiting.length > 0) await new Promise((resolve) => this.addEventListener("change", resolve, { once: true }));
  }

  /** Sends again what the portal has lost: what it received once and does not name among the votes it has. */
  async reconcile(receivedIds) {
    const received = new Set(receivedIds);
    const lost = new Set(this.votes.filter(({ state, voteId }) => state === "received" && !received.has(voteId)).map(({ voteId }) => voteId));
    for (const record of this.#records.filter(({ voteId }) => lost.has(voteId))) await this.#update(record, "waiting");
    this.#send();
  }

  async #add(entry) {
    const record = { ...entry, owner: this.#owner, state: "waiting" };
    this.#records.push(record);
    this.#changed();
    await this.#keep(record);
    record.written = true;
    this.#changed();
    this.#send();
  }

  async #update(record, state, sentence) {
    Object.assign(record, { state, sentence });
    await this.#keep(record);
    this.#changed();
  }

  #changed() {
    this.dispatchEvent(new Event("change"));
    this.#stateSoon();
  }

  /** What this browser knows of its votes and has not told the portal yet, for the researcher's ledger of what was lost. */
  get #unstated() {
    const retracted = new Set(this.#records.filter(({ vote, flaw, state }) => !vote && !flaw && state === "received").map(({ voteId }) => voteId));
    return this.#records
      .filter(({ vote }) => vote)
      .map((record) => ({ record, word: { voteId: record.voteId, state: record.state, retracted: retracted.has(record.voteId) } }))
      .filter(({ record, word }) => record.stated !== `${word.state} ${word.retracted}`)
      .slice(0, STATE_AT_ONCE);
  }

  #stateSoon() {
    if (this.#stating === null && this.#unstated.length > 0) this.#stating = setTimeout(() => this.#state(), STATE_EVERY);
  }

  async #state() {
    clearTimeout(this.#stating);
    this.#stating = null;
    const words = this.#unstated;
    if (words.length === 0) return;
    const answer = await this.#fetch("statement", json(words.map(({ word }) => word)));
    if (answer?.ok)
      for (const { record, word } of words) {
        record.stated = `${word.state} ${word.retracted}`;
        if (record.written) await this.#keep(record);
      }
    this.#stateSoon();
  }

  async #read() {
    try {
      const open = indexedDB.open("pixelpost", 1);
      open.onupgradeneeded = () =>
        open.result.createObjectStore("sent", { keyPath: "key", autoIncrement: true }).createIndex("owner", "owner");
      this.#database = await settled(open);
      this.#records = await settled(this.#database.transaction("sent").objectStore("sent").index("owner").getAll(this.#owner));
    } catch {
      this.kept = false;
    }
  }

  async #keep(record) {
    try {
      const transaction = this.#database.transaction("sent", "readwrite", { durability: "strict" });
      const put = transaction.objectStore("sent").put({ ...record, written: true });
      await new Promise((resolve, reject) => {
        transaction.oncomplete = resolve;
        transaction.onabort = () => reject(transaction.error);
      });
      record.key = put.result;
    } catch {
      this.kept = false;
    }
  }

  // One at a time and in order: a retraction never overtakes its vote.
  async #send() {
    if (this.#sending) return;
    this.#sending = true;
    let delay = FIRST_DELAY;
    for (let record; (record = this.#records.find(({ state, written }) => state === "waiting" && written)); ) {
      const answer = await this.#put(record);
      if (answer?.ok) await this.#update(record, "received");
      else if (isRefusal(answer)) await this.#update(record, "refused", answer.body?.detail);
      else {
        await this.#pause(delay * (0.5 + Math.random()));
        delay = Math.min(2 * delay, LONGEST_DELAY);
        continue;
      }
      delay = FIRST_DELAY;
    }
    this.#sending = false;
  }

  #put({ voteId, vote, flaw }) {
    return this.#fetch(`votes/${voteId}${vote ? "" : flaw ? "/flaw" : "/retraction"}`, json(vote ?? flaw ?? {}));
  }

  /** The portal's answer: ok, status, body; null when there is none. */
  async #fetch(path, options) {
    let answer = null;
    try {
      const response = await fetch(`${this.#address}/${path}`, { ...options, signal: AbortSignal.timeout(TIMEOUT) });
      const text = await response.text();
      answer = { ok: response.ok, status: response.status, body: text ? JSON.parse(text) : null };
    } catch {
      // no connection, the portal is not running, or something between here and there answers in its place
    }
    if (this.offline !== (answer === null)) {
      this.offline = answer === null;
      this.#changed();
      if (answer) this.dispatchEvent(new Event("back"));
    }
    return answer;
  }

  /** Waits, but not longer than until the portal, the connection or the page comes back. */
  #pause(milliseconds) {
    const waiting = new AbortController();
    const { signal } = waiting;
    return new Promise((resolve) => {
      setTimeout(resolve, milliseconds);
      this.addEventListener("back", resolve, { signal });
      addEventListener("online", resolve, { signal });
      document.addEventListener("visibilitychange", resolve, { signal });
    }).finally(() => waiting.abort());
  }
}

const isRefusal = (answer) => Boolean(answer) && !answer.ok && answer.status < 500 && !TRY_AGAIN.includes(answer.status);

function json(body) {
  const headers = { "Content-Type": "application/json" };
  return { method: "PUT", headers, body: JSON.stringify(body), keepalive: true }; // outlives the page
}

function settled(request) {
  return new Promise((resolve, reject) => {
    request.onsuccess = () => resolve(request.result);
    request.onerror = () => reject(request.error);
  });
}
