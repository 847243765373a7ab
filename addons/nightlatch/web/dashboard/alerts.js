// What the detectors found.

import { h, throttle } from "./dom.js";
import { ago } from "./format.js";

const THEN = { alert: "told only", step_up: "asked for a fresh login", end: "session ended" };

export function alertsView(root, app) {
  const { store } = app;
  const list = h("ol.alerts", { "aria-label": "Alerts, newest first" });
  const empty = h("div.empty", {}, h("h2", {}, "All quiet"), h("p", {}, "No detector has found anything. What they look for is set in the policy, under ", h("code", {}, "[alerts]"), "."));
  root.append(h("div.page", {}, list, empty));

  function draw() {
    if (root.hidden) return;
    const now = store.now();
    const alerts = [...store.alerts.values()].sort((a, b) => (a.last_at < b.last_at ? 1 : -1));
    list.replaceChildren(...alerts.map((alert) => h("li", { dataset: { then: alert.then, open: String(alert.open) } },
      h("header", {}, h("strong", {}, alert.detector.replaceAll("_", " ")), alert.count > 1 ? h("b.times", {}, `×${alert.count}`) : null,
        alert.open ? h("span.state", {}, "going on") : null, h("time", { title: alert.last_at }, ago(now - Date.parse(alert.last_at)))),
      h("p", {}, alert.why),
      h("footer", {},
        alert.session && store.sessions.has(alert.session) ? h("button.link", { onclick: () => app.select(alert.session) }, alert.subject ?? alert.session) : h("span", {}, alert.subject ?? ""),
        h("span", {}, [alert.agent, alert.network].filter(Boolean).join(" · ")), h("span", {}, THEN[alert.then] ?? alert.then)))));
    empty.hidden = alerts.length > 0;
  }

  root.addEventListener("shown", draw);
  store.on("alerts", throttle(draw, 300));
  setInterval(draw, 10000);
}
