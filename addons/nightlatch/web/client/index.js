// @nightlatch/client: the control API of a nightlatch guard, for browsers and Node 18 or newer. No dependencies.

/** An answer of the control API that is an error: a problem document (RFC 9457). */
export class NightlatchError extends Error {
  constructor(problem, status) {
    super(problem.detail ?? `the control API answered ${status}`);
    this.name = "NightlatchError";
    this.status = status;
    this.problem = problem;
    /** Every mistake of a policy that cannot come into force, with its line and column. */
    this.errors = problem.errors ?? [];
  }
}

export class Nightlatch {
  #url;
  #token;
  #fetch;
  #by;

  /**
   * @param {{url: string, token: string, by?: string, fetch?: typeof fetch}} options `url` and `token` as in the ready
   *   file (`control`, `token`); `by` names the program in the audit trail.
   */
  constructor({ url, token, by = "@nightlatch/client", fetch = globalThis.fetch }) {
    this.#url = url.replace(/\/+$/, "");
    this.#token = token;
    this.#by = by;
    this.#fetch = (...given) => fetch(...given);
  }

  version() { return this.#ask("GET", "/version"); }
  ready() { return this.#ask("GET", "/readyz").then(() => true, (error) => {
    if (error instanceof NightlatchError && error.status === 503) return false;
    throw error;
  }); }

  sessions(query = {}) { return this.#ask("GET", "/sessions", { query }); }
  session(id) { return this.#ask("GET", `/sessions/${encodeURIComponent(id)}`); }
  end(id) { return this.#ask("DELETE", `/sessions/${encodeURIComponent(id)}`); }
  endAllOf(subject) { return this.#ask("DELETE", "/sessions", { query: { subject } }).then((done) => done.ended); }

  events(query = {}) { return this.#ask("GET", "/events", { query }); }
  alerts(query = {}) { return this.#ask("GET", "/alerts", { query }); }

  clock() { return this.#ask("GET", "/clock"); }
  advance(by) { return this.#ask("POST", "/clock/advance", { body: { by: duration(by) } }); }
  freeze() { return this.#ask("POST", "/clock/freeze"); }
  resume() { return this.#ask("POST", "/clock/resume"); }
  reset() { return this.#ask("POST", "/reset"); }

  login(user, remember = false) { return this.#ask("POST", "/login", { body: { user, remember } }); }

  policy() { return this.#ask("GET", "/policy"); }
  /** `inPlaceOf`: the version that it may replace; if another one is in force meanwhile, that stays (status 412). */
  setPolicy(text, { inPlaceOf } = {}) {
    return this.#ask("PUT", "/policy", { body: { text }, headers: inPlaceOf ? { "If-Match": `"${inPlaceOf}"` } : {} });
  }
  previewPolicy(text, { signal } = {}) { return this.#ask("POST", "/policy/preview", { body: { text }, signal }); }

  /** The audit trail as it grows, from now on or from the id `after`, until `signal` aborts or the guard ends. */
  async *follow({ after, type, session, signal } = {}) {
    for await (const message of this.stream("/events", { query: { after, type, session }, signal })) yield message.data;
  }

  /** Server-sent events, read by fetch: an EventSource cannot send a bearer token. */
  async *stream(path, { query = {}, signal } = {}) {
    const answer = await this.#send("GET", path, { query, signal, headers: { Accept: "text/event-stream" } });
    const reader = answer.body.pipeThrough(new TextDecoderStream()).getReader();
    let text = "";
    try {
      for (;;) {
        const { done, value } = await reader.read();
        if (done) return;
        text += value;
        const blocks = text.split("\n\n");
        text = blocks.pop();
        for (const block of blocks) {
          const message = parse(block);
          if (message) yield message;
        }
      }
    } finally {
      await reader.cancel().catch(() => {});
    }
  }

  async #ask(method, path, options = {}) {
    return (await this.#send(method, path, options)).json();
  }

  async #send(method, path, { query = {}, body, headers = {}, signal } = {}) {
    const given = Object.entries(query).filter(([, value]) => value !== undefined && value !== "");
    const asked = given.length ? `?${new URLSearchParams(given)}` : "";
    const answer = await this.#fetch(this.#url + path + asked, {
      method,
      signal,
      cache: "no-store",
      credentials: "omit",
      headers: {
        Authorization: `Bearer ${this.#token}`,
        "Nightlatch-By": this.#by,
        ...(body === undefined ? {} : { "Content-Type": "application/json" }),
        ...headers,
      },
      body: body === undefined ? undefined : JSON.stringify(body),
    });
    if (answer.ok) return answer;
    throw new NightlatchError(await answer.json().catch(() => ({})), answer.status);
  }
}

/** A duration as the control API reads it: "31m", or so many seconds. */
export function duration(by) {
  return typeof by === "number" ? `${Math.round(by)}s` : by;
}

/** The milliseconds of "1h30m". */
export function milliseconds(by) {
  if (typeof by === "number") return by * 1000;
  const found = /^(?:(\d+)d)?(?:(\d+)h)?(?:(\d+)m)?(?:(\d+)s)?$/.exec(by);
  if (!found || !by) throw new TypeError(`"${by}" is no duration such as 90s, 31m, 8h, 1h30m`);
  const [, d = 0, h = 0, m = 0, s = 0] = found;
  return (((+d * 24 + +h) * 60 + +m) * 60 + +s) * 1000;
}

function parse(block) {
  let id, event, data = "";
  for (const line of block.split("\n")) {
    if (line.startsWith("id: ")) id = line.slice(4);
    else if (line.startsWith("event: ")) event = line.slice(7);
    else if (line.startsWith("data: ")) data += line.slice(6);
  }
  return data ? { id, event, data: JSON.parse(data) } : null;
}
