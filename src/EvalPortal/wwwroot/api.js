// The page of the API, drawn from its OpenAPI document. Requests are made with the key that is typed in, and without the sign-in.
const SHOWN = 20_000; // characters of an answer
const VERBS = ["get", "post", "put", "patch", "delete"];

const root = document.getElementById("api-operations");
const key = document.getElementById("api-key");
const find = document.getElementById("api-find");

function element(name, attributes = {}, ...children) {
  const made = document.createElement(name);
  for (const [attribute, value] of Object.entries(attributes)) {
    if (value === true) made.setAttribute(attribute, "");
    else if (value !== false && value != null) made.setAttribute(attribute, value);
  }
  made.append(...children.filter((child) => child != null));
  return made;
}

const api = await (await fetch(root.dataset.document, { credentials: "omit" })).json();

const resolve = (schema) => (schema?.$ref ? api.components.schemas[schema.$ref.split("/").pop()] : schema);

function typeOf(schema) {
  if (!schema) return "";
  if (schema.$ref) return typeOf({ ...resolve(schema), title: schema.$ref.split("/").pop() });
  const options = schema.oneOf ?? schema.anyOf;
  if (options) return options.filter((option) => option.type !== "null").map(typeOf).join(" or ");
  if (schema.enum) return schema.enum.filter((word) => word != null).join(", ");
  const type = [schema.type ?? "any"].flat().filter((one) => one !== "null").join(" or ");
  if (type === "array") return `list of ${typeOf(schema.items)}`;
  return type === "object" ? schema.title ?? "object" : type + (schema.format ? ` (${schema.format})` : "");
}

// The fields of what is sent or answered; of a list, those of its entries.
function fieldsOf(schema) {
  const plain = resolve(schema);
  const listed = plain?.type === "array" ? resolve(plain.items) : plain;
  if (!listed?.properties) return null;
  const rows = Object.entries(listed.properties).map(([name, field]) =>
    element("tr", {},
      element("td", {}, element("code", {}, name), listed.required?.includes(name) ? "" : " (optional)"),
      element("td", {}, typeOf(field)),
      element("td", {}, field.description ?? resolve(field)?.description ?? "")));
  return element("table", { class: "fields" }, element("tbody", {}, ...rows));
}

class Operation {
  constructor(path, verb, told) {
    Object.assign(this, { path, verb: verb.toUpperCase(), told, inputs: new Map() });
    this.scope = Object.values(told.security?.[0] ?? {})[0]?.[0];
    this.json = told.requestBody?.content?.["application/json"];
    this.takesFile = told.requestBody && !this.json;
    this.words = `${this.verb} ${path} ${told.summary} ${told.description ?? ""} ${told.operationId}`.toLowerCase();
    this.view = element("details", { class: "operation", id: told.operationId },
      element("summary", {},
        element("span", { class: "verb" }, this.verb), element("span", { class: "path" }, path.replace(root.dataset.root, "")), element("span", { class: "told" }, told.summary)));
    this.view.addEventListener("toggle", () => this.toggle());
  }

  toggle() {
    if (!this.view.open) return;
    history.replaceState(null, "", `${location.pathname}#${this.told.operationId}`);
    if (!this.inside) this.view.append((this.inside = this.draw()));
  }

  draw() {
    const inside = element("div", { class: "inside" });
    if (this.told.description) inside.append(element("p", {}, this.told.description));
    inside.append(element("p", { class: "secondary" }, "Scope ", element("code", {}, this.scope ?? "none")));
    for (const parameter of this.told.parameters ?? []) inside.append(this.field(parameter));
    if (this.json) this.drawBody(inside);
    if (this.takesFile) inside.append(this.drawFile());
    inside.append(element("h3", {}, "With curl"), (this.curl = element("pre", { tabindex: 0 })), this.drawButtons());
    inside.append((this.answer = element("div", { "aria-live": "polite" })));
    this.drawAnswerFields(inside);
    inside.addEventListener("input", () => this.showCurl());
    this.showCurl();
    return inside;
  }

  field(parameter) {
    const words = resolve(parameter.schema)?.enum;
    const input = words
      ? element("select", {}, ...(parameter.required ? [] : [element("option", { value: "" }, "")]), ...words.map((word) => element("option", {}, word)))
      : element("input", { autocomplete: "off", spellcheck: "false", inputmode: typeOf(parameter.schema).startsWith("integer") ? "numeric" : null });
    this.inputs.set(parameter, input);
    if (parameter.in === "header" && parameter.required) input.value = crypto.randomUUID();
    return element("label", { class: "field" },
      element("span", {}, element("code", {}, parameter.name), ` ${typeOf(parameter.schema)}${parameter.required ? "" : ", optional"}`),
      input, parameter.description ? element("small", {}, parameter.description) : null);
  }

  drawBody(inside) {
    this.body = element("textarea", { spellcheck: "false", "aria-label": "Body" });
    this.body.value = JSON.stringify(this.json.example ?? {}, null, 2);
    inside.append(element("h3", {}, "Body"), this.body);
    const fields = fieldsOf(this.json.schema);
    if (fields) inside.append(element("details", {}, element("summary", {}, "What it may hold"), fields));
  }

  drawFile() {
    this.file = element("input", { type: "file" });
    return element("label", { class: "field" }, element("span", {}, "File"), this.file, element("small", {}, this.told.requestBody.description ?? ""));
  }

