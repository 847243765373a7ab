// The beginning: the token from the URL's fragment, the views, and what they share.

import { $, h, say, toast } from "./dom.js";
import { hour, span } from "./format.js";
import { Store } from "./store.js";
import { alertsView } from "./alerts.js";
import { eventsView } from "./events.js";
import { policyView } from "./policy.js";
import { sessionsView } from "./sessions.js";
import { warpBar } from "./warp.js";

const VIEWS = ["sessions", "events", "alerts", "policy"];

/** The token is taken out of the address bar, where it could be read over a shoulder, and kept in memory only. */
function tokenFromFragment() {
  const token = decodeURIComponent(location.hash.slice(1));
  if (token) history.replaceState(null, "", location.pathname);
  return token;
}

function askForToken(why) {
  const field = h("input", { type: "password", name: "token", autocomplete: "off", required: true, autofocus: true, "aria-label": "Token" });
  const form = h("form.gate", { onsubmit: (event) => { event.preventDefault(); form.remove(); start(field.value.trim()); } },
    h("h1", {}, "Who goes there?"),
    h("p", {}, why),
    field,
    h("button.primary", {}, "Open"),
    h("p.hint", {}, "The guard printed it at its start, as ", h("code", {}, "dashboard http://…/#TOKEN"),
      ", and it is in the ready file. It is kept in this page's memory only, so a reload asks again."));
  document.body.classList.add("locked");
  document.body.append(form);
  field.focus();
}

function start(token) {
  document.body.classList.remove("locked");
  const store = new Store(token);
  const app = { store, open, select: null };
  app.select = sessionsView($("view-sessions"), app);
  eventsView($("view-events"), app);
  alertsView($("view-alerts"), app);
  policyView($("view-policy"), app);
  warpBar($("warp"), app);
  store.on("refused", () => askForToken("That token is not this guard's. It is new at every start."));
  store.on("link", () => {
    $("link").classList.toggle("up", store.connected);
    say($("link").lastElementChild, store.connected ? "live" : "no connection");
  });
  store.on("version", () => {
    const { url, site } = store.version;
    $("place").replaceChildren(h("a", { href: url || site, target: "_blank", rel: "noopener noreferrer" }, url || "–"), " guards ", h("span", {}, site || "several hosts"));
  });
  store.on("sessions", () => {
    let active = 0;
    for (const session of store.sessions.values()) active += session.state === "active";
    say($("count-sessions"), active ? active.toLocaleString() : "");
  });
  store.on("alerts", () => {
    const open = [...store.alerts.values()].filter((alert) => alert.open).length;
    say($("count-alerts"), open ? String(open) : "");
  });
  store.on("policy", () => {
    const grave = store.policy.findings.filter((finding) => finding.severity !== "note").length;
    say($("count-policy"), grave ? String(grave) : "");
  });
  store.on("clock", () => showTime(store));
  setInterval(() => showTime(store), 250);
  store.follow();
}

function showTime(store) {
  if (!store.known) return;
  const { offset, frozen } = store.clock;
  const ahead = Math.round((store.now() - (store.clock.wall + (performance.now() - store.clock.at))) / 1000);
  say($("time-now"), hour(store.now()));
  const badge = $("time-badge");
  badge.hidden = !offset && !frozen;
  badge.classList.toggle("frozen", frozen);
  say(badge, frozen ? `frozen${ahead > 0 ? ` +${span(ahead)}` : ""}` : `+${span(offset)}`);
  document.body.classList.toggle("warped", !badge.hidden);
}

/** Show a view. */
export function open(name) {
  for (const view of VIEWS) {
    const chosen = view === name;
    $(`view-${view}`).hidden = !chosen;
    const tab = $(`tab-${view}`);
    tab.setAttribute("aria-selected", String(chosen));
    tab.tabIndex = chosen ? 0 : -1;
  }
  document.body.dataset.view = name;
  document.title = `${name} – nightlatch`;
  $(`view-${name}`).dispatchEvent(new Event("shown"));
}

$("tabs").addEventListener("click", (event) => {
  const tab = event.target.closest("[role=tab]");
  if (tab) open(tab.id.slice(4));
});
$("tabs").addEventListener("keydown", (event) => {
  const step = { ArrowRight: 1, ArrowLeft: -1 }[event.key];
  if (!step) return;
  const next = VIEWS[(VIEWS.indexOf(document.body.dataset.view) + step + VIEWS.length) % VIEWS.length];
  open(next);
  $(`tab-${next}`).focus();
});
document.addEventListener("keydown", (event) => {
  if (event.target.closest("input, textarea, select, dialog") || event.metaKey || event.ctrlKey || event.altKey) return;
  const view = VIEWS[Number(event.key) - 1];
  if (view) open(view);
  if (event.key === "/") { event.preventDefault(); document.querySelector(`#view-${document.body.dataset.view} input[type=search]`)?.focus(); }
});
addEventListener("unhandledrejection", (event) => toast(event.reason?.message ?? String(event.reason), { bad: true }));

open("sessions");
const token = tokenFromFragment();
if (token) start(token);
else askForToken("The dashboard asks for the guard's token.");
