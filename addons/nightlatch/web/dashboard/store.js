// What the dashboard knows: kept in step with the guard by one stream, and asked for again when that was interrupted.

import { Nightlatch, NightlatchError } from "./client.js";

const KEPT = 2000; // events

export class Store extends EventTarget {
  sessions = new Map();
  events = [];
  alerts = new Map();
  counted = new Map();
  policy = null;
  version = null;
  connected = false;
  #clock = { at: 0, now: 0, wall: 0, frozen: false, offset: 0 };

  constructor(token) {
    super();
    this.client = new Nightlatch({ url: location.origin, token, by: "dashboard" });
  }

  /** nightlatch's time, milliseconds. */
  now() {
    const { at, now, frozen } = this.#clock;
    return frozen ? now : now + (performance.now() - at);
  }

  get clock() { return this.#clock; }

  setClock(document) {
    const [now, wall] = [Date.parse(document.now), Date.parse(document.wall)];
    this.#clock = { at: performance.now(), now, wall, frozen: document.frozen, offset: document.offset };
    this.#tell("clock");
  }

  /** Everything, once. Throws where the token is wrong. */
  async load() {
    const [version, policy, clock, sessions, events, alerts] = await Promise.all([
      this.client.version(), this.client.policy(), this.client.clock(), this.client.sessions({ limit: 0 }),
      this.client.events({ limit: 500 }), this.client.alerts({ limit: 500 }),
    ]);
    this.version = version;
    this.policy = policy;
    this.setClock(clock);
    this.sessions = new Map(sessions.map((session) => [session.id, session]));
    this.events = events;
    this.alerts = new Map(alerts.map((alert) => [alert.id, alert]));
    for (const what of ["version", "policy", "sessions", "events", "alerts"]) this.#tell(what);
  }

  /** Follow the guard for ever. */
  async follow() {
    for (let pause = 500; ; pause = Math.min(pause * 2, 8000)) {
      try {
        let first = true;
        for await (const { data } of this.client.stream("/live")) {
          if (first) {
            this.counted = new Map(Object.entries(data.counted));
            await this.load();
            this.#link(true);
            pause = 500;
          }
          await this.#take(data, first);
          first = false;
        }
      } catch (error) {
        if (error instanceof NightlatchError && error.status === 401) {
          this.#link(false);
          this.#tell("refused");
          return;
        }
      }
      this.#link(false);
      await new Promise((resolve) => setTimeout(resolve, pause));
    }
  }

  async #take(data, first) {
    this.setClock(data.clock);
    if (first) return;
    if (data.reload) {
      await this.load();
      return;
    }
    if (data.policy !== this.policy?.version) {
      this.policy = await this.client.policy();
      this.#tell("policy");
      await this.reloadSessions();
    }
    for (const [id, counted] of Object.entries(data.counted ?? {})) this.counted.set(id, counted);
    for (const session of data.sessions ?? []) this.sessions.set(session.id, session);
    if (data.events) {
      this.events.push(...data.events);
      if (this.events.length > KEPT) this.events.splice(0, this.events.length - KEPT);
      this.#tell("events");
    }
    for (const alert of data.alerts ?? []) this.alerts.set(alert.id, alert);
    if (data.alerts) this.#tell("alerts");
    if (data.sessions || data.counted) this.#tell("sessions");
  }

  async reloadSessions() {
    const sessions = await this.client.sessions({ limit: 0 });
    this.sessions = new Map(sessions.map((session) => [session.id, session]));
    this.#tell("sessions");
  }

  /** One session anew: its clock seems to have run out, but nobody has said so. */
  async refresh(id) {
    this.put(await this.client.session(id));
  }

  put(session) {
    this.sessions.set(session.id, session);
    this.#tell("sessions");
  }

  #link(connected) {
    if (this.connected === connected && this.known) return;
    this.connected = connected;
    this.known = true;
    this.#tell("link");
  }

  #tell(what) { this.dispatchEvent(new Event(what)); }

  on(names, work) {
    for (const name of names.split(" ")) this.addEventListener(name, work);
  }
}

/** The clocks of a session at `now` (milliseconds): [{ name, limit, left, share }], seconds. */
export function clocksOf(session, now) {
  return ["idle", "absolute"].filter((name) => session.clocks[name]).map((name) => {
    const { limit, deadline, remaining } = session.clocks[name];
    const left = session.state === "active" ? Math.max(0, (Date.parse(deadline) - now) / 1000) : remaining;
    return { name, limit, left, share: Math.min(1, left / limit), deadline: Date.parse(deadline) };
  });
}

/** When a live session ends if nothing more happens, milliseconds; Infinity: never. */
export function endsAt(session) {
  let first = Infinity;
  for (const name in session.clocks) first = Math.min(first, Date.parse(session.clocks[name].deadline));
  return first;
}
