// The audit trail, as it grows.

import { h, say, throttle } from "./dom.js";
import { moment, span, why } from "./format.js";

const GROUPS = { "": "All", session: "Sessions", login: "Logins", step_up: "Step-ups", policy: "Policy", clock: "Clock", alert: "Alerts" };
const COMMON = new Set(["id", "type", "at", "session", "subject", "network", "agent", "policy", "prev", "hash"]);
const SHOWN = 400;

export function eventsView(root, app) {
  const { store } = app;
  const view = { group: "", text: "", paused: false, until: Infinity };
  const search = h("input", { type: "search", placeholder: "Who, session, what   ( / )", "aria-label": "Find events", oninput: () => { view.text = search.value.trim().toLowerCase(); draw(true); } });
  const groups = h("div.segments", { role: "radiogroup", "aria-label": "Which events" },
    Object.entries(GROUPS).map(([group, name]) => h("button", { role: "radio", "aria-checked": String(group === ""), dataset: { group }, onclick: (event) => {
      view.group = group;
      for (const each of groups.children) each.setAttribute("aria-checked", String(each === event.currentTarget));
      draw(true);
    } }, name)));
  const pause = h("button", { "aria-pressed": "false", onclick: () => {
    view.paused = !view.paused;
    view.until = view.paused ? (store.events.at(-1)?.id ?? 0) : Infinity;
    pause.setAttribute("aria-pressed", String(view.paused));
    draw(true);
  } }, "Pause");
  const list = h("ol.events", { "aria-label": "Events, newest first" });
  const empty = h("div.empty", {}, h("h2", {}, "Nothing like that happened"), h("p", {}, "Events show here as they happen."));
  root.append(h("div.tools", {}, search, groups, pause), h("div.page", {}, list, empty));

  function draw(anew) {
    if (root.hidden) return;
    if (anew) list.replaceChildren();
    const now = store.now(), known = Number(list.firstElementChild?.dataset.id ?? 0);
    const found = store.events.filter((event) => event.id > known && event.id <= view.until && fits(event, view)).slice(-SHOWN);
    for (const event of found) list.prepend(line(event, now, app));
    while (list.children.length > SHOWN) list.lastElementChild.remove();
    empty.hidden = list.children.length > 0;
    const waiting = view.paused ? store.events.filter((event) => event.id > view.until).length : 0;
    say(pause, view.paused ? `Go on${waiting ? ` (${waiting} new)` : ""}` : "Pause");
  }

  root.addEventListener("shown", () => draw(true));
  store.on("events", throttle(() => draw(false), 200));
  store.on("version", () => draw(true));
}

function fits(event, { group, text }) {
  if (group && event.type.split(".")[0] !== group) return false;
  return !text || `${event.type} ${event.subject ?? ""} ${event.session ?? ""} ${told(event)}`.toLowerCase().includes(text);
}

function line(event, now, app) {
  const [kind] = event.type.split(".");
  return h("li", { dataset: { id: String(event.id), kind, type: event.type } },
    h("time", { title: `${event.at}, event ${event.id}` }, moment(Date.parse(event.at), now)),
    h("span.type", {}, event.type),
    event.session ? h("button.link", { onclick: () => app.select(event.session), title: event.session }, event.subject ?? event.session) : h("span.nobody", {}, event.actor ? String(event.actor).replace("control: ", "") : ""),
    h("span.what", {}, told(event)));
}

/** An event's own fields, in words. */
export function told(event) {
  switch (event.type) {
    case "session.created": return "the session begins";
    case "session.adopted": return "the session begins: its cookie is seen for the first time";
    case "session.expired": return why({ clock: event.clock, limit: event.limit, elapsed: event.elapsed, rule: event.rule }) + (event.tightened_from ? " – the policy was tightened" : "");
    case "session.ended": return why({ reason: event.reason });
    case "session.extended": return "“stay signed in”";
    case "session.rotated": return "a new credential";
    case "session.reused_after_end": return "its credential is used again after its end";
    case "login.succeeded": return "logged in";
    case "clock.warped": return { advance: `the clock is moved forward by ${span(event.by ?? 0)}`, freeze: "the clock is stopped", resume: "the clock goes on", reset: "the clock is back at wall time; every session ended" }[event.action] ?? "the clock is moved";
    case "policy.loaded": return `policy ${event.name ?? ""} ${event.policy} is in force`;
    case "policy.rejected": return `a policy was refused: ${event.first ?? ""}${event.mistakes > 1 ? ` (and ${event.mistakes - 1} more)` : ""}`;
    case "step_up.required": return `a fresh login is asked for${event.rule ? ` by rule ${event.rule}` : ""}`;
    case "step_up.satisfied": return "logged in afresh";
    case "alert.raised": return event.why ?? event.detector ?? "";
    default: return Object.entries(event).filter(([name, value]) => !COMMON.has(name) && value !== null && value !== "").map(([name, value]) => `${name} ${value}`).join(", ");
  }
}
