// Every session, its clocks as shrinking bars. Only the rows in sight exist, so ten thousand are no more work than ten.

import { h, say, throttle } from "./dom.js";
import { ago, plural, span, why } from "./format.js";
import { clocksOf, endsAt } from "./store.js";
import { detail } from "./detail.js";

const STATES = { active: "Live", expired: "Expired", ended: "Ended", all: "All" };
const ORDERS = { deadline: "Ends first", newest: "Newest", recent: "Last active", subject: "Who" };
const OVERSCAN = 6;

export function sessionsView(root, app) {
  const { store } = app;
  const view = { state: "active", order: "deadline", text: "", found: [], chosen: null };
  const search = h("input", { type: "search", placeholder: "Who, id, network, agent   ( / )", "aria-label": "Find sessions", oninput: () => { view.text = search.value.trim().toLowerCase(); scroller.scrollTop = 0; arrange(); } });
  const tabs = h("div.segments", { role: "radiogroup", "aria-label": "State" },
    Object.entries(STATES).map(([state, name]) => h("button", { role: "radio", dataset: { state }, onclick: () => { view.state = state; scroller.scrollTop = 0; arrange(); } }, name, " ", h("b"))));
  const order = h("select", { "aria-label": "Order", onchange: () => { view.order = order.value; arrange(); } },
    Object.entries(ORDERS).map(([value, name]) => h("option", { value }, name)));
  const body = h("div.rows", { role: "presentation" });
  const empty = h("div.empty");
  const scroller = h("div.scroller", { role: "grid", tabindex: "0", "aria-label": "Sessions", onscroll: () => requestAnimationFrame(draw), onkeydown: keys }, body, empty);
  const panel = detail(app, close);
  root.append(h("div.tools", {}, search, tabs, order), h("div.split", {}, scroller, panel.element));

  const pool = new Map();
  let height = 68;

  function arrange() {
    const counts = { active: 0, expired: 0, ended: 0, all: store.sessions.size };
    const found = [];
    for (const session of store.sessions.values()) {
      counts[session.state] += 1;
      if ((view.state === "all" || session.state === view.state) && fits(session, view.text)) found.push(session);
    }
    found.sort(COMPARE[view.state === "active" || view.order !== "deadline" ? view.order : "over"]);
    view.found = found;
    for (const tab of tabs.children) {
      tab.setAttribute("aria-checked", String(tab.dataset.state === view.state));
      say(tab.lastElementChild, counts[tab.dataset.state].toLocaleString());
    }
    scroller.setAttribute("aria-rowcount", String(found.length));
    empty.hidden = found.length > 0;
    if (!found.length) empty.replaceChildren(...nothing(view, store));
    draw();
  }

  function draw() {
    if (root.hidden) return;
    height = parseFloat(getComputedStyle(scroller).getPropertyValue("--row")) || 68;
    body.style.height = `${view.found.length * height}px`;
    const from = Math.max(0, Math.floor(scroller.scrollTop / height) - OVERSCAN);
    const shown = view.found.slice(from, Math.ceil((scroller.scrollTop + scroller.clientHeight) / height) + OVERSCAN);
    const now = store.now(), wanted = new Set(shown.map((session) => session.id));
    for (const [id, row] of pool) if (!wanted.has(id)) { row.element.remove(); pool.delete(id); }
    shown.forEach((session, at) => {
      let row = pool.get(session.id);
      if (!row) {
        row = makeRow(session.id, (id) => choose(id, true), (id) => panel.end(id));
        pool.set(session.id, row);
        body.append(row.element);
      }
      row.element.style.transform = `translateY(${(from + at) * height}px)`;
      row.element.setAttribute("aria-rowindex", String(from + at + 1));
      row.element.classList.toggle("chosen", session.id === view.chosen);
      row.show(session, store.counted.get(session.id), now);
    });
  }

  function choose(id, focus) {
    view.chosen = id;
    panel.show(id);
    root.classList.add("open");
    scroller.setAttribute("aria-activedescendant", `row-${id}`);
    const at = view.found.findIndex((session) => session.id === id);
    if (at >= 0) {
      const top = at * height;
      if (top < scroller.scrollTop) scroller.scrollTop = top;
      if (top + height > scroller.scrollTop + scroller.clientHeight) scroller.scrollTop = top + height - scroller.clientHeight;
    }
    draw();
    if (focus) panel.focus();
  }

  function close() {
    view.chosen = null;
    panel.hide();
    root.classList.remove("open");
    draw();
    scroller.focus();
  }

  function keys(event) {
    const at = view.found.findIndex((session) => session.id === view.chosen);
    const page = Math.floor(scroller.clientHeight / height);
    const to = { ArrowDown: at + 1, ArrowUp: at - 1, PageDown: at + page, PageUp: at - page, Home: 0, End: view.found.length - 1 }[event.key];
    if (to !== undefined) {
      event.preventDefault();
      const next = view.found[Math.max(0, Math.min(view.found.length - 1, to))];
      if (next) choose(next.id, false);
    } else if (event.key === "Enter" && view.chosen) panel.focus();
    else if (event.key === "Escape" && view.chosen) close();
    else if (event.key === "Delete" && view.chosen) panel.end(view.chosen);
  }

  root.addEventListener("keydown", (event) => { if (event.key === "Escape" && view.chosen && !event.target.closest("input")) close(); });
  root.addEventListener("shown", draw);
  addEventListener("resize", throttle(draw, 100));
  store.on("sessions", throttle(arrange, 300));
  store.on("clock", throttle(arrange, 300));
  setInterval(() => { draw(); panel.tick(); lookAgain(store, view.found); }, 1000);

  return (id) => {
    app.open("sessions");
    const session = store.sessions.get(id);
    if (session && view.state !== "all" && session.state !== view.state) { view.state = "all"; arrange(); }
    choose(id, true);
  };
}

