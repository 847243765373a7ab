// A session as something to run: log in as that person, ask what they asked, let time pass, and see it end.

import { amount } from "./format.js";

/** What the snippets repeat: who, where, which clock, and how long until it ends the session. */
function story(store, session) {
  const { url, login, kept_in: ledger } = store.version;
  const counted = store.counted.get(session.id);
  const name = session.end?.clock ?? (session.clocks.idle ? "idle" : "absolute");
  const limit = session.end?.limit ?? session.clocks[name]?.limit ?? 60;
  return { url, ledger, dev: login === "dev", user: session.subject ?? "", path: counted?.path ?? "/", clock: name, by: amount(limit) };
}

const quoted = (text) => `'${text.replaceAll("'", `'\\''`)}'`;

export function asCurl(store, session) {
  const { url, ledger, dev, user, path, clock, by } = story(store, session);
  const cookie = dev ? `cookie="$(nightlatch login --user ${quoted(user)} --ledger ${quoted(ledger)})"` : `cookie='Cookie: NAME=VALUE'  # log in to the application, and put its cookie here`;
  return `# the token of the control API is in the ready file, and was printed at the start
${cookie}
curl -si -H "$cookie" ${quoted(url + path)}    # 200
curl -s -X POST -H "Authorization: Bearer $NIGHTLATCH_TOKEN" -d '{"by":"${by}"}' ${location.origin}/clock/advance
curl -si -H "$cookie" ${quoted(url + path)}    # 401, Nightlatch-Verdict: expired; clock=${clock}
`;
}

export function asPytest(store, session) {
  const { user, path, clock, by } = story(store, session);
  const seconds = { d: 86400, h: 3600, m: 60, s: 1 };
  const total = [...by.matchAll(/(\d+)([dhms])/g)].reduce((sum, [, count, unit]) => sum + count * seconds[unit], 0);
  return `import httpx


def test_${clock}_ends_the_session(nightlatch):
    client = httpx.Client(base_url=nightlatch.base_url)
    session = nightlatch.login(client, user=${JSON.stringify(user)})
    assert client.get(${JSON.stringify(path)}).status_code == 200
    nightlatch.warp(seconds=${total})  # ${by}
    assert client.get(${JSON.stringify(path)}).status_code == 401
    nightlatch.assert_expired(session, clock="${clock}")
`;
}

export function asPlaywright(store, session) {
  const { user, path, clock, by } = story(store, session);
  return `import { test as base, expect } from "@playwright/test";
import { fixtures } from "@nightlatch/client/playwright";

const test = base.extend(fixtures);

test("the ${clock} clock ends the session after ${by}", async ({ page, nightlatch }) => {
  const session = await nightlatch.loginAs(${JSON.stringify(user)}, page);
  await page.goto(${JSON.stringify(path)});
  await nightlatch.warp("${by}");
  await page.reload();
  const { state, end } = await nightlatch.session(session.id);
  expect(state).toBe("expired");
  expect(end?.clock).toBe("${clock}");
});
`;
}
