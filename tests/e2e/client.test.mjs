// @nightlatch/client against a guard that runs; NIGHTLATCH_READY_FILE says where it is.

import assert from "node:assert/strict";
import { test } from "node:test";
import { Nightlatch, NightlatchError, duration, milliseconds } from "../../addons/nightlatch/web/client/index.js";
import { fixtures, surroundings } from "../../addons/nightlatch/web/client/playwright.js";

const where = surroundings();
const nightlatch = new Nightlatch({ ...where, by: "client.test.mjs" });

test("it is ready, and says what it is", async () => {
  assert.equal(await nightlatch.ready(), true);
  assert.equal((await nightlatch.version()).url, where.guard);
});

test("a session is logged in, seen, and ended", async () => {
  const { session, name, value } = await nightlatch.login("bob");
  assert.equal((await nightlatch.session(session)).subject, "bob");
  const asked = () => fetch(`${where.guard}/`, { redirect: "manual", headers: { Cookie: `${name}=${value}` } });
  assert.equal((await asked()).status, 200);
  assert.equal((await nightlatch.end(session)).state, "ended");
  assert.equal((await asked()).status, 401);
});

test("without a name the first that there is logs in, and an empty one is nobody", async () => {
  const { session } = await nightlatch.login();
  assert.equal((await nightlatch.session(session)).state, "active");
  await assert.rejects(nightlatch.login(""), { status: 400 });
});

test("everything of one person ends", async () => {
  await nightlatch.login("bob");
  assert.ok((await nightlatch.endAllOf("bob")) >= 1);
  assert.deepEqual(await nightlatch.sessions({ subject: "bob", state: "active" }), []);
});

test("time moves, and comes back", async () => {
  const before = (await nightlatch.clock()).offset;
  assert.equal((await nightlatch.advance("5m")).offset, before + 300);
  assert.equal((await nightlatch.advance(90)).offset, before + 390);
  assert.equal((await nightlatch.freeze()).frozen, true);
  assert.equal((await nightlatch.resume()).frozen, false);
  assert.equal((await nightlatch.reset()).offset, 0);
});

test("events are followed as they happen", async () => {
  const controller = new AbortController();
  const seen = [];
  for await (const event of (async function* () {
    const following = nightlatch.follow({ after: (await nightlatch.events({ limit: 1 }))[0].id, type: "session", signal: controller.signal });
    await nightlatch.login("ada");
    yield* following;
  })()) {
    seen.push(event.type);
    break;
  }
  controller.abort();
  assert.deepEqual(seen, ["session.created"]);
});

test("an error says what is wrong", async () => {
  await assert.rejects(nightlatch.session("nobody"), (error) => error instanceof NightlatchError && error.status === 404);
  await assert.rejects(new Nightlatch({ ...where, token: "x" }).clock(), (error) => error.status === 401);
  await assert.rejects(nightlatch.setPolicy('[session]\nidel = "5m"\n'), (error) => error.status === 422 && error.errors[0].line === 2);
  assert.deepEqual((await nightlatch.alerts()).filter(({ detector }) => !detector), []);
});

test("a policy is tried before it is in force", async () => {
  const { text, version } = await nightlatch.policy();
  const preview = await nightlatch.previewPolicy('[session]\nidle = "1m"\n');
  assert.equal(typeof preview.ends, "number");
  assert.equal((await nightlatch.policy()).version, version);
  await assert.rejects(nightlatch.setPolicy(text, { inPlaceOf: "another" }), (error) => error.status === 412);
});

test("durations", () => {
  assert.equal(duration(90), "90s");
  assert.equal(milliseconds("1h30m"), 5_400_000);
  assert.equal(milliseconds(2), 2000);
  assert.throws(() => milliseconds("soon"), TypeError);
});

test("the Playwright fixture logs in, warps guard and page together, and tidies up", async () => {
  process.env.NIGHTLATCH_READY_FILE ??= "";
  const cookies = [], passed = [];
  const context = { addCookies: async (given) => cookies.push(...given) };
  const page = { context: () => context, clock: { fastForward: async (ms) => passed.push(ms) } };
  let session;
  await fixtures.nightlatch({ baseURL: undefined }, async (given) => {
    session = await given.loginAs("ada", page);
    assert.equal(cookies[0].url, where.guard);
    assert.equal((await given.warp("31m", page)).offset, 1860);
  });
  assert.deepEqual(passed, [1_860_000]);
  assert.equal((await nightlatch.clock()).offset, 0);
  assert.notEqual((await nightlatch.session(session.id)).state, "active");
});