/** A live session whose clock shows nothing left, and of which nothing was heard: perhaps it was active after all. */
function lookAgain(store, found) {
  const now = store.now();
  const late = found.filter((session) => session.state === "active" && now - endsAt(session) > 1500 && now - (session.asked ?? 0) > 5000);
  for (const session of late.slice(0, 10)) {
    session.asked = now;
    store.refresh(session.id).catch(() => {});
  }
}

const started = (a, b) => (a.started_at < b.started_at ? 1 : -1);
const COMPARE = {
  deadline: (a, b) => endsAt(a) - endsAt(b) || started(a, b),
  over: (a, b) => ((a.ended_at ?? "9") < (b.ended_at ?? "9") ? 1 : -1),
  newest: started,
  recent: (a, b) => (a.last_active_at < b.last_active_at ? 1 : -1),
  subject: (a, b) => (a.subject ?? "~").localeCompare(b.subject ?? "~") || started(a, b),
};

function fits(session, text) {
  if (!text) return true;
  const about = `${session.subject ?? ""} ${session.id} ${session.network} ${session.agent} ${session.groups.join(" ")} ${session.end?.clock ?? ""} ${session.end?.reason ?? ""}`;
  return about.toLowerCase().includes(text);
}

function nothing(view, store) {
  if (view.text) return [h("h2", {}, "Nobody like that"), h("p", {}, `No session matches “${view.text}”.`)];
  if (view.state !== "active" && view.state !== "all") return [h("h2", {}, "None so far"), h("p", {}, `No session has ${view.state === "expired" ? "run out of time" : "been ended"} yet.`)];
  const url = store.version?.url;
  return [h("h2", {}, "Nobody is logged in"), h("p", {}, "Open ", url ? h("a", { href: url, target: "_blank", rel: "noopener noreferrer" }, url) : "the guarded site", " and log in; it shows here at once.")];
}

function makeRow(id, choose, end) {
  const parts = {
    who: h("strong"), groups: h("span.groups"), id: h("code", {}, id), from: h("span.from"),
    bars: h("div.bars"), last: h("div.last"),
    end: h("button.quiet", { tabindex: "-1", title: "End this session", "aria-label": "End this session", onclick: (event) => { event.stopPropagation(); end(id); } }, "End"),
  };
  const element = h("div.row", { role: "row", id: `row-${id}`, onclick: () => choose(id) },
    h("div.who", { role: "gridcell" }, h("div", {}, parts.who, parts.groups), h("div.sub", {}, parts.id, parts.from)),
    h("div.clocks", { role: "gridcell" }, parts.bars),
    h("div.counted", { role: "gridcell" }, parts.last),
    h("div.act", { role: "gridcell" }, parts.end));
  const bars = { idle: bar("idle"), absolute: bar("absolute") };
  const reason = h("p.reason");
  let shape = "";
  return {
    element,
    show(session, counted, now) {
      say(parts.who, session.subject ?? "someone");
      say(parts.groups, session.groups.join(" "));
      say(parts.from, [session.agent, session.network].filter(Boolean).join(" · "));
      element.dataset.state = session.state;
      parts.end.hidden = session.state !== "active";
      const clocks = session.state === "active" ? clocksOf(session, now) : [];
      const want = session.state === "active" ? clocks.map((clock) => clock.name).join() : "reason";
      if (want !== shape) {
        parts.bars.replaceChildren(...(session.state === "active" ? clocks.map((clock) => bars[clock.name].element) : [reason]));
        shape = want;
      }
      for (const clock of clocks) bars[clock.name].show(clock);
      if (session.state !== "active") {
        reason.dataset.kind = session.state;
        say(reason, `${session.state === "expired" ? "Expired" : "Ended"}: ${why(session.end)}`);
      }
      const over = session.ended_at && Date.parse(session.ended_at);
      say(parts.last, over ? ago(now - over) : counted ? `${counted.method} ${counted.path}  ${ago(now - Date.parse(session.last_active_at))}` : `active ${ago(now - Date.parse(session.last_active_at))}`);
    },
  };
}

/** One clock as a bar that shrinks. */
export function bar(name) {
  const fill = h("i"), left = h("span.left");
  const element = h("div.bar", { dataset: { clock: name } }, h("span.name", {}, name), h("span.track", {}, fill), left);
  return {
    element,
    show({ left: seconds, share, limit }) {
      fill.style.transform = `scaleX(${share.toFixed(4)})`;
      element.dataset.level = share > 0.3 ? "plenty" : share > 0.12 ? "some" : share > 0 ? "little" : "none";
      say(left, seconds > 0 ? span(Math.ceil(seconds)) : "run out");
      element.title = `${name}: ${span(Math.ceil(seconds))} of ${span(limit)} left`;
    },
  };
}

export const howMany = (count) => plural(count, "session");