  drawButtons() {
    const copy = element("button", { type: "button", class: "outlined" }, "Copy");
    copy.addEventListener("click", async () => {
      await navigator.clipboard.writeText(this.curl.textContent);
      copy.textContent = "Copied";
      setTimeout(() => (copy.textContent = "Copy"), 2000);
    });
    this.send = element("button", { type: "button", class: "primary" }, "Try it");
    this.send.addEventListener("click", () => this.attempt());
    return element("div", { class: "row" }, this.send, copy);
  }

  drawAnswerFields(inside) {
    const [status, answer] = Object.entries(this.told.responses).find(([code]) => code.startsWith("2")) ?? [];
    const [type, content] = Object.entries(answer?.content ?? {})[0] ?? [];
    if (!type) return;
    inside.append(element("h3", {}, `Answer ${status}`), fieldsOf(content.schema) ?? element("p", { class: "secondary" }, Object.keys(answer.content).join(", ")));
  }

  address() {
    let path = this.path;
    const query = new URLSearchParams();
    for (const [parameter, input] of this.inputs) {
      if (parameter.in === "path") path = path.replace(`{${parameter.name}}`, encodeURIComponent(input.value || `{${parameter.name}}`).replaceAll("%7B", "{").replaceAll("%7D", "}"));
      if (parameter.in === "query" && input.value) query.set(parameter.name, input.value);
    }
    return path + (query.size ? `?${query}` : "");
  }

  headers() {
    const headers = {};
    for (const [parameter, input] of this.inputs) if (parameter.in === "header" && input.value) headers[parameter.name] = input.value;
    if (this.body) headers["Content-Type"] = "application/json";
    return headers;
  }

  showCurl() {
    const quote = (text) => `'${text.replaceAll("'", `'\\''`)}'`;
    const parts = [`curl ${this.verb === "GET" ? "" : `-X ${this.verb} `}${quote(location.origin + this.address())}`, `-H "Authorization: Bearer $PIXELPOST_KEY"`];
    for (const [name, value] of Object.entries(this.headers())) parts.push(`-H ${quote(`${name}: ${value}`)}`);
    if (this.body) parts.push(`-d ${quote(this.body.value)}`);
    if (this.takesFile) parts.push(`--data-binary ${quote(`@${this.file.files[0]?.name ?? "FILE"}`)}`);
    this.curl.textContent = parts.join(" \\\n  ");
  }

  async attempt() {
    const missing = [...this.inputs].find(([parameter, input]) => parameter.required && !input.value);
    if (missing) return missing[1].focus();
    if (!key.value) {
      key.focus();
      return this.say("Type in a key first, at the top of the page.");
    }
    this.send.disabled = true;
    const began = performance.now();
    try {
      const answer = await fetch(this.address(), {
        method: this.verb,
        headers: { ...this.headers(), Authorization: `Bearer ${key.value.trim()}` },
        body: this.body?.value ?? this.file?.files[0],
        credentials: "omit",
      });
      await this.show(answer, performance.now() - began);
    } catch (problem) {
      this.say(`The portal cannot be reached: ${problem.message}`);
    } finally {
      this.send.disabled = false;
    }
  }

  say(...told) {
    this.answer.replaceChildren(element("p", {}, ...told));
  }

  async show(answer, milliseconds) {
    const type = answer.headers.get("Content-Type") ?? "";
    this.say(element("b", {}, `${answer.status} ${answer.statusText}`), ` in ${Math.round(milliseconds)} ms`, answer.headers.has("Location") ? `, ${answer.headers.get("Location")}` : "");
    if (/json|text\/(csv|plain|markdown)|x-tex/.test(type)) {
      const text = await answer.text();
      const shown = /json$|json;/.test(type) && !type.includes("jsonl") ? JSON.stringify(JSON.parse(text), null, 2) : text;
      this.answer.append(element("pre", { tabindex: 0 }, shown.length > SHOWN ? `${shown.slice(0, SHOWN)}\n… ${shown.length - SHOWN} more characters` : shown));
    } else if (type) {
      const blob = await answer.blob();
      const name = /filename="?([^";]+)/.exec(answer.headers.get("Content-Disposition"))?.[1] ?? "answer";
      this.answer.append(element("p", {}, element("a", { href: URL.createObjectURL(blob), download: name }, `Save ${name} (${Math.ceil(blob.size / 1024)} KB)`)));
    }
  }
}

const operations = Object.entries(api.paths).flatMap(([path, verbs]) =>
  VERBS.filter((verb) => verbs[verb]).map((verb) => new Operation(path, verb, verbs[verb])));

root.replaceChildren(...api.tags.map((tag) =>
  element("section", {}, element("h2", {}, tag.name), element("p", { class: "secondary" }, tag.description),
    ...operations.filter((operation) => operation.told.tags?.includes(tag.name)).map((operation) => operation.view))));

find.addEventListener("input", () => {
  const words = find.value.toLowerCase().split(/\s+/).filter(Boolean);
  let found = 0;
  for (const operation of operations) {
    const fits = words.every((word) => operation.words.includes(word));
    operation.view.hidden = !fits;
    found += fits ? 1 : 0;
  }
  for (const section of root.children) section.hidden = [...section.querySelectorAll(".operation")].every((view) => view.hidden);
  document.getElementById("api-found").textContent = words.length ? `${found} of ${operations.length}` : "";
});

function open() {
  const view = document.getElementById(location.hash.slice(1));
  if (!view?.classList.contains("operation")) return;
  view.open = true;
  view.scrollIntoView();
}

addEventListener("hashchange", open);
open();
